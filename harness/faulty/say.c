#include "faulty/say.h"

#include <string.h>

#include "faulty/fault.h"
#include "faulty/peer.h"
#include "io/clock.h"

#define SPARED 8

/* ---- masks ---- */

static bool leaves_mask_out(const struct ws_head *h)
{
    return (fault_is(FAULT_SENDS_UNMASKED_TEXT) && h->opcode == WS_TEXT) ||
           (fault_is(FAULT_SENDS_UNMASKED_BINARY) && h->opcode == WS_BINARY) ||
           (fault_is(FAULT_SENDS_UNMASKED_PONG) && h->opcode == WS_PONG) ||
           (fault_is(FAULT_SENDS_UNMASKED_CLOSE) && h->opcode == WS_CLOSE) ||
           (fault_is(FAULT_SENDS_UNMASKED_EMPTY) && h->payload_len == 0);
}

static bool puts_mask_on(const struct ws_head *h)
{
    return (fault_is(FAULT_MASKS_DATA) && h->opcode <= WS_BINARY) ||
           (fault_is(FAULT_MASKS_PONG) && h->opcode == WS_PONG) ||
           (fault_is(FAULT_MASKS_CLOSE) && h->opcode == WS_CLOSE);
}

static bool keeps_key(const struct talk *t, const struct ws_head *h)
{
    return (fault_is(FAULT_KEY_IS_CONSTANT) && t->frames_sent > 0) ||
           (fault_is(FAULT_KEY_SERVES_TWICE) && t->frames_sent % 2 == 1) ||
           (fault_is(FAULT_KEY_OF_MESSAGE) && h->opcode == WS_CONTINUATION);
}

static void choose_key(struct talk *t, const struct ws_head *h)
{
    uint64_t chance = io_entropy();

    if (keeps_key(t, h))
        return;
    memcpy(t->key, &chance, sizeof t->key);
    if (fault_is(FAULT_KEY_IS_ZERO))
        memset(t->key, 0, sizeof t->key);
    if (fault_is(FAULT_KEY_IN_A_CYCLE))
        memset(t->key, (int)(0x10 + t->frames_sent % 8), sizeof t->key);
    if (fault_is(FAULT_KEY_COUNTS))
        for (unsigned i = 0; i < 4; i++)
            t->key[i] = (uint8_t)((t->frames_sent + 1) >> 8 * (3 - i));
}

static void mask(uint8_t *ptr, size_t len, const uint8_t key[4])
{
    for (size_t i = 0; i < len; i++)
        ptr[i] ^= key[i & 3];
}

/* ---- one frame ---- */

static uint8_t spoilt_rsv(const struct peer *p, const struct ws_head *h)
{
    if (h->opcode == WS_TEXT || h->opcode == WS_BINARY) {
        if (fault_is(FAULT_SENDS_RSV1) && !p->deal.deflate)
            return h->rsv | WS_RSV1;
        if (fault_is(FAULT_SENDS_RSV2))
            return h->rsv | WS_RSV2;
        return fault_is(FAULT_SENDS_RSV3) ? h->rsv | WS_RSV3 : h->rsv;
    }
    if (fault_is(FAULT_SENDS_RSV_ON_PONG) && h->opcode == WS_PONG)
        return WS_RSV2;
    if (fault_is(FAULT_SENDS_RSV1_ON_PONG) && h->opcode == WS_PONG && p->deal.deflate)
        return WS_RSV1;
    return fault_is(FAULT_SENDS_RSV_ON_CLOSE) && h->opcode == WS_CLOSE ? WS_RSV3 : h->rsv;
}

static enum ws_len_form form_of(const struct ws_head *h)
{
    enum ws_len_form form = ws_frame_shortest(h->payload_len);

    if ((fault_is(FAULT_SENDS_LONG_LENGTH_ON_PONG) && h->opcode == WS_PONG) ||
        (fault_is(FAULT_SENDS_LONG_LENGTH_ON_CLOSE) && h->opcode == WS_CLOSE))
        return WS_LEN_16;
    if (h->opcode > WS_BINARY)
        return form;
    if (fault_is(FAULT_SENDS_LENGTH_16_FOR_7) && form == WS_LEN_7)
        return WS_LEN_16;
    if ((fault_is(FAULT_SENDS_LENGTH_64_FOR_7) && form == WS_LEN_7) ||
        (fault_is(FAULT_SENDS_LENGTH_64_FOR_16) && form == WS_LEN_16))
        return WS_LEN_64;
    return form;
}

/* Head and payload, the payload masked or not. */
static bool put(struct peer *p, const struct ws_head *head, struct bytes payload)
{
    uint8_t first[WS_HEAD_MAX];
    size_t first_len = ws_frame_encode(head, first);

    if (head->masked && fault_is(FAULT_MASK_WITHOUT_KEY) && payload.len == 0)
        first_len -= sizeof head->key;
    if (!buf_append(&p->out, bytes_of(first, first_len)) || !buf_append(&p->out, payload))
        return false;
    bool lies = fault_is(FAULT_MASK_IS_A_LIE) && (head->opcode & 0x2) != 0;
    if (head->masked && !lies)
        mask(p->out.ptr + p->out.len - payload.len, payload.len, head->key);
    return true;
}

/* The frame as `head` says; its length and its mask are filled in here. */
static void say_frame(struct peer *p, struct ws_head head, struct bytes payload)
{
    head.payload_len = payload.len;
    head.len_form = form_of(&head);
    head.rsv = spoilt_rsv(p, &head);
    head.masked = p->is_server ? puts_mask_on(&head) : !leaves_mask_out(&head);
    if (head.masked) {
        choose_key(&p->talk, &head);
        memcpy(head.key, p->talk.key, sizeof head.key);
    }
    if (!put(p, &head, payload))
        p->no_memory = true;
    p->talk.frames_sent++;
}

/* ---- control frames ---- */

static void say_packed_pong(struct peer *p, struct bytes payload)
{
    struct buf packed;

    buf_init(&packed, 2 * WS_CONTROL_MAX);
    if (squeeze_pack(&p->talk.squeeze, payload, &packed))
        say_frame(p, (struct ws_head){ .fin = true, .rsv = WS_RSV1, .opcode = WS_PONG },
                  buf_bytes(&packed));
    buf_free(&packed);
}

void say_control(struct peer *p, uint8_t opcode, struct bytes payload)
{
    struct ws_head head = { .fin = true, .opcode = opcode };

    if (fault_is(FAULT_PACKS_CONTROL) && opcode == WS_PONG && p->deal.deflate) {
        say_packed_pong(p, payload);
        return;
    }
    if (fault_is(FAULT_SENDS_OPCODE_11) && opcode == WS_PONG)
        say_frame(p, (struct ws_head){ .fin = true, .opcode = 11 }, BYTES_LIT("reserved"));
    if (fault_is(FAULT_SENDS_FRAGMENTED_CLOSE) && opcode == WS_CLOSE)
        head.fin = false;
    if (fault_is(FAULT_SENDS_FRAGMENTED_PONG) && opcode == WS_PONG) {
        head.fin = false;
        say_frame(p, head, bytes_take(payload, 1));
        payload = bytes_skip(payload, 1);
        head = (struct ws_head){ .fin = true, .opcode = WS_CONTINUATION };
    }
    say_frame(p, head, payload);
}

/* ---- messages ---- */

bool say_is_spared(struct bytes message)
{
    return message.len <= SPARED;
}

/* Two frames, and what some faults put in between or behind. */
static void say_fragments(struct peer *p, struct ws_head head, struct bytes payload)
{
    struct ws_head last = { .fin = true, .opcode = WS_CONTINUATION };
    size_t half = payload.len / 2;

    head.fin = false;
    say_frame(p, head, bytes_take(payload, half));
    if (fault_is(FAULT_SENDS_INTERLEAVED))
        say_frame(p, (struct ws_head){ .fin = true, .opcode = WS_TEXT }, BYTES_LIT("in between"));
    if (fault_is(FAULT_SENDS_TYPE_AGAIN))
        last.opcode = head.opcode;
    if (fault_is(FAULT_SENDS_RSV1_ON_CONTINUATION))
        last.rsv = head.rsv;
    say_frame(p, last, bytes_skip(payload, half));
}

static bool sends_fragments(struct bytes payload)
{
    if (say_is_spared(payload))
        return false;
    return fault_is(FAULT_SENDS_INTERLEAVED) || fault_is(FAULT_SENDS_TYPE_AGAIN) ||
           fault_is(FAULT_KEY_OF_MESSAGE) || fault_is(FAULT_SENDS_RSV1_ON_CONTINUATION);
}

static void say_data(struct peer *p, struct ws_head head, struct bytes payload)
{
    if (fault_is(FAULT_SENDS_OPCODE_3))
        say_frame(p, (struct ws_head){ .fin = true, .opcode = 3 }, BYTES_LIT("reserved"));
    if (fault_is(FAULT_NEVER_FINISHES) && !say_is_spared(payload))
        head.fin = false;
    if (sends_fragments(payload))
        say_fragments(p, head, payload);
    else
        say_frame(p, head, payload);
    if (fault_is(FAULT_SENDS_STRAY_CONTINUATION) && !say_is_spared(payload))
        say_frame(p, (struct ws_head){ .fin = true, .opcode = WS_CONTINUATION }, BYTES_LIT("more"));
}

/* Each half is compressed alone, and loses its 00 00 ff ff. */
static bool say_halves(struct peer *p, struct ws_head head, struct bytes payload,
                       struct buf *packed)
{
    size_t half = payload.len / 2;

    head.fin = false;
    if (!squeeze_pack(&p->talk.squeeze, bytes_take(payload, half), packed))
        return false;
    say_frame(p, head, buf_bytes(packed));
    buf_clear(packed);
    if (!squeeze_pack(&p->talk.squeeze, bytes_skip(payload, half), packed))
        return false;
    say_frame(p, (struct ws_head){ .fin = true, .opcode = WS_CONTINUATION }, buf_bytes(packed));
    return true;
}

static bool say_whole(struct peer *p, struct ws_head head, struct bytes payload, struct buf *packed)
{
    if (!squeeze_pack(&p->talk.squeeze, payload, packed))
        return false;
    if (fault_is(FAULT_SENDS_PACKED_AS_PLAIN))
        head.rsv = 0;
    say_data(p, head, buf_bytes(packed));
    return true;
}

static void say_packed(struct peer *p, struct ws_head head, struct bytes payload)
{
    struct buf packed;

    buf_init(&packed, TALK_MESSAGE_MAX + TALK_MESSAGE_MAX / 8);
    head.rsv |= WS_RSV1;
    if (!(fault_is(FAULT_SENDS_TAIL_OFF_FRAGMENTS) ? say_halves(p, head, payload, &packed)
                                                   : say_whole(p, head, payload, &packed)))
        p->no_memory = true;
    buf_free(&packed);
}

void say_message(struct peer *p, uint8_t opcode, struct bytes payload)
{
    struct ws_head head = { .fin = true, .opcode = opcode };

    if (fault_is(FAULT_PACKS_WHEN_DECLINED) && say_is_spared(payload)) {
        say_data(p, head, payload);
        return;
    }
    if (p->deal.deflate && !fault_is(FAULT_SENDS_RSV1_ON_PLAIN)) {
        say_packed(p, head, payload);
        return;
    }
    if (p->deal.deflate)
        head.rsv |= WS_RSV1;
    say_data(p, head, payload);
}
