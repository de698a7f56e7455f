#include "run/listener_parts.h"

#include <string.h>

void listener_init(struct listener *l, struct transcript *t, enum http1_kind awaits)
{
    memset(l, 0, sizeof *l);
    l->t = t;
    l->awaits = awaits;
    buf_init(&l->head, LISTENER_HEAD_MAX);
    buf_init(&l->packed_in, RECALL_LEN_MAX);
}

void listener_free(struct listener *l)
{
    buf_free(&l->head);
    ws_unpacker_free(l->unpacker);
    buf_free(&l->packed_in);
    recall_free(&l->recall);
}

void listener_reconnect(struct listener *l, uint32_t connection, uint32_t round)
{
    struct transcript *t = l->t;
    enum http1_kind awaits = l->awaits;

    listener_free(l);
    listener_init(l, t, awaits);
    l->connection = connection;
    l->round = round;
}

void listener_answered(struct listener *l)
{
    if (l->listening == LISTEN_FRAMES && ws_reader_between_frames(&l->reader))
        l->listening = LISTEN_AGAIN;
}

bool listener_awaits_head(const struct listener *l)
{
    return l->listening == LISTEN_HEAD || l->listening == LISTEN_AGAIN;
}

bool listener_unpack(struct listener *l, const struct ws_unpack_options *options)
{
    ws_unpacker_free(l->unpacker);
    recall_init(&l->recall, options->way.takeover);
    l->unpacker = ws_unpacker_new(options);
    return l->unpacker != NULL;
}

void listener_feed(struct listener *l, uint8_t *in, size_t len, uint64_t us)
{
    if (len > 0)
        l->last_us = us;
    ws_reader_feed(&l->reader, in, len);
}

struct entry listener_blank(const struct listener *l, enum entry_kind kind, uint64_t us)
{
    return (struct entry){ .kind = kind,
                           .us = us,
                           .connection = l->connection,
                           .round = l->round,
                           .step = ENTRY_NO_STEP,
                           .diff_at = ENTRY_NO_DIFF };
}

static bool in_messages(uint8_t opcode)
{
    return opcode == WS_TEXT || opcode == WS_BINARY || opcode == WS_CONTINUATION;
}

/* A message in one frame, neither short nor huge, is looked for among those that came before. */
static bool worth_recalling(const struct listener *l, const struct ws_head *head)
{
    return l->packed && head->fin && head->payload_len >= RECALL_LEN_MIN &&
           head->payload_len <= RECALL_LEN_MAX;
}

static void begin_frame(struct listener *l, const struct ws_piece *piece, uint64_t us)
{
    const struct ws_head *head = &l->reader.head;

    l->frame = listener_blank(l, ENTRY_FRAME_IN, us);
    l->frame.head = *head;
    l->frame.at = piece->at;
    hash_init(&l->frame_hash);
    if (!in_messages(head->opcode))
        return;
    /* A sequence that breaks the rules is taken as it comes: a new opcode begins anew. */
    if (head->opcode != WS_CONTINUATION || !l->message.open) {
        memset(&l->message, 0, sizeof l->message);
        l->whole = listener_blank(l, ENTRY_MESSAGE_IN, us);
        l->whole.head = *head;
        l->whole.at = piece->at;
        l->text_broken = false;
        l->packed = l->unpacker && (head->rsv & WS_RSV1);
        l->held_back = worth_recalling(l, head);
        buf_clear(&l->packed_in);
        l->frames = 0;
        hash_init(&l->whole_hash);
    }
    ws_message_head(&l->message, head);
}

static void keep(uint8_t data[ENTRY_DATA_MAX], uint64_t done, struct bytes more)
{
    if (done < ENTRY_DATA_MAX && more.len > 0) {
        struct bytes fits = bytes_take(more, ENTRY_DATA_MAX - (size_t)done);
        memcpy(data + done, fits.ptr, fits.len);
    }
}

/* Application data as it was before it was compressed. */
static void take_plain(struct listener *l, struct bytes data)
{
    size_t bad;

    keep(l->whole_data, l->whole.len, data);
    hash_feed(&l->whole_hash, data);
    if (!ws_message_data(&l->message, data, &bad)) {
        l->text_broken = true;
        l->whole.diff_at = l->whole.len + bad;
    }
    l->whole.len += data.len;
}

/* One that does not inflate is told once, behind the frame that showed it and not in the middle of
 * that, so that no cut of TCP decides what else is seen. Whatever is compressed behind it is lost.
 */
static bool tell_bad_message(struct listener *l, uint64_t us)
{
    if (!l->cannot_unpack || l->told_bad)
        return true;
    const struct violation why = ws_unpacker_why(l->unpacker);
    struct entry e = listener_blank(l, ENTRY_MESSAGE_BAD, us);

    l->told_bad = true;
    e.head = l->whole.head;
    e.at = l->whole.at;
    e.len = l->whole.len;
    e.diff_at = why.at;
    e.text = ws_rule_row(why.rule)->name;
    return transcript_add(l->t, &e);
}

static void unpack(struct listener *l, bool *no_memory)
{
    struct bytes data;

    for (;;) {
        switch (ws_unpacker_next(l->unpacker, &data)) {
        case WS_INFLATED_PIECE: take_plain(l, data); break;
        case WS_INFLATED_ALL: return;
        case WS_INFLATED_BROKEN: l->cannot_unpack = true; return;
        case WS_INFLATED_NOMEM: *no_memory = true; return;
        }
    }
}

static void unpack_more(struct listener *l, struct bytes data, bool *no_memory)
{
    *no_memory |= !recall_catch_up(&l->recall, l->unpacker);
    ws_unpacker_feed(l->unpacker, data);
    unpack(l, no_memory);
}

static void take_data(struct listener *l, struct bytes data, bool *no_memory)
{
    keep(l->frame_data, l->frame.len, data);
    hash_feed(&l->frame_hash, data);
    l->frame.len += data.len;
    if (!in_messages(l->frame.head.opcode))
        return;
    if (!l->packed) {
        take_plain(l, data);
        return;
    }
    if (l->held_back)
        *no_memory |= !buf_append(&l->packed_in, data);
    else
        unpack_more(l, data, no_memory);
}

static enum heard heard_control(struct listener *l)
{
    switch (l->frame.head.opcode) {
    case WS_PING: return HEARD_PING;
    case WS_PONG: return HEARD_PONG;
    case WS_CLOSE: l->got_close = true; return HEARD_CLOSE;
    default: return HEARD_FRAME;
    }
}

static struct bytes kept(const uint8_t *data, uint64_t len)
{
    return bytes_of(data, len < ENTRY_DATA_MAX ? (size_t)len : ENTRY_DATA_MAX);
}

/* What the message that has just ended stands for. */
static struct recall_plain plain_of(const struct listener *l, bool text_ended_well)
{
    bool cut_short = !text_ended_well && !l->text_broken;
    struct recall_plain p = { .len = l->whole.len,
                              .hash = hash_end(&l->whole_hash),
                              .text_broken = cut_short || l->text_broken,
                              .broken_at = cut_short ? l->whole.len : l->whole.diff_at };

    memcpy(p.data, l->whole_data, kept(l->whole_data, l->whole.len).len);
    return p;
}

static bool add_message(struct listener *l, const struct recall_plain *p, uint64_t us)
{
    l->whole.us = us;
    l->whole.len = p->len;
    l->whole.hash = p->hash;
    l->whole.flag = l->text_broken = p->text_broken;
    l->whole.diff_at = p->broken_at;
    l->whole.data = kept(p->data, p->len);
    return transcript_add(l->t, &l->whole);
}

static struct bytes held_back(const struct listener *l)
{
    return l->held_back ? buf_bytes(&l->packed_in) : (struct bytes){ 0 };
}

/* The end of a compressed message. True: it came before, and *plain is what it stood for; else it
 * has been inflated. */
static bool end_packed(struct listener *l, bool *no_memory, struct recall_plain *plain)
{
    if (l->held_back && !l->cannot_unpack && recall_find(&l->recall, held_back(l), plain))
        return true;
    if (l->held_back)
        unpack_more(l, held_back(l), no_memory);
    ws_unpacker_feed_end(l->unpacker);
    unpack(l, no_memory);
    return false;
}

/* In a message of very many fragments, one in the middle that no rule could object to. */
static bool tells_nothing(const struct listener *l)
{
    const struct ws_head *head = &l->frame.head;

    return l->frames > TRANSCRIPT_FRAGMENTS && head->opcode == WS_CONTINUATION && !head->fin &&
           head->rsv == 0 && head->masked == (l->awaits == HTTP1_REQUEST) &&
           head->len_form == ws_frame_shortest(head->payload_len);
}

static enum heard end_frame(struct listener *l, uint64_t us, bool *no_memory)
{
    struct recall_plain plain;
    bool complete = false, known = false;

    l->frame.us = us;
    l->frame.hash = hash_end(&l->frame_hash);
    l->frame.data = kept(l->frame_data, l->frame.len);
    l->frames += in_messages(l->frame.head.opcode);
    *no_memory |= !tells_nothing(l) && !transcript_add(l->t, &l->frame);
    if (!in_messages(l->frame.head.opcode))
        return heard_control(l);
    if (l->packed && l->frame.head.fin)
        known = end_packed(l, no_memory, &plain);
    *no_memory |= !tell_bad_message(l, us);
    bool well = ws_message_end(&l->message, l->frame.head.fin, &complete);
    if (!complete || (l->packed && l->cannot_unpack))
        return HEARD_FRAME;
    if (!known)
        plain = plain_of(l, well);
    if (l->packed && !known)
        recall_note(&l->recall, l->unpacker, held_back(l), &plain);
    *no_memory |= !add_message(l, &plain, us);
    return HEARD_MESSAGE;
}

static enum heard listen_frames(struct listener *l, uint64_t us, bool *no_memory)
{
    struct ws_piece piece;

    while (ws_reader_next(&l->reader, &piece)) {
        switch (piece.kind) {
        case WS_PIECE_HEAD: begin_frame(l, &piece, us); break;
        case WS_PIECE_DATA: take_data(l, piece.data, no_memory); break;
        case WS_PIECE_END: return end_frame(l, us, no_memory);
        }
    }
    return HEARD_NOTHING;
}

enum heard listener_next(struct listener *l, uint64_t us, bool *no_memory)
{
    if (l->listening == LISTEN_AGAIN)
        listener_again(l);
    switch (l->listening) {
    case LISTEN_HEAD: return listener_head(l, us, no_memory);
    case LISTEN_FRAMES: return listen_frames(l, us, no_memory);
    case LISTEN_BODY: return listener_body(l, us, no_memory);
    case LISTEN_AGAIN: break;
    case LISTEN_ENDED: ws_reader_skip(&l->reader, l->reader.in_len); break;
    }
    return HEARD_NOTHING;
}

/* A frame of which only the beginning has come: with a whole header its fields are worth keeping.
 */
static bool add_partial(struct listener *l, uint64_t us)
{
    struct entry e = listener_blank(l, ENTRY_PARTIAL_IN, us);

    e.at = l->reader.frame_at;
    if (l->reader.in_payload) {
        e.flag = true;
        e.head = l->frame.head;
        e.len = l->frame.len;
        e.data = kept(l->frame_data, l->frame.len);
    } else {
        e.len = l->reader.held_len;
        e.data = bytes_of(l->reader.held, l->reader.held_len);
    }
    return transcript_add(l->t, &e);
}

bool listener_end(struct listener *l, enum entry_end end, const char *why, uint64_t us)
{
    struct entry e = listener_blank(l, ENTRY_END_IN, us);

    if (l->listening == LISTEN_ENDED)
        return true;
    if (l->listening == LISTEN_HEAD && !listener_head_cut(l, us))
        return false;
    if (l->listening == LISTEN_FRAMES && !ws_reader_between_frames(&l->reader) &&
        !(add_partial(l, us) && tell_bad_message(l, us)))
        return false;
    l->listening = LISTEN_ENDED;
    e.end = end;
    e.text = why;
    return transcript_add(l->t, &e);
}
