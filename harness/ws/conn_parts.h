#ifndef WS_CONN_PARTS_H
#define WS_CONN_PARTS_H

#include "ws/conn.h"

/* What the files of a connection share: conn.c is the edge (bytes, time, output), conn_open.c the
 * opening handshake, conn_frames.c all that follows, conn_deflate.c compression. */

/* A step takes lent bytes until it has an event; false when it wants more, or ws_conn_failed. */
bool ws_conn_open_step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms);
bool ws_conn_frames_step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms);

/* The client's request, into `out`. */
NODISCARD bool ws_conn_open_start(struct ws_conn *c);

/* One unfragmented frame into `out`, in any state. False as ws_conn_send. */
NODISCARD bool ws_conn_write(struct ws_conn *c, uint8_t opcode, uint8_t rsv, struct bytes data);

/* The extensions line of our request or 101, appended; nothing when there is nothing to say. */
NODISCARD bool ws_conn_deflate_offer(const struct ws_conn *c, struct buf *out);
NODISCARD bool ws_conn_deflate_answer(struct ws_conn *c, struct buf *out);

/* A message of ours: does it go out compressed? Then *data becomes its compressed form, until the
 * next call. False: no memory. */
NODISCARD bool ws_conn_deflate_pack(struct ws_conn *c, uint8_t opcode, struct bytes *data,
                                    bool *packed);

/* What was packed last does not go out: nothing that follows may refer to it. */
void ws_conn_deflate_unsent(struct ws_conn *c);

/* Is there an unpacker for compressed data? Makes it when first needed. False: no memory. */
NODISCARD bool ws_conn_deflate_ready(struct ws_conn *c);
void ws_conn_deflate_free(struct ws_conn *c);

/* Puts a Close into `out` unless one has been sent. Code 0: an empty one. */
NODISCARD bool ws_conn_write_close(struct ws_conn *c, uint16_t code, struct bytes reason);

/* Enters a state that ends by itself after `timeout_ms`; 0: it does not. */
void ws_conn_enter(struct ws_conn *c, enum ws_conn_state state, uint64_t now_ms,
                   uint32_t timeout_ms);

/* The connection cannot go on for a reason of ours. Gives false. */
bool ws_conn_give_in(struct ws_conn *c);

#endif
