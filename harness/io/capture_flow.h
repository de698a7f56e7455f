#ifndef IO_CAPTURE_FLOW_H
#define IO_CAPTURE_FLOW_H

#include "io/capture.h"

/* Inside of io: what connections tell a capture. A flow of NULL is not captured, and all of this
 * does nothing then. */
struct capture_flow {
    struct io_flow shown;
    struct io_capture *capture;
    bool we_ended; /* our FIN or RST is noted */
};

struct capture_flow *capture_open(struct io_capture *capture, int fd, bool accepted);
void capture_label(struct capture_flow *flow, const char *text);
void capture_bytes(struct capture_flow *flow, bool from_us, struct bytes data);
void capture_secret(struct capture_flow *flow, const char *line);
void capture_peer_end(struct capture_flow *flow, bool reset);
void capture_our_end(struct capture_flow *flow, bool reset); /* the first one counts */

#endif
