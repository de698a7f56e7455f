#include "ws/frame.h"

#include <string.h>

#define FIN_BIT 0x80
#define RSV_SHIFT 4
#define OPCODE_BITS 0x0F
#define MASK_BIT 0x80
#define LEN_BITS 0x7F
#define LEN_SAYS_16 126 /* the length stands in the next two bytes */
#define LEN_SAYS_64 127 /* … in the next eight */

static enum ws_len_form form_of(uint8_t second)
{
    switch (second & LEN_BITS) {
    case LEN_SAYS_16: return WS_LEN_16;
    case LEN_SAYS_64: return WS_LEN_64;
    default: return WS_LEN_7;
    }
}

/* Bytes of the length behind the second byte. */
static size_t extra_len_bytes(enum ws_len_form form)
{
    switch (form) {
    case WS_LEN_7: return 0;
    case WS_LEN_16: return 2;
    case WS_LEN_64: return 8;
    }
    return 0;
}

static size_t head_size(enum ws_len_form form, bool masked)
{
    return 2 + extra_len_bytes(form) + (masked ? 4 : 0);
}

size_t ws_frame_head_size(const struct ws_head *head)
{
    return head_size(head->len_form, head->masked);
}

static uint64_t load_big(const uint8_t *in, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++)
        value = value << 8 | in[i];
    return value;
}

static void store_big(uint8_t *out, size_t n, uint64_t value)
{
    for (size_t i = n; i > 0; i--, value >>= 8)
        out[i - 1] = (uint8_t)value;
}

enum ws_status ws_frame_decode(struct bytes in, struct ws_head *out, size_t *used)
{
    if (in.len < 2)
        return WS_MORE;
    const uint8_t first = in.ptr[0], second = in.ptr[1];
    const enum ws_len_form form = form_of(second);
    const size_t len_bytes = extra_len_bytes(form);
    const bool masked = (second & MASK_BIT) != 0;
    const size_t size = head_size(form, masked);
    if (in.len < size)
        return WS_MORE;
    *out = (struct ws_head){
        .fin = (first & FIN_BIT) != 0,
        .rsv = first >> RSV_SHIFT & 7,
        .opcode = first & OPCODE_BITS,
        .masked = masked,
        .len_form = form,
        .payload_len = form == WS_LEN_7 ? second & LEN_BITS : load_big(in.ptr + 2, len_bytes),
    };
    if (masked)
        memcpy(out->key, in.ptr + 2 + len_bytes, 4);
    *used = size;
    return WS_OK;
}

static uint8_t second_byte(const struct ws_head *head)
{
    const uint8_t mask = head->masked ? MASK_BIT : 0;

    switch (head->len_form) {
    case WS_LEN_7: return mask | (uint8_t)(head->payload_len & LEN_BITS);
    case WS_LEN_16: return mask | LEN_SAYS_16;
    case WS_LEN_64: return mask | LEN_SAYS_64;
    }
    return mask;
}

size_t ws_frame_encode(const struct ws_head *head, uint8_t out[WS_HEAD_MAX])
{
    const size_t len_bytes = extra_len_bytes(head->len_form);
    const uint8_t fin = head->fin ? FIN_BIT : 0;

    out[0] = (uint8_t)(fin | (head->rsv & 7) << RSV_SHIFT | (head->opcode & OPCODE_BITS));
    out[1] = second_byte(head);
    store_big(out + 2, len_bytes, head->payload_len);
    if (!head->masked)
        return 2 + len_bytes;
    memcpy(out + 2 + len_bytes, head->key, 4);
    return 2 + len_bytes + 4;
}

enum ws_len_form ws_frame_shortest(uint64_t len)
{
    if (len < LEN_SAYS_16)
        return WS_LEN_7;
    return len <= UINT16_MAX ? WS_LEN_16 : WS_LEN_64;
}

bool ws_opcode_is_control(uint8_t opcode)
{
    return opcode >= 0x8;
}

bool ws_opcode_is_reserved(uint8_t opcode)
{
    return (opcode > WS_BINARY && opcode < WS_CLOSE) || opcode > WS_PONG;
}

const char *ws_opcode_name(uint8_t opcode)
{
    static const char *const names[OPCODE_BITS + 1] = {
        "continuation", "text",      "binary",    "opcode 3",  "opcode 4", "opcode 5",
        "opcode 6",     "opcode 7",  "close",     "ping",      "pong",     "opcode 11",
        "opcode 12",    "opcode 13", "opcode 14", "opcode 15",
    };
    return names[opcode & OPCODE_BITS];
}
