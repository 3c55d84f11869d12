/* elements.h: adding up the elements of an item: through the codec's accessors, and as a plain array. */
#ifndef BENCH_ELEMENTS_H
#define BENCH_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct element_case {
    const char *name;              /* what is added up, and how */
    const char *plain;             /* the name of the plain loop over the same elements */
    uint64_t (*run)(size_t times); /* adds up all elements TIMES times; returns the sum's bits */
} element_case;

enum {
    ELEMENTS = 1000
};

extern const element_case element_cases[];
extern const size_t element_case_count;

#endif
