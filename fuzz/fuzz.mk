# ---- Fuzzing -------------------------------------------------------------------------------------------

# A target is fuzz/fuzz_NAME.c, what all targets share, and the libraries below. run.sh (libFuzzer), afl.sh (AFL++) and
# oss-fuzz/build.sh build them, each in a folder, with a compiler, flags and an engine of its own.
TARGETS ?= decode_whole decode_by_frame round_trip elements flat session json_decode json_encode engine eras csv
ENGINE  ?= -fsanitize=fuzzer
# For our own judges, whose comparisons are nothing to be guided by: twice as fast.
JUDGES  ?= -fno-sanitize-coverage=trace-cmp
# What links (OSS-Fuzz's engines want a C++ linker), and how to link jansson (OSS-Fuzz wants it inside the program).
LINKER  ?= $(CC)
JANSSON ?= -ljansson

.PHONY: fuzz fuzz-afl fuzz-targets fuzz-list
fuzz: ## fuzz every target FUZZ_SECONDS (60) seconds, two at a time; fails on a finding
	$(call ensure,fuzz)
	@fuzz/run.sh
fuzz-afl: ## the same targets under AFL++, FUZZ_SECONDS (10) seconds each
	$(call ensure,fuzz)
	@fuzz/afl.sh
fuzz-targets: $(TARGETS:%=$(B)/bin/fuzz_%)
fuzz-list:
	@echo $(TARGETS)

# What a target links beside the codec: rooms of the kit as archives, as it needs few of their files.
$(B)/lines.a: $(call objects,$(wildcard mockclipper/base/*.c mockclipper/lines/*.c))
$(B)/engine.a: $(call objects,$(wildcard mockclipper/base/*.c mockclipper/engine/*.c))
FUZZ_LINK_session := $(SESSION_OBJ)
FUZZ_LINK_engine  := $(B)/engine.a
FUZZ_LINK_csv     := $(B)/engine.a
FUZZ_LINK_json_decode := $(B)/obj/fuzz/json_answer.o $(B)/lines.a
FUZZ_LINK_json_encode := $(FUZZ_LINK_json_decode)
FUZZ_LIBS_engine  := $(KIT_LIBS)
FUZZ_LIBS_csv     := $(KIT_LIBS)
FUZZ_LIBS_json_decode := $(JANSSON)
FUZZ_LIBS_json_encode := $(JANSSON)

$(B)/obj/fuzz/%.o: SIDE = $(POSIX) -Icodec/include -Icontainer/include -iquote mockclipper $(KIT_CFLAGS) $(JUDGES)
# $(call fuzz_target,NAME)
define fuzz_target
$(B)/bin/fuzz_$(1): $(call objects,fuzz/fuzz_$(1).c fuzz/input.c fuzz/check.c fuzz/reference.c) $(FUZZ_LINK_$(1)) \
                    $(B)/libclipper-codec.a
	$$(call run,LINK,$$(LINKER) $$(SANITIZE) $$(CFLAGS) $$(LDFLAGS) $$(ENGINE) -o $$@ $$(filter %.o %.a,$$^) $(FUZZ_LIBS_$(1)))
endef
$(foreach t,$(TARGETS),$(eval $(call fuzz_target,$(t))))
