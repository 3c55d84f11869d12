# clipper-rpc: `make help` lists the targets. Everything that is made goes to $(B), and nothing is written elsewhere.

VERSION    := 0.2.0
# Of the shared libraries: raised when their binary interface breaks (`make abi`).
SOVERSION  := 0
B          ?= build
OPT        ?= -O2 -g
PKG_CONFIG ?= pkg-config
# WERROR=0: warnings are no errors. V=1: shows the commands. T=AREA/test_NAME: builds that test alone and runs it.
# METRICS=0: clipper-container without --metrics-port, and so without libmicrohttpd.
# CC, CPPFLAGS, CFLAGS, LDFLAGS are the user's; SANITIZE and EXTRA (for compiling and linking) are for builds below.
WERROR     ?= 1
METRICS    ?= 1
V          ?=
# CROSS_COMPILE=aarch64-linux-gnu-: with the compiler and binutils of that name, for another machine.
STRIP      ?= strip
READELF    ?= readelf
ifneq ($(CROSS_COMPILE),)
CC         := $(CROSS_COMPILE)gcc
AR         := $(CROSS_COMPILE)ar
STRIP      := $(CROSS_COMPILE)strip
READELF    := $(CROSS_COMPILE)readelf
endif
# The scripts of the build read JSON, also with Debian's python3-minimal.
ifneq ($(shell python3 -c 'import json' 2>&1),)
export PYTHONPATH := $(CURDIR)/.packaging/python3-minimal
endif
export B PYTHONDONTWRITEBYTECODE := 1
.DEFAULT_GOAL := $(if $(T),test,all)
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-print-directory

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wcast-align \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wvla \
            -Wundef -Wformat=2 -Wpointer-arith $(if $(filter-out 0,$(WERROR)),-Werror)
STD      := -std=c11
POSIX    := -D_GNU_SOURCE -pthread
FLAGS     = $(STD) $(WARNINGS) $(OPT) -fPIC -fvisibility=hidden $(SANITIZE) $(EXTRA) -DCLIPPER_VERSION='"$(VERSION)"'
COMPILE   = $(CC) $(FLAGS) $(SIDE) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
LINK      = $(CC) $(OPT) $(SANITIZE) $(EXTRA) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)
SHARED    = -shared -Wl,-soname,$(@F).$(SOVERSION)
# The container's library finds the codec's beside it wherever both are installed (ORIGIN= for where loaders look anyway).
ORIGIN   ?= -Wl,-rpath,'$$ORIGIN'

# $(call libraries,NAME,PACKAGES,LIBRARIES): NAME_LIBS and NAME_CFLAGS, asked of pkg-config once, when first used.
define libraries
$(1)_LIBS = $$(eval $(1)_LIBS := $$$$(shell $(PKG_CONFIG) --libs $(2) 2>/dev/null || echo $(3)))$$($(1)_LIBS)
$(1)_CFLAGS = $$(eval $(1)_CFLAGS := $$$$(shell $(PKG_CONFIG) --cflags $(2) 2>/dev/null))$$($(1)_CFLAGS)
endef
$(eval $(call libraries,ZMQ,libzmq,-lzmq))
$(eval $(call libraries,ZLIB,zlib,-lz))
ifneq ($(METRICS),0)
$(eval $(call libraries,HTTP,libmicrohttpd,-lmicrohttpd))
else
HTTP_CFLAGS := -DCLIPPER_NO_METRICS
endif
$(eval $(call libraries,KIT,libczmq libzmq jansson zlib,-lczmq -lzmq -ljansson -lz))
$(eval $(call libraries,CMOCKA,cmocka,-lcmocka))
CMOCKA = $(CMOCKA_LIBS)
SVM_LIBS := -lsvm

# ---- Sources -------------------------------------------------------------------------------------------

objects  = $(patsubst %.c,$(B)/obj/%.o,$(1))
programs = $(patsubst tests/%.c,$(B)/tests/%,$(1))
HTML_PAGE := $(wildcard mockclipper/*/html/*)

CODEC_OBJ     := $(call objects,$(wildcard codec/src/*.c))
# The pure session: no libzmq, no clock.
SESSION_OBJ   := $(call objects,container/src/session.c)
CONTAINER_OBJ := $(filter-out $(SESSION_OBJ),$(call objects,$(wildcard container/src/*.c)))
COMMAND_OBJ   := $(call objects,$(wildcard container/command/*.c))
KIT_OBJ       := $(call objects,$(wildcard mockclipper/*/*.c)) $(B)/obj/gen/requirements_table.o $(B)/obj/gen/html_pages.o
MUTANT_OBJ    := $(call objects,$(wildcard tests/mutants/*.c) container/command/models.c)
# One program a file; tests/AREA/support_*.c are linked into every test of their folder.
TEST_AREAS    := codec session container mockclipper
$(foreach a,$(TEST_AREAS),$(eval $(a)_TESTS := $(call programs,$(wildcard tests/$(a)/test_*.c))))

# What a file may include beside its own folder. Container and kit cannot see each other.
$(B)/obj/%.o:                            SIDE  = $(POSIX) -Icodec/include -Icontainer/include
$(B)/obj/codec/%.o:                      SIDE  = -Icodec/include
$(SESSION_OBJ):                          SIDE  = -Icodec/include -Icontainer/include
# The container needs POSIX, and nothing that is Linux's or GNU's.
$(CONTAINER_OBJ) $(COMMAND_OBJ):         POSIX := -D_POSIX_C_SOURCE=200809L -pthread
$(CONTAINER_OBJ) $(COMMAND_OBJ):         SIDE += $(ZMQ_CFLAGS) $(ZLIB_CFLAGS) $(HTTP_CFLAGS)
$(B)/obj/tests/container/%.o:            SIDE += -iquote container/src
$(B)/obj/tests/mutants/%.o:              SIDE += -iquote container/command
$(B)/obj/tests/mockclipper/%.o $(KIT_OBJ) $(B)/obj/mockclipper/main.o: \
                                         SIDE  = $(POSIX) -Icodec/include -iquote mockclipper $(KIT_CFLAGS)
$(B)/obj/gen/vectors.o:                  SIDE  = -Icodec/include -iquote tests/codec

# ---- How files are made ----------------------------------------------------------------------------------

# $(call run,WORD,COMMAND)
define run
	@mkdir -p $(@D)
	$(if $(V),,@printf '  %-6s%s\n' $(1) $@)
	$(if $(V),,@)$(2)
endef
# $(call generate,COMMAND): of what the command prints; a command that fails leaves nothing behind
generate = $(call run,GEN,$(1) > $@.new && mv $@.new $@)

# Everything is made again when the compiler or a flag changes, and linked again when a source comes or goes.
define stamp
$(B)/$(1): FORCE
	$$(shell mkdir -p $$(@D))$$(file >$$@.new,$(2))@cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@
endef
$(eval $(call stamp,flags,$$(CC) $$(FLAGS) METRICS=$$(METRICS) $$(CPPFLAGS) $$(CFLAGS) $$(LDFLAGS) $$(SOVERSION) \
                         $$(ORIGIN)))
$(eval $(call stamp,sources,$$(CODEC_OBJ) $$(SESSION_OBJ) $$(CONTAINER_OBJ) $$(COMMAND_OBJ) $$(KIT_OBJ) $$(MUTANT_OBJ)))
FORCE:
.PHONY: FORCE

$(B)/obj/%.o: %.c $(B)/flags
	$(call run,CC,$(COMPILE))
$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/flags
	$(call run,CC,$(COMPILE))
$(B)/%.a: $(B)/sources
	$(call run,AR,rm -f $@ && $(AR) rcs $@ $(filter %.o,$^))

# The requirements as the kit cites them, the pages of the HTML reports, the test vectors where no JSON is at hand.
$(B)/gen/requirements_table.c: mockclipper/rules/requirements_to_c.py spec/requirements.json
	$(call generate,python3 $^)
$(B)/gen/html_pages.c: mockclipper/base/html/page_to_c.py $(HTML_PAGE)
	$(call generate,python3 $< mockclipper)
ERA_RECORDINGS := $(wildcard tests/data/captures/eras/era-*.jsonl)
$(B)/gen/vectors.c: spec/vectors/to_c.py $(wildcard spec/vectors/*.json spec/vectors/eras/*.json) $(ERA_RECORDINGS)
	$(call generate,python3 $< $(ERA_RECORDINGS))

# ---- Libraries and commands ------------------------------------------------------------------------------

.PHONY: all man
all: ## build the libraries and commands
all: $(B)/libclipper-codec.a $(B)/libclipper-codec.so $(B)/libclipper-container.a $(B)/libclipper-container.so \
     $(B)/clipper-container $(B)/mockclipper man

$(B)/libclipper-codec.a: $(CODEC_OBJ)
$(B)/libclipper-container.a: $(SESSION_OBJ) $(CONTAINER_OBJ)
$(B)/kit.a: $(KIT_OBJ)
# A program looks for its soname, NAME.so.0, when it starts. The container's library is linked with the codec's, so that
# a process has one codec.
$(B)/libclipper-codec.so: $(CODEC_OBJ) $(B)/sources
	$(call run,LINK,$(LINK) $(SHARED) && ln -sf $(@F) $@.$(SOVERSION))
$(B)/libclipper-container.so: $(SESSION_OBJ) $(CONTAINER_OBJ) $(B)/libclipper-codec.so $(B)/sources
	$(call run,LINK,$(LINK) $(SHARED) $(ORIGIN) $(B)/libclipper-codec.so -pthread $(ZMQ_LIBS) && ln -sf $(@F) $@.$(SOVERSION))
$(B)/clipper-container: $(COMMAND_OBJ) $(B)/libclipper-container.a $(B)/libclipper-codec.a
	$(call run,LINK,$(LINK) -pthread -rdynamic $(ZMQ_LIBS) $(ZLIB_LIBS) $(HTTP_LIBS) -ldl -lm)
$(B)/mockclipper: $(B)/obj/mockclipper/main.o $(B)/kit.a $(B)/libclipper-codec.a
	$(call run,LINK,$(LINK) -pthread $(KIT_LIBS) -lm)

# The codec as two files, clipper-codec.h beside clipper-codec.c, for whoever copies it into a project.
.PHONY: amalgamation
amalgamation: $(B)/clipper-codec.c ## the codec as two files to be copied: clipper-codec.c and clipper-codec.h
$(B)/clipper-codec.c: codec/amalgamate.py $(wildcard codec/src/* codec/include/clipper/*) LICENSE Makefile
	$(call run,GEN,python3 $< $(VERSION) $(@D))

# The man pages are made of the commands' own help and a text around it.
MAKE_MAN := mockclipper/man/make_man.py
man: $(B)/man/mockclipper.1 $(B)/man/clipper-container.1
$(B)/man/mockclipper.1: $(MAKE_MAN) mockclipper/man/mockclipper.1.in $(B)/mockclipper
	$(call generate,python3 $^)
$(B)/man/clipper-container.1: $(MAKE_MAN) container/man/clipper-container.1.in $(B)/clipper-container
	$(call generate,python3 $^)

# The worked example: a classifier of handwritten digits, trained on the first half of its rows.
DIGITS := container/examples/digits
.PHONY: examples
examples: $(B)/examples/libdigits.so $(B)/examples/digits.model ## the digit classifier: its library and its trained model
$(B)/examples/digits-train: $(B)/obj/$(DIGITS)/train.o
	$(call run,LINK,$(LINK) $(SVM_LIBS) -lm)
$(B)/examples/libdigits.so: $(B)/obj/$(DIGITS)/model.o
	$(call run,LINK,$(LINK) -shared $(SVM_LIBS))
$(B)/examples/digits.model: $(B)/examples/digits-train $(DIGITS)/digits.csv
	$(call run,TRAIN,$^ $@)

# ---- Test programs -------------------------------------------------------------------------------------

# $(call test_area,AREA,WHAT IS LINKED,LIBRARIES); CROSS_OBJ is what tests/targets puts in cmocka's place.
define test_area
$(B)/tests/$(1)/%: $(B)/obj/tests/$(1)/%.o $(call objects,$(wildcard tests/$(1)/support_*.c)) $(2) $(CROSS_OBJ) \
                   $(B)/libclipper-codec.a
	$$(call run,LINK,$$(LINK) -pthread $(3) $$(CMOCKA))
endef
$(eval $(call test_area,codec,$(B)/obj/gen/vectors.o))
$(eval $(call test_area,session,$(SESSION_OBJ)))
$(eval $(call test_area,container,$(B)/libclipper-container.a,$$(ZMQ_LIBS) -lm))
$(eval $(call test_area,mockclipper,$(B)/kit.a,$$(KIT_LIBS) -lm))
# A container with named bugs.
$(B)/mutant: $(MUTANT_OBJ) $(B)/libclipper-container.a $(B)/libclipper-codec.a
	$(call run,LINK,$(LINK) -pthread -rdynamic $(ZMQ_LIBS) $(ZLIB_LIBS) -ldl -lm)

.PHONY: codec-tests session-tests tests
codec-tests: $(codec_TESTS)
session-tests: $(session_TESTS)
tests: $(foreach a,$(TEST_AREAS),$($(a)_TESTS))

# ---- Checks --------------------------------------------------------------------------------------------

# The same sources with the other compiler. AddressSanitizer and UndefinedBehaviorSanitizer come with clang, so that
# both compilers see every file.
ASAN = B=$(B)/asan CC=clang OPT='-O1 -g' \
       SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
# $(call ensure,NAME...): what these targets need is there, or is installed, or is named
ensure = @tests/tools/ensure.sh $(1)

.PHONY: check check-programs test size demo matrix matrix-render stress stops help format clean compile_commands
check: ## run all tests; ONLY=text: the suites of that name; DEEP=1: those that want Java, Node.js or a browser
	$(call ensure,check $(if $(DEEP),deep))
	@$(MAKE) check-programs
	@tests/tools/suites.sh $(if $(DEEP),deep) > $(B)/suites
	@python3 tests/tools/run_suites.py $(if $(ONLY),--only '$(ONLY)') $(B)/suites

check-programs: ## build everything that `make check` runs
	@$(MAKE) all examples tests $(B)/mutant
	@$(MAKE) $(ASAN) all tests
	@sh tests/peers/setup.sh $(if $(DEEP),node java,python cpp)

test: ## run one test: T=mockclipper/test_engine (a C program or a Python script of tests/)
ifneq ($(wildcard tests/$(T).c),)
	@$(MAKE) T= $(B)/tests/$(T)
	@$(B)/tests/$(T)
else
	@$(MAKE) T= all $(B)/mutant
	@/usr/bin/python3 tests/$(T).py
endif

size: ## text of the codec at -Os
	@$(MAKE) B=$(B)/size CC=gcc OPT=-Os $(B)/size/libclipper-codec.a
	@size -A $(B)/size/libclipper-codec.a | awk '/ex / {part = $$1} $$1 ~ /^\.text/ && $$2 > 0 {sum[part] += $$2} \
	    END {for (p in sum) {printf "%-14s %6d bytes\n", p, sum[p]; if (p != "flat.o") total += sum[p]}; \
	    printf "%-14s %6d bytes (of 8192 allowed; flat.o is not a part of it)\n", "message codec", total}'

demo: ## check our container on both wires, then serve it real data
	$(call ensure,build)
	@$(MAKE) all examples
	@tests/tools/demo.sh

matrix: ## every bug of tests/mutants against the scenarios that must find it
	$(call ensure,check)
	@$(MAKE) all $(B)/mutant
	@python3 tests/mutants/matrix.py
matrix-render: $(B)/mockclipper $(B)/mutant ## make spec/matrix.md anew, from the scenarios and the table of expected bugs
	@python3 tests/mutants/tables.py > $(B)/matrix.md
	@cp $(B)/matrix.md spec/matrix.md
stress: ## the kit's suite STRESS_RUNS (100) times while the machine is busy
	$(call ensure,check)
	@$(MAKE) all $(B)/mutant
	@tests/mutants/stress.sh $(STRESS_RUNS)
	@$(MAKE) stops STOPS="$(or $(STRESS_RUNS),100)"
stops: ## the same while kit, container or both are stopped at random; STOPS='RUNS SEED SECONDS' (100)
	$(call ensure,check)
	@$(MAKE) all
	@tests/mutants/stops.py $(STOPS)

# Each says what it does: install; what it checks: bench, coverage, fuzz, mutate, prove, model, targets, abi, the tiers check-deep and check-all.
include fuzz/fuzz.mk $(wildcard .packaging/*.mk tests/*/*.mk)

help: ## this list
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Everything is made in build/, or where B=FOLDER says. V=1 shows the commands, WERROR=0 lets warnings pass."
format: ## lay out every C file as .clang-format says
	clang-format -i $$(git ls-files '*.c' '*.h')
compile_commands: ## $(B)/compile_commands.json, for editors and clang-tidy
	@$(MAKE) -Bn V=1 all examples tests $(B)/mutant | python3 tests/tools/compile_commands.py > $(B)/compile_commands.json
clean: ## remove what was built
	@[ ! -e $(B) ] || [ -e $(B)/flags ] || { echo "$(B) is no build folder: it has no file 'flags'" >&2; exit 1; }
	rm -rf $(B)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
