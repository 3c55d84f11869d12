# ---- Containers as other people write them -------------------------------------------------------------

STRANGER_RUNS ?= 20
.PHONY: strangers
strangers: ## every case on containers as other people write them, STRANGER_RUNS (20) times in real time and accelerated
	$(call ensure,check)
	@$(MAKE) all
	@/usr/bin/python3 tests/strangers/test_verdicts.py --full --runs $(STRANGER_RUNS)
	@/usr/bin/python3 tests/strangers/test_variants.py
