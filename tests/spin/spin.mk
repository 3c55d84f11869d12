# The session's model in Promela: make model. tests/spin/README.md says what it is.

.PHONY: model model-automata
model: ## check the session's model with spin, and hold the session to it
	$(call ensure,model)
	@$(MAKE) $(B)/model/replay
	@/usr/bin/python3 tests/spin/check.py --build $(B)/model
model-automata: ## make tests/session/model_automata.h of the model again
	$(call ensure,model)
	@/usr/bin/python3 tests/spin/automaton.py > $(B)/model_automata.h
	@mv $(B)/model_automata.h tests/session/model_automata.h

# The shim of tests/targets stands in for cmocka, of which a replay needs next to nothing.
$(B)/obj/model/%.o: SIDE = $(POSIX) -Icodec/include -Icontainer/include -Itests/targets
$(B)/obj/model/%.o: %.c $(B)/flags
	$(call run,CC,$(COMPILE))
$(B)/model/replay: $(addprefix $(B)/obj/model/tests/,spin/replay.o session/support_model.o session/support_session.o \
                   targets/cross.o) $(SESSION_OBJ) $(B)/libclipper-codec.a
	$(call run,LINK,$(LINK))
