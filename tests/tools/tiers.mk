# ---- Tiers ---------------------------------------------------------------------------------------------

# `make check` is what every change passes: units, vectors, simulation, sanitizers, conformance, matrix. check-deep is
# what continuous integration runs besides, within half an hour in all. check-all is everything at full length; only
# `stress` is not among it, which wants the machine for itself for an hour.
MUTATE_SAMPLE ?= 200
DEEP := 'fuzz FUZZ_SECONDS=20' 'targets MACHINES="s390x armhf i386"' coverage abi model prove \
        'mutate MUTATE_SAMPLE=$(MUTATE_SAMPLE)'
ALL  := check fuzz fuzz-afl targets coverage abi model 'prove PROVE=--anew' prove-slips mutate bench

.PHONY: check-deep check-all
check-deep: ## beyond check: fuzz 20 s a target, other machines, coverage, model, ABI, proofs, sampled mutation
	$(call ensure,check fuzz targets coverage abi model prove mutate)
	@python3 tests/tools/run_steps.py --limit 1200 check-deep $(DEEP)
check-all: ## everything but stress: check, all of check-deep at full length, AFL++, and bench
	$(call ensure,check fuzz targets coverage abi model prove mutate bench)
	@python3 tests/tools/run_steps.py check-all $(ALL)
