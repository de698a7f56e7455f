#ifndef WS_CONN_PARTS_H
#define WS_CONN_PARTS_H

#include "ws/conn.h"

/* What the three files of a connection share: conn.c is the edge (bytes, time, output), conn_open.c
 * the opening handshake, conn_frames.c all that follows. */

/* A step takes lent bytes until it has an event; false when it wants more, or ws_conn_failed. */
bool ws_conn_open_step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms);
bool ws_conn_frames_step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms);

/* The client's request, into `out`. */
NODISCARD bool ws_conn_open_start(struct ws_conn *c);

/* One unfragmented frame into `out`, in any state. False as ws_conn_send. */
NODISCARD bool ws_conn_write(struct ws_conn *c, uint8_t opcode, struct bytes data);

/* Puts a Close into `out` unless one has been sent. Code 0: an empty one. */
NODISCARD bool ws_conn_write_close(struct ws_conn *c, uint16_t code, struct bytes reason);

/* Enters a state that ends by itself after `timeout_ms`; 0: it does not. */
void ws_conn_enter(struct ws_conn *c, enum ws_conn_state state, uint64_t now_ms,
                   uint32_t timeout_ms);

/* The connection cannot go on for a reason of ours. Gives false. */
bool ws_conn_give_in(struct ws_conn *c);

#endif
