#include "bench/histogram.h"

#include <math.h>
#include <string.h>

/* ---- Buckets ---------------------------------------------------------------------------------------- */

/* How often VALUE is halved until it is below two octaves' worth of buckets. */
static unsigned halvings(uint64_t value) {
    unsigned bits = value == 0 ? 0 : 64u - (unsigned)__builtin_clzll(value);
    return bits > 8 ? bits - 8 : 0;
}

/* Invariant: the halved value is from 128 to 255 unless there was no halving, so that adjoining values have
 * the same or adjoining buckets. */
static size_t bucket_of(duration value) {
    unsigned shift = halvings((uint64_t)value);
    return shift * HISTOGRAM_OCTAVE + (size_t)((uint64_t)value >> shift);
}

/* The least value of a bucket. */
static duration bucket_from(size_t bucket) {
    size_t shift = bucket < 2 * HISTOGRAM_OCTAVE ? 0 : bucket / HISTOGRAM_OCTAVE - 1;
    return (duration)(bucket - shift * HISTOGRAM_OCTAVE) << shift;
}

/* ---- Adding ----------------------------------------------------------------------------------------- */

void histogram_clear(histogram *self) {
    memset(self, 0, sizeof *self);
}

void histogram_add(histogram *self, duration value) {
    duration kept = value < 0 ? 0 : value;
    if (self->count == 0 || kept < self->least)
        self->least = kept;
    if (kept > self->most)
        self->most = kept;
    self->count++;
    self->sum += (uint64_t)kept;
    self->buckets[bucket_of(kept < HISTOGRAM_MOST ? kept : HISTOGRAM_MOST)]++;
}

void histogram_merge(histogram *self, const histogram *other) {
    if (other->count == 0)
        return;
    if (self->count == 0 || other->least < self->least)
        self->least = other->least;
    if (other->most > self->most)
        self->most = other->most;
    self->count += other->count;
    self->sum += other->sum;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        self->buckets[i] += other->buckets[i];
}

/* ---- Figures ---------------------------------------------------------------------------------------- */

/* The upper end of a bucket, but no more than there was. */
static duration upper_end(const histogram *self, size_t bucket) {
    duration end = bucket_from(bucket + 1) - 1;
    return bucket + 1 == HISTOGRAM_BUCKETS || end > self->most ? self->most : end;
}

duration histogram_quantile(const histogram *self, double q) {
    double rank = ceil(q * (double)self->count);
    uint64_t wanted = rank < 1 ? 1 : (uint64_t)rank, seen = 0;
    if (self->count == 0)
        return 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += self->buckets[i];
        if (seen >= wanted)
            return upper_end(self, i);
    }
    return self->most;
}

bool histogram_has_quantile(const histogram *self, double q) {
    return ceil(q * (double)self->count) < (double)self->count;
}

double histogram_mean(const histogram *self) {
    return self->count != 0 ? (double)self->sum / (double)self->count : 0;
}

/* ---- Pictures --------------------------------------------------------------------------------------- */

/* Buckets in a bar, so that those from FIRST to LAST make at most MOST bars. Bars begin at multiples of it:
 * every octave begins a bar, or every other, and so on. */
static size_t bar_width(size_t first, size_t last, size_t most) {
    size_t width = HISTOGRAM_OCTAVE / 8;
    while (last / width - first / width + 1 > most)
        width *= 2;
    return width;
}

size_t histogram_bars(const histogram *self, histogram_bar *bars, size_t most) {
    size_t first = 0, last = HISTOGRAM_BUCKETS - 1, width, count = 0;
    if (self->count == 0)
        return 0;
    while (self->buckets[first] == 0)
        first++;
    while (self->buckets[last] == 0)
        last--;
    width = bar_width(first, last, most);
    for (size_t bar = first / width; bar <= last / width; bar++) {
        histogram_bar *filled = &bars[count++];
        *filled = (histogram_bar){bucket_from(bar * width), bucket_from((bar + 1) * width), 0};
        for (size_t i = bar * width; i < (bar + 1) * width && i < HISTOGRAM_BUCKETS; i++)
            filled->count += self->buckets[i];
    }
    return count;
}
