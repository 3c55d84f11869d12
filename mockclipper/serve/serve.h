/* The stand-in Clipper that stays up. */
#ifndef MOCKCLIPPER_SERVE_SERVE_H
#define MOCKCLIPPER_SERVE_SERVE_H

#include "serve/serve_options.h"

/* Does what OPTIONS ask for, until all is done or a signal ends it. Returns the exit status. */
int serve(const serve_options *options);

#endif
