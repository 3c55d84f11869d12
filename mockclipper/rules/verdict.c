#include "rules/verdict.h"

const char *verdict_name(verdict v) {
    static const char *const names[VERDICT_COUNT] = {"pass", "skip",         "info", "lenient",
                                                     "warn", "inconclusive", "fail", "error"};
    return names[v];
}

bool verdict_is_bad(verdict v, bool strict) {
    return v >= VERDICT_INCONCLUSIVE || (v == VERDICT_WARN && strict);
}

verdict verdict_of_breach(const requirement *r, profile p) {
    if (r->level == LEVEL_MAY)
        return VERDICT_INFO;
    if (r->level == LEVEL_SHOULD)
        return VERDICT_WARN;
    if (p == PROFILE_RELEASE && r->released_breach)
        return VERDICT_LENIENT;
    if (r->profile == PROFILE_INTEROP || r->profile == p)
        return VERDICT_FAIL;
    return p == PROFILE_INTEROP ? VERDICT_LENIENT : VERDICT_PASS;
}
