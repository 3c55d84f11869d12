# Proofs: see tests/proof/README.md.

.PHONY: prove prove-slips
prove: ## prove the codec with Frama-C (WP for any size, EVA for bounded sizes); PROVE='--only flat' a part
	$(call ensure,prove)
	@python3 tests/proof/prove.py --build $(B)/prove $(PROVE)
prove-slips: ## slips in code and contracts, each in a copy: does its proof break?
	$(call ensure,prove)
	@python3 -B tests/proof/slips.py
