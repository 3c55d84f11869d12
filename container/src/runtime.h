/* runtime.h: a container at work: the loop that joins session, transport and model. */
#ifndef CLIPPER_CONTAINER_RUNTIME_H
#define CLIPPER_CONTAINER_RUNTIME_H

#include "inbound.h"
#include "outbound.h"
#include "pacing.h"

typedef struct clipper_runtime {
    clipper_container_config config;
    clipper_transport transport;
    clipper_session session;
    clipper_pacing pacing;
    clipper_stats stats;
    clipper_reporter reporter;
    clipper_jobs jobs;
    clipper_inbound inbound;
    clipper_outbound outbound;

    /* Set by other threads and signal handlers. */
    _Atomic int stops;
    _Atomic int reports;

    int connected;          /* the transport is open, and so is the session */
    uint64_t open_at_us;    /* when to open the next one */
    uint64_t look_until_us; /* not 0: this thread was late, and looks for messages that came meanwhile */
    unsigned asked_in_vain; /* requests for the metadata since Clipper last used a registration */
    int finished;           /* run is to return RESULT */
    clipper_run_result result;
    int stopping;
    uint64_t stop_at_us; /* when to stop waiting for what is running */
} clipper_runtime;

/* Makes a runtime, which must not be moved. CONFIG is complete and its texts outlive it. TRANSPORT becomes its
 * own, unless this fails. Returns 0, or -1 without memory or threads. */
int clipper_runtime_init(clipper_runtime *runtime, const clipper_container_config *config,
                         const clipper_transport *transport, uint64_t seed);
/* As clipper_container_run. */
clipper_run_result clipper_runtime_run(clipper_runtime *runtime);
void clipper_runtime_free(clipper_runtime *runtime);

#endif
