/* zmq_transport.h: the ZeroMQ transport with a budget of its own. */
#ifndef CLIPPER_CONTAINER_ZMQ_TRANSPORT_H
#define CLIPPER_CONTAINER_ZMQ_TRANSPORT_H

#include "budget.h"
#include "clipper/transport.h"

/* As clipper_zmq_transport_new, within BUDGET. */
int clipper_zmq_transport_make(clipper_transport *transport, const char *endpoint,
                               const clipper_budget *budget, uint64_t poll_timeout_ms, uint64_t seed);

#endif
