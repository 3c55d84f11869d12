# ---- Coverage ------------------------------------------------------------------------------------------

# Lines and branches by gcc and gcovr; modified conditions and decisions by clang and llvm-cov. What is measured:
COVERED := codec/src codec/include container/src/session.c container/include/clipper/session.h
LLVM    ?= 19

.PHONY: coverage coverage-lines coverage-mcdc
coverage: ## line, branch and MC/DC coverage of codec and session; fails below 100 %
	$(call ensure,coverage)
	@rm -rf $(B)/coverage
	@$(MAKE) coverage-lines
	@$(MAKE) coverage-mcdc

coverage-lines:
	@$(MAKE) B=$(B)/coverage/gcc CC=gcc OPT='-O0 -g' EXTRA=--coverage codec-tests session-tests
	@find $(B)/coverage/gcc -name '*.gcda' -delete
	@tests/coverage/run.sh $(B)/coverage/gcc
	@gcovr -r . $(addprefix -f ,$(COVERED)) --branches --txt --print-summary --html-details $(B)/coverage/index.html \
	    --fail-under-line 100 --fail-under-branch 100 $(B)/coverage/gcc/obj

# llvm-cov wants the first program by itself.
MCDC       = $(B)/coverage/clang
MCDC_TESTS = $(patsubst $(B)/%,$(MCDC)/%,$(codec_TESTS) $(session_TESTS))
LLVM_COV   = $(firstword $(MCDC_TESTS)) $(patsubst %,-object %,$(wordlist 2,99,$(MCDC_TESTS))) \
             -instr-profile $(MCDC)/profile $(COVERED)
coverage-mcdc:
	@$(MAKE) B=$(MCDC) CC=clang-$(LLVM) OPT='-O0 -g' \
	    EXTRA='-fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc' codec-tests session-tests
	@rm -f $(MCDC)/*.profraw
	@LLVM_PROFILE_FILE=$(abspath $(MCDC))/%p.profraw tests/coverage/run.sh $(MCDC)
	@llvm-profdata-$(LLVM) merge -o $(MCDC)/profile $(MCDC)/*.profraw
	@llvm-cov-$(LLVM) show --format=html --show-mcdc --show-branches=count --show-mcdc-summary \
	    --output-dir=$(B)/coverage/mcdc $(LLVM_COV)
	@llvm-cov-$(LLVM) export $(LLVM_COV) > $(MCDC)/export.json
	@python3 tests/coverage/mcdc.py $(MCDC)/export.json tests/coverage/exceptions.txt \
	    $(wildcard codec/src/*.c) container/src/session.c -- clang-$(LLVM) $(STD) -Icodec/include -Icontainer/include > $(B)/coverage/mcdc.txt; \
	    status=$$?; cat $(B)/coverage/mcdc.txt; exit $$status
