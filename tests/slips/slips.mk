# ---- Mutation testing ----------------------------------------------------------------------------------

.PHONY: mutate
mutate: ## put small slips into codec and session: do the tests notice? MUTATE=text, MUTATE_SAMPLE=200 for fewer
	$(call ensure,mutate)
	@$(MAKE) $(B)/gen/vectors.c
	@python3 -B tests/slips/mutate.py $(B)
