#ifndef CLI_SERVE_SERVE_H
#define CLI_SERVE_SERVE_H

#include "peer/server.h"

/* Serves until a signal, and then until all are gone. A second signal ends at once. */
NODISCARD bool serve_until_signal(struct io_loop *loop, struct peer_server *server,
                                  struct err *err);

#endif
