# The binary interface of the shared libraries; see abi.sh.

ABI = $(B)/abi
.PHONY: abi abi-baseline abi-libraries
abi: ## compare the binary interface of the libraries with the committed one
	$(call ensure,abi)
	@$(MAKE) abi-libraries
	@tests/abi/abi.sh check $(ABI)
abi-baseline: ## commit to the interface as it is now
	$(call ensure,abi)
	@$(MAKE) abi-libraries
	@tests/abi/abi.sh baseline $(ABI)
abi-libraries:
	@$(MAKE) B=$(ABI) CC=gcc OPT='-O2 -g' $(ABI)/libclipper-codec.so $(ABI)/libclipper-container.so
