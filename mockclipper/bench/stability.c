#include "bench/stability.h"

void stability_add(stability *self, double rate, double median) {
    size_t at = self->seen++ % STABILITY_WINDOWS;
    self->rates[at] = rate;
    self->medians[at] = median;
}

size_t stability_judged(const stability *self) {
    return self->seen < STABILITY_WINDOWS ? self->seen : STABILITY_WINDOWS;
}

static double mean(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return count != 0 ? sum / (double)count : 0;
}

static double spread(const double *values, size_t count) {
    double least = 0, most = 0, middle = mean(values, count);
    for (size_t i = 0; i < count; i++) {
        least = i == 0 || values[i] < least ? values[i] : least;
        most = i == 0 || values[i] > most ? values[i] : most;
    }
    return middle > 0 ? 100 * (most - least) / middle : 0;
}

double stability_rate_spread(const stability *self) {
    return spread(self->rates, stability_judged(self));
}

double stability_median_spread(const stability *self) {
    return spread(self->medians, stability_judged(self));
}

double stability_rate(const stability *self) {
    return mean(self->rates, stability_judged(self));
}

bool stability_is_reached(const stability *self) {
    return self->allowed > 0 && self->seen >= STABILITY_WINDOWS &&
           stability_rate_spread(self) <= self->allowed && stability_median_spread(self) <= self->allowed;
}
