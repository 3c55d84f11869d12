# Builds the fuzz targets: make -f fuzz/fuzz.mk [OUT=...] [CC=...] [CFLAGS=...] [ENGINE=...] [TARGETS=...]
#
# Used by run.sh (libFuzzer), afl.sh (AFL++), oss-fuzz/build.sh and tests/fuzz. A target is fuzz/fuzz_NAME.c, what
# all targets share, and the sources and libraries below. Run it from the top of the tree.

OUT      ?= build/fuzz/bin
OBJ      ?= $(OUT)/../obj
CC       := $(if $(filter default,$(origin CC)),clang,$(CC))
# What links: OSS-Fuzz's engines want a C++ linker.
LINKER   ?= $(CC)
CFLAGS   ?= -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS  ?= $(CFLAGS)
ENGINE   ?= -fsanitize=fuzzer
# For our own judges, whose comparisons are nothing to be guided by: twice as fast.
JUDGES   ?= -fno-sanitize-coverage=trace-cmp
STRICT   ?= -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wcast-align \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wvla -Wundef -Wformat=2 \
            -Wpointer-arith -Werror

CODEC   := $(wildcard codec/src/*.c)
SHARED  := fuzz/input.c fuzz/check.c fuzz/reference.c
SESSION := container/src/session.c
JSON    := $(addprefix mockclipper/,lines/json_line.c lines/json_message.c lines/json_read.c base/json_out.c \
             base/hex.c) fuzz/json_answer.c

ENGINE_SRC := $(addprefix mockclipper/engine/,engine.c engine_send.c connections.c message.c registry.c journal.c \
              describe.c faults.c draft.c) $(addprefix mockclipper/base/,heap.c hex.c port.c clock.c)

TARGETS ?= decode_whole decode_by_frame round_trip elements flat session json_decode json_encode engine

SOURCES_session     := $(SESSION)
SOURCES_json_decode := $(JSON)
SOURCES_json_encode := $(JSON)
SOURCES_engine      := $(ENGINE_SRC)
LIBS_engine         := -lczmq -lzmq
# JANSSON: how to link it (OSS-Fuzz wants it inside the program).
JANSSON             ?= -ljansson
LIBS_json_decode    := $(JANSSON)
LIBS_json_encode    := $(JANSSON)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all
all: $(TARGETS:%=$(OUT)/fuzz_%)

.PHONY: list
list:
	@echo $(TARGETS)

objects = $(patsubst %.c,$(OBJ)/%.o,$(1))

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) -std=c11 -D_GNU_SOURCE $(STRICT) $(CFLAGS) $(if $(filter fuzz/%,$<),$(JUDGES)) -Icodec/include -Icontainer/include -iquote mockclipper \
	    -iquote fuzz -MMD -MP -c $< -o $@

define target
$(OUT)/fuzz_$(1): $(call objects,fuzz/fuzz_$(1).c $(SHARED) $(CODEC) $(SOURCES_$(1)))
	@mkdir -p $$(@D)
	@echo "  LINK  $$@"
	@$$(LINKER) $$(LDFLAGS) $$(ENGINE) -o $$@ $$^ $$(LIBS_$(1))
endef
$(foreach t,$(TARGETS),$(eval $(call target,$(t))))

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
