#ifndef FAULTY_HARM_H
#define FAULTY_HARM_H

#include "io/loop.h"
#include "ws/frame.h"
#include "ws/http1.h"

struct peer;

/* Faults that cost more than a connection: death, memory, time. Each hook does nothing unless the
 * fault is one of these. Bounded: no more than HARM_MEMORY_MAX bytes are kept, however much comes.
 */
#define HARM_MEMORY_MAX ((size_t)1 << 30)

/* Bytes came in the opening handshake: all of the head so far, and perhaps more. */
void harm_by_head_bytes(struct bytes in);

/* A whole head came. */
void harm_by_head(const struct http1_head *head);

/* The head of a frame came. */
void harm_by_frame(const struct ws_head *head);

/* The other side has ended the connection. */
void harm_by_end(const struct peer *p, enum io_end end);

/* So many bytes wait for the other side to read them. */
void harm_by_waiting(size_t waiting);

#endif
