# ---- Benchmarks: codec, container and mock against their floors -----------------------------------------

.PHONY: bench bench-programs
bench: ## measure codec, container and mock against their floors; GATE=1 fails on a missed bar
	$(call ensure,bench)
	@$(MAKE) all bench-programs
	@python3 tests/bench/bench.py --build $(B) $(if $(GATE),--gate)
bench-programs: $(addprefix $(B)/bench/,codec_bench count_allocations.so load raw_echo idle_dealers)

# The same content for protobuf-c and nanopb: generated code, compiled as it is.
$(B)/gen/bench/prediction.pb-c.c: tests/bench/prediction.proto
	$(call run,GEN,protoc-c -Itests/bench --c_out=$(@D) prediction.proto)
$(B)/gen/bench/prediction.pb.c: tests/bench/prediction.proto
	$(call run,GEN,protoc -Itests/bench --nanopb_out=$(@D) prediction.proto)
$(B)/obj/gen/bench/%.o: WARNINGS := -w
$(B)/obj/tests/bench/%.o: SIDE += -isystem $(B)/gen/bench $(KIT_CFLAGS)
$(B)/obj/tests/bench/codec_protobuf.o: | $(B)/gen/bench/prediction.pb-c.c
$(B)/obj/tests/bench/codec_nanopb.o: | $(B)/gen/bench/prediction.pb.c

bench_objects = $(call objects,$(addprefix tests/bench/,$(addsuffix .c,$(1))))
$(B)/bench/codec_bench: $(call bench_objects,codec_bench codec_floor codec_clipper codec_msgpack codec_protobuf codec_nanopb \
                          codec_czmq elements) $(addprefix $(B)/obj/gen/bench/prediction.,pb.o pb-c.o) $(B)/libclipper-codec.a
	$(call run,LINK,$(LINK) -lmsgpackc -lprotobuf-c -l:libprotobuf-nanopb.a -lczmq -lzmq)
$(B)/bench/load: $(call bench_objects,load load_peer load_traffic) $(B)/libclipper-codec.a
	$(call run,LINK,$(LINK) -pthread $(ZMQ_LIBS))
$(B)/bench/raw_echo $(B)/bench/idle_dealers: $(B)/bench/%: $(B)/obj/tests/bench/%.o
	$(call run,LINK,$(LINK) -pthread $(ZMQ_LIBS))
# It must export malloc and its kin.
$(B)/obj/tests/bench/count_allocations.o: SIDE += -fvisibility=default
$(B)/bench/count_allocations.so: $(B)/obj/tests/bench/count_allocations.o
	$(call run,LINK,$(LINK) -shared -ldl)
