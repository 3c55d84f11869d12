# ---- Releases ------------------------------------------------------------------------------------------

# What is packed gets its time from the commit, or from the release that it was unpacked from.
SOURCE_DATE_EPOCH ?= $(shell [ -e .git ] && git log -1 --format=%ct || stat -c %Y Makefile)
RELEASE := clipper-rpc-$(VERSION)

.PHONY: dist
dist: ## the source tarball, $(B)/clipper-rpc-VERSION.tar.xz: of the same files the same bytes
	@SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' .packaging/dist.sh $(RELEASE)
