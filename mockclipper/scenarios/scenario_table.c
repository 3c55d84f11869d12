#include "scenarios/families.h"

#include <string.h>

static const scenario_family *const families[] = {
    &registration_family, &heartbeat_family,          &timeout_family, &version_family, &prediction_family,
    &malformed_family,    &malformed_metadata_family, &process_family, &load_family,
};

size_t scenario_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < COUNT(families); i++) {
        for (size_t j = 0; j < families[i]->count; j++)
            count += families[i]->groups[j].count;
    }
    return count;
}

const scenario *scenario_at(size_t index) {
    const scenario_family *const *family = families;
    size_t group = 0;
    while (index >= (*family)->groups[group].count) {
        index -= (*family)->groups[group++].count;
        if (group == (*family)->count) {
            family++;
            group = 0;
        }
    }
    return &(*family)->groups[group].scenarios[index];
}

const scenario *scenario_find(const char *id) {
    size_t len = strcspn(id, ":");
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *each = scenario_at(i);
        if (strlen(each->id) == len && memcmp(each->id, id, len) == 0)
            return each;
    }
    return NULL;
}

size_t scenario_family_length(const scenario *s) {
    return strcspn(s->id, "/");
}

bool scenario_takes(const scenario *s, clipper_data_type type) {
    return s->type_mask == 0 || (s->type_mask >> type & 1) != 0;
}

verdict scenario_worst(const scenario *s, profile p) {
    verdict worst = VERDICT_PASS;
    for (size_t i = 0; i < requirement_count; i++) {
        verdict v = verdict_of_breach(&requirements[i], p);
        if (v > worst && scenario_checks(s, requirements[i].id))
            worst = v;
    }
    return worst;
}

bool scenario_is_unsent(const scenario *s) {
    size_t len = strcspn(s->requirements, " ");
    for (size_t i = 0; i < requirement_count; i++) {
        if (strlen(requirements[i].id) == len && memcmp(requirements[i].id, s->requirements, len) == 0)
            return requirements[i].unsent;
    }
    return false;
}

bool scenario_checks(const scenario *s, const char *id) {
    size_t len = strlen(id);
    for (const char *at = s->requirements; *at != '\0';) {
        size_t word = strcspn(at, " ");
        if (word == len && memcmp(at, id, len) == 0)
            return true;
        at += word;
        at += strspn(at, " ");
    }
    return false;
}
