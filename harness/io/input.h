#ifndef IO_INPUT_H
#define IO_INPUT_H

#include "io/loop.h"

/* Standard input as a connection that is only read: IO_DATA as it comes, IO_ENDED at its end. A
 * terminal, a pipe, a socket or a file. io_conn_close ends it and leaves descriptor 0 alone. */
NODISCARD struct io_conn *io_input_open(struct io_loop *loop, void *owner, struct err *err);

#endif
