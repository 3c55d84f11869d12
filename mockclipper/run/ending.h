/* The end of a run, in words: what every report says first or last. */
#ifndef MOCKCLIPPER_RUN_ENDING_H
#define MOCKCLIPPER_RUN_ENDING_H

#include "run/ledger.h"

/* Verdict and counts, from bad to good: "not conformant: 3 fail, 2 lenient, 14 skip, 166 pass of 185". Failures that the
 * baseline knows are counted as such alone. The caller's to free. */
char *ending_headline(const ledger *book);

/* What the verdict means where that is not plain, sentence by sentence: number INDEX, from 0, or NULL when there are no
 * more. The caller's to free. */
char *ending_meaning(const ledger *book, size_t index);

/* Whether an earlier case of the same scenario has the same verdict for the same requirement: of five types the first
 * tells for all. */
bool ending_is_told(const ledger *book, const ledger_case *one);

/* Those for which it tells: "; also ints, floats", or "". The caller's to free. */
char *ending_also(const ledger *book, const ledger_case *one);

/* "explains 41 cases, such as malformed/ends-after-id". The caller's to free. */
char *ending_evidence(const ledger *book, const cause *one);

#endif
