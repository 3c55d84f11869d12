# ---- Installing ----------------------------------------------------------------------------------------

# `make install` installs everything; `make install-codec` (which needs no other library), `install-container` and
# `install-mockclipper` install a part. `make uninstall`, with the same variables, removes what they installed.
PREFIX       ?= /usr/local
BINDIR       ?= $(PREFIX)/bin
LIBDIR       ?= $(PREFIX)/lib
INCLUDEDIR   ?= $(PREFIX)/include
DATADIR      ?= $(PREFIX)/share
MANDIR       ?= $(DATADIR)/man
DOCDIR       ?= $(DATADIR)/doc/clipper-rpc
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
CMAKEDIR     ?= $(LIBDIR)/cmake
INSTALLATION := PREFIX BINDIR LIBDIR INCLUDEDIR DATADIR MANDIR DOCDIR PKGCONFIGDIR CMAKEDIR DESTDIR VERSION SOVERSION
install_sh    = @$(foreach v,$(INSTALLATION),$(v)='$($(v))') .packaging/install.sh

PARTS := codec container mockclipper
completions = $(foreach s,bash zsh fish,$(B)/completion/$(1).$(s))
.PHONY: install uninstall man3 $(PARTS:%=install-%)
install: ## install everything: PREFIX (/usr/local), DESTDIR, BINDIR, LIBDIR, INCLUDEDIR, DATADIR, MANDIR, DOCDIR
install: $(PARTS:%=install-%)
uninstall: ## remove what install, with the same variables, has installed
uninstall: man3
	$(install_sh) remove $(PARTS)
install-codec: $(B)/libclipper-codec.a $(B)/libclipper-codec.so $(B)/man/codec/.made
install-container: install-codec $(B)/libclipper-container.a $(B)/libclipper-container.so $(B)/clipper-container \
                   $(B)/man/container/.made $(B)/man/clipper-container.1 $(call completions,clipper-container)
install-mockclipper: $(B)/mockclipper $(B)/man/mockclipper.1 $(call completions,mockclipper)
$(PARTS:%=install-%): install-%:
	$(install_sh) install $*

# Pages of section 3, made of the headers: a folder a library.
man: man3
man3: $(B)/man/codec/.made $(B)/man/container/.made
$(B)/man/%/.made: .packaging/man3.py $(wildcard codec/include/clipper/*.h container/include/clipper/*.h) $(B)/flags
	$(call run,GEN,python3 $< $(@D) $(VERSION) $(wildcard $*/include/clipper/*.h) && touch $@)

# What shells complete, made of the options that the commands know.
$(B)/completion/%.bash: .packaging/completion.py $(B)/%
	$(call generate,python3 $< bash $(B)/$*)
$(B)/completion/%.zsh: .packaging/completion.py $(B)/%
	$(call generate,python3 $< zsh $(B)/$*)
$(B)/completion/%.fish: .packaging/completion.py $(B)/%
	$(call generate,python3 $< fish $(B)/$*)
