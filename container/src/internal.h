/* internal.h: all that is inside the container library, for its own tests. Nothing in here is a promise. */
#ifndef CLIPPER_CONTAINER_INTERNAL_H
#define CLIPPER_CONTAINER_INTERNAL_H

#include "budget.h"
#include "memory.h"
#include "pacing.h"
#include "random.h"
#include "rate.h"
#include "runtime.h"
#include "wakeup.h"

#endif
