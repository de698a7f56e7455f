#include "run/speaker_parts.h"

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

void speaker_free(struct speaker *s)
{
    packer_free(&s->packer);
    ws_inflater_free(s->mirror);
}

bool speaker_pack(struct speaker *s, struct ws_permessage_way way, bool foreign)
{
    ws_inflater_free(s->mirror);
    s->mirror = foreign ? ws_inflater_new(way.takeover) : NULL;
    return packer_agree(&s->packer, way) && (s->mirror || !foreign);
}

void speaker_reconnect(struct speaker *s, uint32_t connection, uint32_t round)
{
    s->connection = connection;
    s->round = round;
    s->at = 0;
    s->step = NULL;
    s->in_frame = s->holding = s->in_message = s->lost = s->sent_close = s->framing = false;
    s->packing = false;
    memset(&s->raw, 0, sizeof s->raw);
    packer_free(&s->packer);
    ws_inflater_free(s->mirror);
    s->mirror = NULL;
    s->mirrors = false;
}

bool speaker_waits(const struct speaker *s)
{
    bool begun = s->in_frame || (s->step && s->step->as.send.opcode == SEND_RAW);

    return s->holding && s->pos == s->held_upto && begun;
}

bool speaker_at_boundary(const struct speaker *s)
{
    return !s->lost && !s->in_frame && !s->step && ws_reader_between_frames(&s->raw);
}

struct entry speaker_blank(const struct speaker *s, enum entry_kind kind, uint64_t us)
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

    if (send->deflate)
        return &s->packed_body;
    return send->opcode == WS_CLOSE ? close_payload(s, send) : send->payload;
}

static bool is_data(uint8_t opcode)
{
    return opcode == WS_TEXT || opcode == WS_BINARY || opcode == WS_CONTINUATION;
}

/* Everything is known of the payload: its frames can begin. */
static void begin_frames(struct speaker *s)
{
    const struct send *send = &s->step->as.send;
    const struct payload *payload = payload_of(s);

    s->total = payload ? payload_len(payload, s->env) : 0;
    s->pos = s->frame_start = 0;
    s->frames_done = false;
    s->frames = 0;
    s->holding = send->holds;
    s->held_upto = send->holds && send->hold < s->total ? send->hold : s->total;
}

/* A part of the work. The message's hash and length are those of the plain payload, which the
 * target should echo. */
static bool pack(struct speaker *s)
{
    const struct send *send = &s->step->as.send;
    struct bytes packed;

    switch (packer_pack(&s->packer, send, s->env, &s->message_hash, &s->message.len, &packed)) {
    case PACKER_NO_MEMORY: return false;
    case PACKER_MORE: s->packing = true; return true;
    case PACKER_DONE: break;
    }
    s->packing = false;
    s->packed_body = (struct payload){ .kind = PAYLOAD_BYTES, .bytes = packed };
    begin_frames(s);
    return true;
}

/* A stream that a case compressed by itself goes into the target's window, not into ours. */
static void note_foreign(struct speaker *s, const struct send *send)
{
    if (!send->deflate && is_data(send->opcode) && (send->rsv & WS_RSV1))
        packer_note_foreign(&s->packer);
}

bool speaker_begin(struct speaker *s, const struct step *step, size_t number)
{
    const struct send *send = &step->as.send;

    s->step = step;
    s->step_number = number;
    speaker_message_begin(s, send);
    note_foreign(s, send);
    if (send->deflate)
        return pack(s);
    begin_frames(s);
    return true;
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
    bool marked = send->deflate && send->opcode != WS_CONTINUATION;
    uint8_t rsv = marked ? send->rsv | WS_RSV1 : send->rsv;
    struct ws_head head = { .fin = last ? send->fin : false,
                            .rsv = s->pos == 0 ? rsv : 0,
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

static bool begin_frame(struct speaker *s, struct buf *out, uint64_t us)
{
    uint8_t bytes[WS_HEAD_MAX];
    struct ws_head head = next_head(s);
    size_t n = ws_frame_encode(&head, bytes);

    s->frame = speaker_blank(s, ENTRY_FRAME_OUT, us);
    s->frame.head = head;
    hash_init(&s->frame_hash);
    s->in_frame = true;
    speaker_message_frame(s, &head, us);
    s->at += n;
    return buf_append(out, bytes_of(bytes, n));
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

/* A message of sixty thousand fragments tells no more than its first hundred and its last. */
static bool note_frame(struct speaker *s, uint64_t us)
{
    struct entry e = speaker_blank(s, ENTRY_NOTE, us);

    if (s->frames_done || s->frames <= TRANSCRIPT_FRAGMENTS)
        return transcript_add(s->t, &s->frame);
    e.text = "more fragments, which are not noted one by one";
    return s->frames > TRANSCRIPT_FRAGMENTS + 1 || transcript_add(s->t, &e);
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
    s->frames++;
    return note_frame(s, us) && speaker_message_end(s, us);
}

static bool note_payload(struct speaker *s, const uint8_t *ptr, size_t len)
{
    uint64_t in_frame = s->pos - s->frame_start;

    if (in_frame < ENTRY_DATA_MAX) {
        size_t n = ENTRY_DATA_MAX - (size_t)in_frame;
        memcpy(s->frame_data + in_frame, ptr, n < len ? n : len);
    }
    hash_feed(&s->frame_hash, bytes_of(ptr, len));
    return speaker_message_data(s, bytes_of(ptr, len));
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
    if (!note_payload(s, ptr, n))
        return false;
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
    size_t n = (size_t)min3(SPEAKER_CHUNK, s->held_upto - s->pos, SIZE_MAX);
    struct entry e = speaker_blank(s, ENTRY_RAW_OUT, us);
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
    *more = s->pos < s->held_upto;
    if (s->pos == s->total)
        s->step = NULL;
    return ok;
}

bool speaker_write(struct speaker *s, struct buf *out, uint64_t us, bool *more)
{
    size_t room = SPEAKER_CHUNK;

    if (s->packing) {
        *more = true;
        return pack(s);
    }
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
    struct entry e = speaker_blank(s, ENTRY_FRAME_OUT, us);

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
