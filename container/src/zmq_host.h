/* zmq_host.h: whether the host of an endpoint has an address, and of which kind. */
#ifndef CLIPPER_CONTAINER_ZMQ_HOST_H
#define CLIPPER_CONTAINER_ZMQ_HOST_H

/* Returns NULL, or why ENDPOINT can never be connected to: "tcp://" needs a host, and a port from 1 to 65535. Other
 * schemes are for ZeroMQ to judge. */
const char *clipper_zmq_endpoint_problem(const char *endpoint);

/* Looks up the host of ENDPOINT, if it has one ("tcp://HOST:PORT"). Sets *IPV6 to 1 where it has IPv6 addresses alone:
 * ZeroMQ would otherwise prefer them, and "localhost" might mean ::1, where no Clipper is. Returns NULL, or why it has
 * none. May take as long as the name service does. */
const char *clipper_zmq_host_problem(const char *endpoint, int *ipv6);

#endif
