# Codec and session on other machines; see targets.sh.

.PHONY: targets
targets: ## codec and session on other machines, under qemu, and with musl; MACHINES='s390x armhf' for some
	$(call ensure,targets)
	+@MAKE='$(MAKE)' tests/targets/targets.sh build $(MACHINES)
	@tests/targets/targets.sh suites $(MACHINES) > $(B)/targets/suites
	@python3 tests/tools/run_suites.py --sums $(B)/targets/suites
