# The session's model in Promela: make model. tests/spin/README.md says what it is.

.PHONY: ensure-model model model-automata
ensure-model:
	@tests/tools/ensure.sh model
model: ensure-model ## check the session's model with spin, and hold the session to it
	@$(MAKE) $(B)/model/replay
	@/usr/bin/python3 tests/spin/check.py --build $(B)/model
model-automata: ensure-model ## make tests/session/model_automata.h of the model again
	@/usr/bin/python3 tests/spin/automaton.py > tests/session/model_automata.h.new
	@mv tests/session/model_automata.h.new tests/session/model_automata.h

# The shim of tests/targets stands in for cmocka, of which a replay needs next to nothing.
MODEL_REPLAY := tests/spin/replay.c tests/session/support_model.c tests/session/support_session.c tests/targets/cross.c
$(B)/model/replay: $(MODEL_REPLAY) tests/session/support_model.h tests/session/support_session.h $(SESSION_OBJ) \
                   $(B)/libclipper-codec.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(CC) $(ALLFLAGS) -Itests/targets $(LDFLAGS) -o $@ $(MODEL_REPLAY) $(SESSION_OBJ) $(B)/libclipper-codec.a
