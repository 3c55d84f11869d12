#include "process/hindrance.h"

#include "process/lag.h"

hindrance hindrance_since(starvation *container, instant from) {
    hindrance result = {lag_since(from), 0};
    if (container != NULL) {
        starvation_sample(container);
        result.waited = starvation_since(container, from);
    }
    return result;
}

duration hindrance_lost(starvation *container, instant from) {
    return lag_sum_since(from) + hindrance_since(container, from).waited;
}

duration hindrance_total(const hindrance *h) {
    return 4 * h->lag + h->waited;
}

bool hindrance_is_large(const hindrance *h, duration span) {
    return hindrance_total(h) > span / 4;
}
