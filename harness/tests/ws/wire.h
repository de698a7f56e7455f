#ifndef TESTS_WS_WIRE_H
#define TESTS_WS_WIRE_H

#include <criterion/criterion.h>

#include "base/buf.h"
#include "ws/frame.h"
#include "ws/handshake.h"
#include "ws/mask.h"

/* Bytes of a peer, put together by hand. */
#define WIRE_MAX ((size_t)1 << 24)
#define FIN 0x80 /* with the opcode in the first byte of a frame */

#define WIRE_KEY "dGhlIHNhbXBsZSBub25jZQ==" /* the example of RFC 6455 1.3 */
#define WIRE_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define WIRE_REQUEST_LINE "GET /chat HTTP/1.1\r\n"
#define WIRE_HOST "Host: example.com\r\n"
#define WIRE_UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define WIRE_KEY_LINE "Sec-WebSocket-Key: " WIRE_KEY "\r\n"
#define WIRE_VERSION "Sec-WebSocket-Version: 13\r\n"
#define WIRE_REQUEST WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n"

enum wire_side { FROM_CLIENT, FROM_SERVER };

static inline struct buf wire_new(void)
{
    struct buf b;

    buf_init(&b, WIRE_MAX);
    return b;
}

static inline void wire_text(struct buf *b, const char *text)
{
    cr_assert(buf_append(b, bytes_str(text)));
}

/* `first` is the frame's first byte: FIN, reserved bits, opcode. */
static inline void wire_frame(struct buf *b, enum wire_side side, uint8_t first,
                              struct bytes payload)
{
    const struct ws_head head = {
        .fin = first & FIN,
        .rsv = first >> 4 & 7,
        .opcode = first & 15,
        .masked = side == FROM_CLIENT,
        .key = { 0x37, 0xfa, 0x21, 0x3d },
        .len_form = ws_frame_shortest(payload.len),
        .payload_len = payload.len,
    };
    uint8_t front[WS_HEAD_MAX];

    cr_assert(buf_append(b, bytes_of(front, ws_frame_encode(&head, front))));
    cr_assert(buf_append(b, payload));
    if (head.masked)
        ws_mask_plain(b->ptr + b->len - payload.len, payload.len, head.key, 0);
}

#define WIRE_FRAME(b, side, first, text) wire_frame(b, side, first, BYTES_LIT(text))

#endif
