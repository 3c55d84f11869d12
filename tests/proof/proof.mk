# Proofs: see tests/proof/README.md.

.PHONY: ensure-prove prove
ensure-prove:
	@tests/tools/ensure.sh prove
prove: ensure-prove ## prove the codec with Frama-C (WP for any size, EVA for bounded sizes); PROVE='--only flat' a part
	@python3 tests/proof/prove.py --build $(B)/prove $(PROVE)
