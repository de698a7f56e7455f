#include "fuzz/oracle/account.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "ws/check.h"
#include "ws/message.h"
#include "ws/reader.h"
#include "ws/unpack.h"

#define INPUT_MAX (64u << 10)  /* bytes looked at in one go */
#define MESSAGE_MAX (8u << 20) /* of what comes back; what is larger is told by its beginning */

struct fuzz_listener {
    struct fuzz_account *account; /* of the feed under way */
    struct ws_reader reader;
    struct ws_law law;
    struct ws_message message;
    struct ws_unpacker *unpacker; /* NULL: compression was not agreed on */
    struct buf input;             /* the bytes fed: unmasked in place */
    struct buf frame, whole;      /* a control frame's payload, a message's */
    bool echoes, packed, no_memory;
    bool lost; /* the message under way cannot be told: it does not inflate */
};

struct fuzz_listener *fuzz_listener_new(enum case_role role, bool compressed, bool echoes)
{
    const struct ws_unpack_options options = { .way = { .bits = 15, .takeover = true },
                                               .from_client = role == ROLE_CLIENT,
                                               .ratio_max = 0 };
    struct fuzz_listener *l = alloc_resize(NULL, sizeof *l);

    if (!l)
        return NULL;
    *l = (struct fuzz_listener){ .echoes = echoes };
    l->law.from_client = role == ROLE_CLIENT;
    l->law.rsv_data = compressed ? WS_RSV1 : 0;
    buf_init(&l->input, INPUT_MAX);
    buf_init(&l->frame, WS_CONTROL_MAX);
    buf_init(&l->whole, MESSAGE_MAX);
    if (!compressed || (l->unpacker = ws_unpacker_new(&options)))
        return l;
    alloc_free(l);
    return NULL;
}

void fuzz_listener_free(struct fuzz_listener *l)
{
    if (!l)
        return;
    buf_free(&l->input);
    buf_free(&l->frame);
    buf_free(&l->whole);
    ws_unpacker_free(l->unpacker);
    alloc_free(l);
}

/* Of two breaches the graver one counts, of equals the first. */
static void broke(struct fuzz_listener *l, enum ws_rule rule, uint64_t at)
{
    struct violation *broken = &l->account->broken;

    if (broken->rule == WS_RULE_NONE || ws_rule_row(rule)->level > ws_rule_row(broken->rule)->level)
        *broken = (struct violation){ rule, at };
}

static bool in_messages(uint8_t opcode)
{
    return opcode == WS_TEXT || opcode == WS_BINARY || opcode == WS_CONTINUATION;
}

/* A sequence that breaks the rules is taken as it comes: a new opcode begins anew. */
static void begin_data(struct fuzz_listener *l, const struct ws_head *head)
{
    if (head->opcode != WS_CONTINUATION || !l->message.open) {
        l->message = (struct ws_message){ 0 };
        l->packed = l->unpacker && (head->rsv & WS_RSV1);
        buf_clear(&l->whole);
        l->lost = false;
    }
    ws_message_head(&l->message, head);
    l->law.in_message = !head->fin;
}

static void begin_frame(struct fuzz_listener *l, uint64_t at)
{
    struct violation broken[WS_HEAD_BREACHES_MAX];
    const size_t n = ws_check_head(&l->reader.head, &l->law, at, broken);

    for (size_t i = 0; i < n; i++)
        broke(l, broken[i].rule, broken[i].at);
    buf_clear(&l->frame);
    if (in_messages(l->reader.head.opcode))
        begin_data(l, &l->reader.head);
}

/* `at`: of its first byte, or of the frame it came out of. */
static void take_plain(struct fuzz_listener *l, struct bytes data, uint64_t at)
{
    size_t bad;

    if (!ws_message_data(&l->message, data, &bad))
        broke(l, WS_RULE_TEXT_NOT_UTF8, at);
    l->no_memory |= !buf_append(&l->whole, bytes_take(data, MESSAGE_MAX - l->whole.len));
}

static void unpack(struct fuzz_listener *l)
{
    struct bytes data;

    for (;;) {
        switch (ws_unpacker_next(l->unpacker, &data)) {
        case WS_INFLATED_PIECE: take_plain(l, data, l->reader.frame_at); break;
        case WS_INFLATED_ALL: return;
        case WS_INFLATED_BROKEN:
            broke(l, ws_unpacker_why(l->unpacker).rule, l->reader.frame_at);
            l->lost = true;
            return;
        case WS_INFLATED_NOMEM: l->no_memory = true; return;
        }
    }
}

static void take_data(struct fuzz_listener *l, const struct ws_piece *piece)
{
    if (!in_messages(l->reader.head.opcode)) {
        const struct bytes fits = bytes_take(piece->data, WS_CONTROL_MAX - l->frame.len);
        l->no_memory |= !buf_append(&l->frame, fits);
    } else if (l->packed) {
        ws_unpacker_feed(l->unpacker, piece->data);
        unpack(l);
    } else {
        take_plain(l, piece->data, piece->at);
    }
}

static void end_message(struct fuzz_listener *l, uint64_t at)
{
    const bool fin = l->reader.head.fin;
    bool complete;

    if (l->packed && fin) {
        ws_unpacker_feed_end(l->unpacker);
        unpack(l);
    }
    if (!ws_message_end(&l->message, fin, &complete))
        broke(l, WS_RULE_TEXT_NOT_UTF8, at);
    if (complete && l->echoes && !l->lost)
        l->no_memory |= !fuzz_account_message(l->account, l->message.opcode, buf_bytes(&l->whole));
}

static void end_close(struct fuzz_listener *l, uint64_t at)
{
    const struct violation v = ws_close_check(buf_bytes(&l->frame));

    if (v.rule != WS_RULE_NONE)
        broke(l, v.rule, at - l->frame.len + v.at);
    l->law.after_close = true;
}

static void end_frame(struct fuzz_listener *l, uint64_t at)
{
    const uint8_t opcode = l->reader.head.opcode;
    enum fuzz_heard_kind kind = FUZZ_HEARD_PONG;

    if (in_messages(opcode)) {
        end_message(l, at);
        return;
    }
    if (ws_opcode_is_reserved(opcode))
        return;
    if (opcode == WS_PING)
        kind = FUZZ_HEARD_PING;
    if (opcode == WS_CLOSE) {
        kind = FUZZ_HEARD_CLOSE;
        end_close(l, at);
    }
    l->no_memory |= !fuzz_account_control(l->account, kind, buf_bytes(&l->frame));
}

static bool feed(struct fuzz_listener *l, struct bytes in)
{
    struct ws_piece piece;

    buf_clear(&l->input);
    if (!buf_append(&l->input, in))
        return false;
    ws_reader_feed(&l->reader, l->input.ptr, l->input.len);
    while (ws_reader_next(&l->reader, &piece)) {
        switch (piece.kind) {
        case WS_PIECE_HEAD: begin_frame(l, piece.at); break;
        case WS_PIECE_DATA: take_data(l, &piece); break;
        case WS_PIECE_END: end_frame(l, piece.at); break;
        }
    }
    return !l->no_memory;
}

bool fuzz_listener_feed(struct fuzz_listener *l, struct bytes in, struct fuzz_account *a)
{
    l->account = a;
    for (; in.len > 0; in = bytes_skip(in, INPUT_MAX))
        if (!feed(l, bytes_take(in, INPUT_MAX)))
            return false;
    return true;
}
