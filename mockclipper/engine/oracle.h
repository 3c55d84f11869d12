/* What the built-in models compute, so that a container's answers can be checked and not only their form.
 *
 *   none   unknown: any output will do
 *   noop   nothing in particular: any output will do
 *   sum    the sum of the item's elements, added in order as doubles (of bytes: as unsigned numbers; of a
 *          string: the number of its bytes), as text that reads as exactly that number
 *   probe  the number of elements (of bytes, for bytes and strings) in decimal, a colon, and the CRC-32
 *          (IEEE 802.3) of the item's bytes as 8 lower-case hex digits
 *   echo   the item's bytes */
#ifndef MOCKCLIPPER_ENGINE_ORACLE_H
#define MOCKCLIPPER_ENGINE_ORACLE_H

#include <clipper/codec.h>

#include <stdbool.h>

typedef enum oracle {
    ORACLE_NONE,
    ORACLE_NOOP,
    ORACLE_SUM,
    ORACLE_PROBE,
    ORACLE_ECHO
} oracle;

/* "none", "noop", "sum", "probe", "echo", NULL. */
extern const char *const oracle_names[];
const char *oracle_name(oracle which);

/* Whether OUTPUT is what the model answers to ITEM, elements of TYPE. */
bool oracle_accepts(oracle which, clipper_data_type type, clipper_frame item, clipper_frame output);

/* Whether what the model answers is known. */
bool oracle_knows(oracle which);

/* Whether A and B are the same answer: the same bytes, or the same but for numbers in them that differ as rounding may
 * make them differ, when a model computes a batch in another order than an item alone. Whole numbers must be the same.
 * TYPE: of the outputs; CLIPPER_TYPE_UNSTATED for text. */
bool oracle_alike(clipper_data_type type, clipper_frame a, clipper_frame b);

/* What the model answers to ITEM, for people. The caller's to free. */
char *oracle_expected(oracle which, clipper_data_type type, clipper_frame item);

#endif
