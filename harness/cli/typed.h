#ifndef CLI_TYPED_H
#define CLI_TYPED_H

#include "peer/client.h"

/* What a person types to `wsproof connect`: lines are text messages, some are commands. */
struct typed {
    struct io_conn *input; /* owned; NULL before it is opened and after its end */
    struct buf line;       /* the beginning of the next one */
};

void typed_init(struct typed *t);
NODISCARD bool typed_open(struct typed *t, struct io_loop *loop, struct err *err);
void typed_free(struct typed *t);

/* An event of its input; the end of input closes the connection. False: we cannot go on. */
NODISCARD bool typed_take(struct typed *t, const struct io_event *event, struct peer_client *client,
                          struct err *err);

/* Standard input waits while the server has much to take. */
void typed_pace(struct typed *t, const struct peer_client *client);

#endif
