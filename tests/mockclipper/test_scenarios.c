/* The tables of scenarios and requirements fit together, and say all that users need. */
#include "talk/scenario.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void ids_are_unique_and_well_formed(void **state) {
    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const char *id = scenario_at(i)->id;
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-/"), strlen(id));
        assert_non_null(strchr(id, '/'));
        assert_ptr_equal(strchr(id, '/'), strrchr(id, '/'));
        assert_true(isalpha((unsigned char)id[0]));
        assert_ptr_equal(scenario_find(id), scenario_at(i));
    }
}

static void families_stand_together(void **state) {
    (void)state;
    for (size_t i = 1; i < scenario_count(); i++) {
        const scenario *before = scenario_at(i - 1), *s = scenario_at(i);
        size_t len = scenario_family_length(s);
        if (scenario_family_length(before) == len && memcmp(before->id, s->id, len) == 0)
            continue;
        for (size_t j = 0; j < i; j++)
            assert_false(scenario_family_length(scenario_at(j)) == len &&
                         memcmp(scenario_at(j)->id, s->id, len) == 0);
    }
}

/* Whether TEXT ends as a sentence does. */
static bool is_sentence(const char *text) {
    char last = text[strlen(text) - 1];
    return strlen(text) > 10 && (last == '.' || (last == ')' && text[strlen(text) - 2] == '.'));
}

static void every_scenario_explains_itself(void **state) {
    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *s = scenario_at(i);
        assert_non_null(s->play);
        if (strlen(s->title) < 10 || strlen(s->title) > 100 || is_sentence(s->title))
            fail_msg("%s: no good title: %s", s->id, s->title);
        if (!is_sentence(s->passes) || !is_sentence(s->fails))
            fail_msg("%s does not say in sentences what passes and what fails", s->id);
    }
}

static void every_requirement_named_exists_and_binds_containers(void **state) {
    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *s = scenario_at(i);
        size_t named = 0, known = 0;
        for (const char *at = s->requirements; *at != '\0';) {
            named++;
            at += strcspn(at, " ");
            at += strspn(at, " ");
        }
        for (size_t j = 0; j < requirement_count; j++)
            known += scenario_checks(s, requirements[j].id);
        if (named != known)
            fail_msg("%s names a requirement that does not exist: %s", s->id, s->requirements);
        assert_true(named > 0);
    }
}

/* Whether a scenario checks that requirement. */
static bool is_checked(const char *id) {
    for (size_t i = 0; i < scenario_count(); i++) {
        if (scenario_checks(scenario_at(i), id))
            return true;
    }
    return false;
}

static void a_requirement_of_containers_has_a_scenario_or_a_reason_why_not(void **state) {
    (void)state;
    for (size_t i = 0; i < requirement_count; i++) {
        const requirement *r = &requirements[i];
        if ((r->binds & BINDS_CONTAINER) != 0 && is_checked(r->id) == (r->unchecked != NULL))
            fail_msg("%s has neither a scenario nor a reason why there is none, or both", r->id);
    }
}

static void a_requirement_is_found_by_its_whole_id(void **state) {
    static const scenario s = {.requirements = "REG-10 TMO-2"};
    (void)state;
    assert_true(scenario_checks(&s, "REG-10"));
    assert_true(scenario_checks(&s, "TMO-2"));
    assert_false(scenario_checks(&s, "REG-1"));
    assert_false(scenario_checks(&s, "EG-10"));
    assert_non_null(requirement_find("REG-1"));
    assert_string_equal(requirement_find("REG-1")->id, "REG-1");
    assert_null(requirement_find("REG-"));
    assert_null(requirement_find("REG-1 "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_unique_and_well_formed),
        cmocka_unit_test(families_stand_together),
        cmocka_unit_test(every_scenario_explains_itself),
        cmocka_unit_test(every_requirement_named_exists_and_binds_containers),
        cmocka_unit_test(a_requirement_of_containers_has_a_scenario_or_a_reason_why_not),
        cmocka_unit_test(a_requirement_is_found_by_its_whole_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
