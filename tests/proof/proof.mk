# Proofs: see tests/proof/README.md.

.PHONY: ensure-prove prove prove-slips
ensure-prove:
	@tests/tools/ensure.sh prove
prove: ensure-prove ## prove the codec with Frama-C (WP for any size, EVA for bounded sizes); PROVE='--only flat' a part
	@python3 tests/proof/prove.py --build $(B)/prove $(PROVE)
prove-slips: ensure-prove ## slips in code and contracts, each in a copy: does its proof break?
	@python3 -B tests/proof/slips.py
