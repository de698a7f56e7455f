#ifndef CLI_CONNECT_TYPED_H
#define CLI_CONNECT_TYPED_H

#include "cli/connect/line.h"
#include "peer/client.h"

/* What comes on standard input of `wsproof connect`. Typed by a person: lines are text messages,
 * some are commands. Or bytes for binary messages: all of them one, or so many each. */
struct typed {
    bool binary;
    size_t chunk;          /* bytes of a binary message; 0: the whole input is one */
    bool over;             /* the input has come to its end */
    struct io_conn *input; /* owned; NULL before it is opened and after its end */
    struct buf line;       /* the beginning of the next message */
    struct line *edited;   /* owned; at a terminal, if lines can be edited there; else NULL */
};

void typed_init(struct typed *t);
NODISCARD bool typed_open(struct typed *t, struct io_loop *loop, struct err *err);
void typed_free(struct typed *t);

/* An event of its input; the end of input closes the connection. False: we cannot go on. */
NODISCARD bool typed_take(struct typed *t, const struct io_event *event, struct peer_client *client,
                          struct err *err);

/* Something is to be printed: the line that is being typed goes away, until typed_pace. */
void typed_hide(struct typed *t);

/* Standard input waits while the server has much to take, and while there is no connection: NULL.
 */
void typed_pace(struct typed *t, const struct peer_client *client);

#endif
