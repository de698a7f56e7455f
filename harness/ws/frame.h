#ifndef WS_FRAME_H
#define WS_FRAME_H

#include "base/buf.h"
#include "base/bytes.h"
#include "ws/status.h"

/* The fourteen bytes at most in front of a payload, exactly as they are on the wire. */
#define WS_HEAD_MAX 14
#define WS_CONTROL_MAX 125 /* RFC 6455 5.5: payload bytes of a control frame */

enum ws_opcode {
    WS_CONTINUATION = 0x0,
    WS_TEXT = 0x1,
    WS_BINARY = 0x2,
    WS_CLOSE = 0x8,
    WS_PING = 0x9,
    WS_PONG = 0xA
};

/* How the payload length is written: in the second byte, in two more, in eight more. */
enum ws_len_form { WS_LEN_7 = 7, WS_LEN_16 = 16, WS_LEN_64 = 64 };

enum { WS_RSV1 = 4, WS_RSV2 = 2, WS_RSV3 = 1 };

struct ws_head {
    bool fin;
    uint8_t rsv;    /* WS_RSV1 | WS_RSV2 | WS_RSV3 */
    uint8_t opcode; /* 0..15, an enum ws_opcode or a reserved number */
    bool masked;
    uint8_t key[4]; /* the masking key; zero unless masked */
    enum ws_len_form len_form;
    uint64_t payload_len; /* bytes, as declared */
};

/* Decode one frame header from the front of `in`.
 *
 *   in    any length, 0 included; need not hold a whole header
 *   out   written only on WS_OK; fields exactly as sent, legal or not
 *   used  bytes of `in` taken, 2..14; written only on WS_OK
 *
 * WS_OK, or WS_MORE when `in` is a proper prefix: call again with the same bytes and more.
 * Cannot fail: judging a header is ws_check_head's business. Keeps no pointer into `in`.
 * RFC 6455 5.2. */
enum ws_status ws_frame_decode(struct bytes in, struct ws_head *out, size_t *used);

/* Encode `head` whatever it says: a length form too long for the length, RSV bits, reserved
 * opcodes. A length too large for its form is cut to the form's bits.
 * Gives the bytes written to `out`, 2..14. RFC 6455 5.2. */
size_t ws_frame_encode(const struct ws_head *head, uint8_t out[WS_HEAD_MAX]);

/* Bytes of this header on the wire, 2..14. */
size_t ws_frame_head_size(const struct ws_head *head);

/* The shortest form that holds `len`. RFC 6455 5.2. */
enum ws_len_form ws_frame_shortest(uint64_t len);

bool ws_opcode_is_control(uint8_t opcode);  /* 0x8..0xF */
bool ws_opcode_is_reserved(uint8_t opcode); /* 0x3..0x7, 0xB..0xF */

/* "text", "ping", …, "opcode 3": as the case language writes it. Static storage. */
const char *ws_opcode_name(uint8_t opcode);

#endif
