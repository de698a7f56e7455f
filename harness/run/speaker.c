#include "run/speaker.h"

#include <string.h>

#include "ws/mask.h"

void speaker_init(struct speaker *s, struct transcript *t, const struct payload_env *env,
                  uint64_t seed, bool masks)
{
    memset(s, 0, sizeof *s);
    s->t = t;
    s->env = env;
    s->masks = masks;
    rand_init(&s->rand, rand_derive(seed, BYTES_LIT("masking keys")));
}

void speaker_reconnect(struct speaker *s, uint32_t connection, uint32_t round)
{
    s->connection = connection;
    s->round = round;
    s->at = 0;
    s->step = NULL;
    s->in_frame = s->holding = s->in_message = s->lost = s->sent_close = s->framing = false;
    memset(&s->raw, 0, sizeof s->raw);
}

bool speaker_at_boundary(const struct speaker *s)
{
    return !s->lost && !s->in_frame && !s->step && ws_reader_between_frames(&s->raw);
}

static struct entry blank(const struct speaker *s, enum entry_kind kind, uint64_t us)
{
    return (struct entry){ .kind = kind,
                           .us = us,
                           .connection = s->connection,
                           .round = s->round,
                           .step = s->step ? s->step_number : ENTRY_NO_STEP,
                           .at = s->at,
                           .diff_at = ENTRY_NO_DIFF };
}

static void fresh_key(struct speaker *s, uint8_t key[4])
{
    rand_fill(&s->rand, key, 4);
}

/* A Close's body is its code and its reason in one. */
static const struct payload *close_payload(struct speaker *s, const struct send *send)
{
    size_t reason_len = 0;

    if (!send->has_code)
        return send->payload;
    s->close_text[0] = (uint8_t)(send->code >> 8);
    s->close_text[1] = (uint8_t)send->code;
    if (send->payload) {
        uint64_t want = payload_len(send->payload, s->env);
        reason_len = want < sizeof s->close_text - 2 ? (size_t)want : sizeof s->close_text - 2;
        payload_read(send->payload, s->env, 0, s->close_text + 2, reason_len);
    }
    s->close_body =
        (struct payload){ .kind = PAYLOAD_BYTES, .bytes = { s->close_text, 2 + reason_len } };
    return &s->close_body;
}

static const struct payload *payload_of(struct speaker *s)
{
    const struct send *send = &s->step->as.send;
    return send->opcode == WS_CLOSE ? close_payload(s, send) : send->payload;
}

void speaker_begin(struct speaker *s, const struct step *step, size_t number)
{
    const struct send *send = &step->as.send;

    s->step = step;
    s->step_number = number;
    const struct payload *payload = payload_of(s);
    s->total = payload ? payload_len(payload, s->env) : 0;
    s->pos = s->frame_start = 0;
    s->frames_done = false;
    s->holding = send->holds;
    s->held_upto = send->holds && send->hold < s->total ? send->hold : s->total;
}

void speaker_release(struct speaker *s, bool rest, uint64_t more)
{
    if (rest || more >= s->total - s->held_upto)
        s->held_upto = s->total;
    else
        s->held_upto += more;
    s->holding = s->held_upto < s->total;
}

/* The frame that begins at s->pos: fragments are cut from the payload, the first has the opcode. */
static struct ws_head next_head(struct speaker *s)
{
    const struct send *send = &s->step->as.send;
    uint64_t left = s->total - s->pos;
    bool last = send->fragment == 0 || left <= send->fragment;

    s->frame_start = s->pos;
    s->frame_len = last ? left : send->fragment;
    struct ws_head head = { .fin = last ? send->fin : false,
                            .rsv = s->pos == 0 ? send->rsv : 0,
                            .opcode = s->pos == 0 ? send->opcode : WS_CONTINUATION,
                            .payload_len = send->declares ? send->declare : s->frame_len };
    head.len_form =
        send->len_form ? (enum ws_len_form)send->len_form : ws_frame_shortest(head.payload_len);
    head.masked = send->mask == MASK_BY_ROLE ? s->masks : send->mask != MASK_OFF;
    if (send->mask == MASK_KEY)
        memcpy(head.key, send->key, 4);
    else if (head.masked)
        fresh_key(s, head.key);
    return head;
}

/* Follows the case's own messages, so that an echo has something to be compared with. */
static void message_frame(struct speaker *s, const struct ws_head *head, uint64_t us)
{
    if (head->opcode == WS_TEXT || head->opcode == WS_BINARY) {
        s->message = blank(s, ENTRY_MESSAGE_OUT, us);
        s->message.head = *head;
        hash_init(&s->message_hash);
        s->in_message = true;
    }
}

static bool begin_frame(struct speaker *s, struct buf *out, uint64_t us)
{
    uint8_t bytes[WS_HEAD_MAX];
    struct ws_head head = next_head(s);
    size_t n = ws_frame_encode(&head, bytes);

    s->frame = blank(s, ENTRY_FRAME_OUT, us);
    s->frame.head = head;
    hash_init(&s->frame_hash);
    s->in_frame = true;
    message_frame(s, &head, us);
    s->at += n;
    return buf_append(out, bytes_of(bytes, n));
}

static bool message_done(struct speaker *s, uint64_t us)
{
    if (!s->in_message || !s->frame.head.fin || ws_opcode_is_control(s->frame.head.opcode))
        return true;
    s->in_message = false;
    s->message.us = us;
    s->message.step = s->step_number;
    s->message.hash = hash_end(&s->message_hash);
    return transcript_add(s->t, &s->message);
}

/* The length that the header tells on the wire: one that does not fit its form is cut there. */
static uint64_t told_len(const struct ws_head *head)
{
    uint8_t bytes[WS_HEAD_MAX] = { 0 };
    struct ws_head told;
    size_t used;

    (void)ws_frame_encode(head, bytes);
    return ws_frame_decode(bytes_of(bytes, sizeof bytes), &told, &used) == WS_OK ? told.payload_len
                                                                                 : 0;
}

static bool end_frame(struct speaker *s, uint64_t us)
{
    s->frame.len = s->frame_len;
    s->frame.hash = hash_end(&s->frame_hash);
    s->frame.data = bytes_of(s->frame_data,
                             s->frame_len < ENTRY_DATA_MAX ? (size_t)s->frame_len : ENTRY_DATA_MAX);
    s->in_frame = false;
    s->lost |= told_len(&s->frame.head) != s->frame_len;
    s->sent_close |= s->frame.head.opcode == WS_CLOSE;
    s->frames_done = s->pos == s->total;
    return transcript_add(s->t, &s->frame) && message_done(s, us);
}

static void note_payload(struct speaker *s, const uint8_t *ptr, size_t len)
{
    uint64_t in_frame = s->pos - s->frame_start;

    if (in_frame < ENTRY_DATA_MAX) {
        size_t n = ENTRY_DATA_MAX - (size_t)in_frame;
        memcpy(s->frame_data + in_frame, ptr, n < len ? n : len);
    }
    hash_feed(&s->frame_hash, bytes_of(ptr, len));
    if (s->in_message && !ws_opcode_is_control(s->frame.head.opcode)) {
        hash_feed(&s->message_hash, bytes_of(ptr, len));
        s->message.len += len;
    }
}

static uint64_t min3(uint64_t a, uint64_t b, uint64_t c)
{
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

/* Payload of the frame under way, as far as chunk, frame and hold allow. */
static bool write_payload(struct speaker *s, struct buf *out, size_t room)
{
    uint64_t frame_end = s->frame_start + s->frame_len;
    size_t n =
        (size_t)min3(room, frame_end - s->pos, s->held_upto > s->pos ? s->held_upto - s->pos : 0);

    if (n == 0)
        return true;
    if (!buf_reserve(out, n))
        return false;
    uint8_t *ptr = out->ptr + out->len;
    payload_read(payload_of(s), s->env, s->pos, ptr, n);
    note_payload(s, ptr, n);
    if (s->frame.head.masked)
        ws_mask(ptr, n, s->frame.head.key, s->pos - s->frame_start);
    out->len += n;
    s->pos += n;
    s->at += n;
    return true;
}

/* Raw bytes: the reader follows what they mean, on a copy, because it unmasks. */
static bool write_raw(struct speaker *s, struct buf *out, uint64_t us, bool *more)
{
    size_t n = (size_t)min3(SPEAKER_CHUNK, s->total - s->pos, SIZE_MAX);
    struct entry e = blank(s, ENTRY_RAW_OUT, us);
    struct ws_piece piece;
    uint8_t copy[SPEAKER_CHUNK];

    if (!buf_reserve(out, n > 0 ? n : 1)) /* so that there is a place even for nothing */
        return false;
    uint8_t *ptr = out->ptr + out->len;
    if (n > 0)
        payload_read(payload_of(s), s->env, s->pos, ptr, n);
    e.len = n;
    e.hash = hash_bytes(bytes_of(ptr, n));
    e.data = bytes_of(ptr, n < ENTRY_DATA_MAX ? n : ENTRY_DATA_MAX);
    if (n > 0)
        memcpy(copy, ptr, n);
    ws_reader_feed(&s->raw, copy, s->framing ? n : 0);
    while (ws_reader_next(&s->raw, &piece))
        s->sent_close |= piece.kind == WS_PIECE_HEAD && s->raw.head.opcode == WS_CLOSE;
    bool ok = transcript_add(s->t, &e);
    out->len += n;
    s->pos += n;
    s->at += n;
    *more = s->pos < s->total;
    if (!*more)
        s->step = NULL;
    return ok;
}

bool speaker_write(struct speaker *s, struct buf *out, uint64_t us, bool *more)
{
    size_t room = SPEAKER_CHUNK;

    if (s->step->as.send.opcode == SEND_RAW)
        return write_raw(s, out, us, more);
    while (room > WS_HEAD_MAX && !(s->frames_done)) {
        size_t before = out->len;
        if (!s->in_frame && !begin_frame(s, out, us))
            return false;
        if (!write_payload(s, out, room - WS_HEAD_MAX))
            return false;
        if (s->pos == s->frame_start + s->frame_len && !(s->holding && s->pos == s->held_upto)) {
            if (!end_frame(s, us))
                return false;
        } else if (s->pos == s->held_upto) {
            *more = false; /* held: the case says when to go on */
            return true;
        }
        size_t wrote = out->len - before;
        room = wrote < room ? room - wrote : 0;
    }
    *more = !s->frames_done;
    if (s->frames_done)
        s->step = NULL;
    return true;
}

bool speaker_frame(struct speaker *s, struct buf *out, uint8_t opcode, struct bytes payload,
                   enum entry_by by, size_t step, uint64_t us)
{
    uint8_t bytes[WS_HEAD_MAX];
    struct entry e = blank(s, ENTRY_FRAME_OUT, us);

    e.by = by;
    e.step = step;
    e.head = (struct ws_head){ .fin = true,
                               .opcode = opcode,
                               .masked = s->masks,
                               .len_form = ws_frame_shortest(payload.len),
                               .payload_len = payload.len };
    if (s->masks)
        fresh_key(s, e.head.key);
    e.data = payload;
    e.len = payload.len;
    e.hash = hash_bytes(payload);
    size_t n = ws_frame_encode(&e.head, bytes);
    if (!buf_append(out, bytes_of(bytes, n)) || !buf_append(out, payload))
        return false;
    ws_mask(out->ptr + out->len - payload.len, e.head.masked ? payload.len : 0, e.head.key, 0);
    s->at += n + payload.len;
    s->sent_close |= opcode == WS_CLOSE;
    return transcript_add(s->t, &e);
}
