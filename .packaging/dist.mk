# ---- Releases ------------------------------------------------------------------------------------------

# What is packed gets its time from the commit, or from the release that it was unpacked from.
SOURCE_DATE_EPOCH ?= $(shell [ -e .git ] && git log -1 --format=%ct || stat -c %Y Makefile)
RELEASE := clipper-rpc-$(VERSION)

.PHONY: dist
dist: ## the source tarball, $(B)/clipper-rpc-VERSION.tar.xz: of the same files the same bytes
	@SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' .packaging/dist.sh $(RELEASE)

# One folder that runs on any Linux of the machine that CC compiles for. Its container is there to try the kit with: without
# metrics, whose library would need 10 MB of others. EMULATOR runs that machine's loader where this one cannot.
KIT = clipper-kit-$(VERSION)-$(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
EMULATOR ?=
.PHONY: kit
kit: ## the kit in one folder, $(B)/clipper-kit-VERSION-MACHINE and .tar.xz, that needs nothing of the system it runs on
kit: $(B)/mockclipper $(B)/kit-launcher
	@$(MAKE) B=$(B)/kit METRICS=0 $(B)/kit/clipper-container
	@SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' EMULATOR='$(EMULATOR)' STRIP='$(STRIP)' READELF='$(READELF)' \
	    .packaging/kit.sh $(B)/$(KIT) $(VERSION) $(B)/mockclipper $(B)/kit/clipper-container
$(B)/kit-launcher: .packaging/kit/launcher.c $(B)/flags
	$(call run,LINK,$(CC) $(STD) $(WARNINGS) -D_GNU_SOURCE -Os -static $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -s -o $@ $<)

.PHONY: deb
deb: ## the Debian packages, in $(B)/deb
	$(call ensure,deb)
	@$(MAKE) dist
	@.packaging/deb.sh $(B)/$(RELEASE).tar.xz $(B)/deb
