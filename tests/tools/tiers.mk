# ---- Tiers ---------------------------------------------------------------------------------------------

# `make check` is what every change passes: units, vectors, simulation, sanitizers, conformance, matrix. check-deep is
# what continuous integration runs besides, within half an hour in all. check-all is everything at full length; only
# `stress` is not among it, which wants the machine for itself for an hour; its runs with stops (`stops`) are.
MUTATE_SAMPLE ?= 200
DEEP_STEPS := 'check DEEP=1' 'fuzz FUZZ_SECONDS=20' 'targets MACHINES="s390x armhf i386"' coverage abi model prove \
              'mutate MUTATE_SAMPLE=$(MUTATE_SAMPLE)' 'stops STOPS="3 1 60"'
ALL_STEPS  := check 'check DEEP=1' fuzz fuzz-afl targets coverage abi model 'prove PROVE=--anew' prove-slips mutate \
              stops strangers bench
# $(call steps,SECONDS,STEP...): runs each, a target with its variables, and adds up how they went
define steps
@mkdir -p $(B)
@printf '%s\n' $(2) | sed 's/.*/step | & | $(1) | make -j$(shell nproc) &/' > $(B)/steps
@python3 tests/tools/run_suites.py $(B)/steps
endef

.PHONY: check-deep check-all
check-deep: ## beyond check: Java, Node.js, browser, fuzz 20 s a target, other machines, coverage, model, ABI, proofs, sampled mutation
	$(call ensure,check deep fuzz targets coverage abi model prove mutate)
	$(call steps,1800,$(DEEP_STEPS))
check-all: ## everything but stress: check, all of check-deep at full length, AFL++, and bench
	$(call ensure,check deep fuzz targets coverage abi model prove mutate bench)
	$(call steps,28800,$(ALL_STEPS))
