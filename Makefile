# clipper-rpc: `make help` lists the targets. Everything that is made goes to build/.

B        ?= build
CC       ?= cc
VERSION  := 0.1.0
# `make V=1` shows the commands.
V ?=
Q := $(if $(V),,@)
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-print-directory

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wcast-align \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wvla \
            -Wundef -Wformat=2 -Wpointer-arith -Werror
OPT      ?= -O2 -g
SANITIZE ?=
EXTRA    ?=
STD      := -std=c11
CPPFLAGS += -Icodec/include -Icontainer/include -DCLIPPER_VERSION='"$(VERSION)"'
ALLFLAGS  = $(STD) $(WARNINGS) $(OPT) -fPIC $(SANITIZE) $(EXTRA) $(CPPFLAGS) $(CFLAGS)
LINK      = $(CC) $(OPT) $(SANITIZE) $(EXTRA) $(CFLAGS) $(LDFLAGS)
POSIX    := -D_GNU_SOURCE -pthread

# ---- Sources -------------------------------------------------------------------------------------------

CODEC_SRC     := $(wildcard codec/src/*.c)
# The pure session: no libzmq, no clock.
SESSION_SRC   := container/src/session.c
CONTAINER_SRC := $(filter-out $(SESSION_SRC),$(wildcard container/src/*.c))
COMMAND_SRC   := $(wildcard container/command/*.c)
MOCK_SRC      := $(wildcard mockclipper/*.c mockclipper/*/*.c)
HTML_PAGE := $(wildcard mockclipper/report/html/*)
# One program a file; tests/NAME/support_*.c are linked into every test of their folder.
CODEC_TESTS     := $(wildcard tests/codec/test_*.c)
SESSION_TESTS   := $(wildcard tests/session/test_*.c)
CONTAINER_TESTS := $(wildcard tests/container/test_*.c)
MOCK_TESTS      := $(wildcard tests/mockclipper/test_*.c)

objects = $(patsubst %.c,$(B)/obj/%.o,$(1))
programs = $(patsubst tests/%.c,$(B)/tests/%,$(1))

CODEC_OBJ     := $(call objects,$(CODEC_SRC))
SESSION_OBJ   := $(call objects,$(SESSION_SRC))
CONTAINER_OBJ := $(call objects,$(CONTAINER_SRC))
COMMAND_OBJ   := $(call objects,$(COMMAND_SRC))
MOCK_OBJ      := $(call objects,$(MOCK_SRC)) $(B)/obj/requirements.o $(B)/obj/html_page.o

.PHONY: all
all: ## build the libraries and commands into build/
all: $(B)/libclipper-codec.a $(B)/libclipper-codec.so $(B)/libclipper-container.a $(B)/libclipper-container.so \
     $(B)/clipper-container $(B)/mockclipper man


$(B)/obj/codec/%.o: codec/%.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(ALLFLAGS) -fvisibility=hidden -MMD -MP -c $< -o $@

$(B)/obj/container/src/session.o: container/src/session.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(ALLFLAGS) -fvisibility=hidden -MMD -MP -c $< -o $@

# What a file may include, beside its own folder: each side sees itself alone, so that container and kit cannot share code.
$(B)/obj/container/%.o: SIDE := -iquote container/src
$(B)/obj/mockclipper/%.o $(B)/obj/tests/mockclipper/%.o: SIDE := -iquote mockclipper
$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(ALLFLAGS) $(POSIX) -fvisibility=hidden $(SIDE) -MMD -MP -c $< -o $@

# The requirements of the specification, as the kit cites them.
build/gen/requirements.c: mockclipper/rules/requirements_to_c.py spec/requirements.json
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)python3 mockclipper/rules/requirements_to_c.py spec/requirements.json > $@
$(B)/obj/requirements.o: build/gen/requirements.c mockclipper/rules/requirements.h
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(ALLFLAGS) $(POSIX) -fvisibility=hidden -iquote mockclipper -c $< -o $@

# The page of the HTML report: its markup, style and script in one.
build/gen/html_page.c: mockclipper/report/html/page_to_c.py $(HTML_PAGE)
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)python3 mockclipper/report/html/page_to_c.py mockclipper/report/html > $@
$(B)/obj/html_page.o: build/gen/html_page.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(ALLFLAGS) $(POSIX) -fvisibility=hidden -iquote mockclipper -c $< -o $@

$(B)/libclipper-codec.a: $(CODEC_OBJ)
	@rm -f $@
	$(if $(V),,@echo "  AR    $@")
	$(Q)$(AR) rcs $@ $^
# A program looks for its soname, NAME.so.0, when it starts.
$(B)/libclipper-codec.so: $(CODEC_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -shared -Wl,-soname,libclipper-codec.so.0 -o $@ $^
	@ln -sf $(@F) $@.0
$(B)/libclipper-container.a: $(SESSION_OBJ) $(CONTAINER_OBJ)
	@rm -f $@
	$(if $(V),,@echo "  AR    $@")
	$(Q)$(AR) rcs $@ $^
$(B)/libclipper-container.so: $(SESSION_OBJ) $(CONTAINER_OBJ) $(CODEC_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -shared -pthread -Wl,-soname,libclipper-container.so.0 -o $@ $^ -lzmq
	@ln -sf $(@F) $@.0
$(B)/clipper-container: $(COMMAND_OBJ) $(B)/libclipper-container.a $(B)/libclipper-codec.a
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -pthread -rdynamic -o $@ $^ -lzmq -ldl -lm
$(B)/mockclipper: $(MOCK_OBJ) $(B)/libclipper-codec.a
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -pthread -o $@ $^ -lczmq -lzmq -ljansson -lm

# The man pages are made of the commands' own help and a text around it.
.PHONY: man
man: $(B)/man/mockclipper.1 $(B)/man/clipper-container.1
$(B)/man/mockclipper.1: mockclipper/man/make_man.py mockclipper/man/mockclipper.1.in $(B)/mockclipper
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)python3 mockclipper/man/make_man.py mockclipper/man/mockclipper.1.in $(B)/mockclipper > $@
$(B)/man/clipper-container.1: mockclipper/man/make_man.py container/man/clipper-container.1.in $(B)/clipper-container
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)python3 mockclipper/man/make_man.py container/man/clipper-container.1.in $(B)/clipper-container > $@

# ---- The worked example: a classifier of handwritten digits ---------------------------------------------

DIGITS := container/examples/digits
.PHONY: examples
examples: $(B)/examples/libdigits.so $(B)/examples/digits.model ## the digit classifier: its library and its trained model

$(B)/examples/digits-train: $(B)/obj/$(DIGITS)/train.o
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ -lsvm -lm
$(B)/examples/libdigits.so: $(B)/obj/$(DIGITS)/model.o
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -shared -o $@ $^ -lsvm
# Trained on the first half of the rows; the demo measures it on the other half.
$(B)/examples/digits.model: $(B)/examples/digits-train $(DIGITS)/digits.csv
	@echo "  TRAIN $@"
	$(Q)$(B)/examples/digits-train $(DIGITS)/digits.csv $@

# ---- Test programs -------------------------------------------------------------------------------------

CMOCKA ?= -lcmocka
TEST_LINK = $(LINK) -pthread -o $@ $(filter %.o %.a,$^)

# The test vectors as C, so that they run where no JSON is at hand.
build/gen/vectors.c: spec/vectors/to_c.py $(wildcard spec/vectors/*.json)
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)python3 spec/vectors/to_c.py > $@
$(B)/obj/vectors.o: build/gen/vectors.c tests/codec/vector.h
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(ALLFLAGS) -Itests/codec -c $< -o $@

$(B)/tests/codec/%: $(B)/obj/tests/codec/%.o $(call objects,$(wildcard tests/codec/support_*.c)) $(B)/obj/vectors.o \
                    $(CROSS_OBJ) $(B)/libclipper-codec.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) $(CMOCKA)
$(B)/tests/session/%: $(B)/obj/tests/session/%.o $(call objects,$(wildcard tests/session/support_*.c)) $(SESSION_OBJ) \
                      $(CROSS_OBJ) $(B)/libclipper-codec.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) $(CMOCKA)
$(B)/tests/container/%: $(B)/obj/tests/container/%.o $(call objects,$(wildcard tests/container/support_*.c)) $(B)/libclipper-container.a $(B)/libclipper-codec.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) -lzmq -lm $(CMOCKA)
$(B)/tests/mockclipper/%: $(B)/obj/tests/mockclipper/%.o $(filter-out $(B)/obj/mockclipper/main.o,$(MOCK_OBJ)) $(B)/libclipper-codec.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) -lczmq -lzmq -ljansson -lm $(CMOCKA)

.PHONY: codec-tests session-tests tests
codec-tests: $(call programs,$(CODEC_TESTS))
session-tests: $(call programs,$(SESSION_TESTS))
tests: codec-tests session-tests $(call programs,$(CONTAINER_TESTS) $(MOCK_TESTS))

# ---- Checks --------------------------------------------------------------------------------------------

# The same sources with the other compiler. AddressSanitizer and UndefinedBehaviorSanitizer come with clang, so that
# both compilers see every file.
ASAN  := B=build/asan CC=clang OPT='-O1 -g' \
         SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
# What tests/targets puts in cmocka's place for another machine.
CROSS_OBJ :=

.PHONY: ensure-build ensure-check check check-programs size demo help
ensure-build:
	@tests/tools/ensure.sh build
ensure-check:
	@tests/tools/ensure.sh check

check: ensure-check ## run all tests; installs or names what they need
	@$(MAKE) check-programs
	@tests/tools/suites.sh > build/suites
	@python3 tests/tools/run_suites.py $(if $(ONLY),--only '$(ONLY)') build/suites

check-programs: ## build everything that `make check` runs
	@$(MAKE) all examples tests build/mutant
	@$(MAKE) $(ASAN) all tests
	@sh tests/peers/setup.sh

size: ## text of the codec at -Os
	@$(MAKE) B=build/size CC=gcc OPT=-Os build/size/libclipper-codec.a
	@size -A build/size/libclipper-codec.a | awk '/ex build/ {part = $$1} $$1 ~ /^\.text/ && $$2 > 0 {sum[part] += $$2} \
	    END {for (p in sum) {printf "%-14s %6d bytes\n", p, sum[p]; if (p != "flat.o") total += sum[p]}; \
	    printf "%-14s %6d bytes (of 8192 allowed; flat.o is not a part of it)\n", "message codec", total}'

demo: ensure-build ## check our container on both wires, then serve it real data
	@$(MAKE) all examples
	@tests/tools/demo.sh

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Everything is built in build/. V=1 shows the commands, ONLY=text runs only the suites of that name."

# ---- Benchmarks ----------------------------------------------------------------------------------------

BENCH := $(addprefix $(B)/bench/,codec_bench count_allocations.so load raw_echo idle_dealers)
bench_objects = $(call objects,$(addprefix tests/bench/,$(addsuffix .c,$(1))))

# The same content for protobuf-c and nanopb: generated code, compiled as it is.
build/gen/bench/prediction.pb-c.c: tests/bench/prediction.proto
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)protoc-c -Itests/bench --c_out=$(@D) prediction.proto
build/gen/bench/prediction.pb.c: tests/bench/prediction.proto
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)protoc -Itests/bench --nanopb_out=$(@D) prediction.proto
$(B)/obj/bench/%.o: build/gen/bench/%.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(CC) $(STD) -w $(OPT) -c $< -o $@
$(B)/obj/tests/bench/%.o: CPPFLAGS += -isystem build/gen/bench
$(B)/obj/tests/bench/codec_protobuf.o: | build/gen/bench/prediction.pb-c.c
$(B)/obj/tests/bench/codec_nanopb.o: | build/gen/bench/prediction.pb.c

$(B)/bench/codec_bench: $(call bench_objects,codec_bench codec_floor codec_clipper codec_msgpack codec_protobuf codec_nanopb \
                          codec_czmq elements) $(B)/obj/bench/prediction.pb.o $(B)/obj/bench/prediction.pb-c.o \
                        $(B)/libclipper-codec.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) -lmsgpackc -lprotobuf-c -l:libprotobuf-nanopb.a -lczmq -lzmq
$(B)/bench/load: $(call bench_objects,load load_peer load_traffic)
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) -lzmq
$(B)/bench/raw_echo $(B)/bench/idle_dealers: $(B)/bench/%: $(B)/obj/tests/bench/%.o
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(TEST_LINK) -lzmq
# It must export malloc and its kin, so it is compiled without -fvisibility=hidden.
$(B)/bench/count_allocations.so: tests/bench/count_allocations.c tests/bench/allocations.h
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(CC) $(ALLFLAGS) $(POSIX) -shared $< -o $@ -ldl

# A container with named bugs, and the matrix of scenarios and bugs: is every bug found, can every scenario fail?
MUTANT_OBJ := $(call objects,$(wildcard tests/mutants/*.c) container/command/models.c container/command/crc32.c)
$(B)/mutant: $(MUTANT_OBJ) $(B)/libclipper-container.a $(B)/libclipper-codec.a
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -pthread -rdynamic -o $@ $^ -lzmq -ldl -lm

.PHONY: matrix stress
matrix: ensure-check ## every bug of tests/mutants against the scenarios that must find it
	@$(MAKE) all $(B)/mutant
	@python3 tests/mutants/matrix.py
stress: ensure-check ## the kit's suite STRESS_RUNS (100) times while the machine is busy
	@$(MAKE) all $(B)/mutant
	@tests/mutants/stress.sh $(STRESS_RUNS)

.PHONY: fuzz fuzz-afl
fuzz: ## fuzz every target FUZZ_SECONDS (60) seconds, two at a time; fails on a finding
	@tests/tools/ensure.sh fuzz
	@fuzz/run.sh

fuzz-afl: ## the same targets under AFL++, FUZZ_SECONDS (10) seconds each
	@tests/tools/ensure.sh fuzz
	@fuzz/afl.sh

.PHONY: ensure-bench bench bench-programs
ensure-bench:
	@tests/tools/ensure.sh bench
bench-programs: $(BENCH)
bench: ensure-bench ## measure codec, container and mock against their floors; GATE=1 fails on a missed bar
	@$(MAKE) all bench-programs
	@python3 tests/bench/bench.py --build $(B) $(if $(GATE),--gate)

# Each says what it checks: coverage, mutate, prove, model, targets, abi, and the tiers check-deep and check-all.
include $(wildcard tests/*/*.mk)

.PHONY: format clean
format: ## lay out every C file as .clang-format says
	clang-format -i $$(git ls-files '*.c' '*.h')
clean: ## remove build/
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
