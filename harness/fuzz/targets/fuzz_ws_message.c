#include "ws/message.h"

#include <string.h>

#include "fuzz/targets/mutator.h"
#include "fuzz/targets/target.h"
#include "ws/check.h"
#include "ws/reader.h"

/* Messages out of frames: the same whole and cut, told at the same byte, and a text is refused
 * exactly when all of it is no UTF-8. Frames that break a rule are passed over. */
FUZZ_MUTATOR(frames)

#define STREAM_MAX (64u << 10)
#define FRAMES_MAX (STREAM_MAX / 2)

struct assembly {
    struct ws_reader reader;
    struct ws_message message;
    bool passed_over; /* this frame */
    uint8_t data[STREAM_MAX];
    size_t len; /* of the message under way */
    struct told {
        uint64_t len, fragments, broken_at; /* broken_at: in the stream; UINT64_MAX: fine */
        uint8_t opcode;
        bool complete;
    } told[FRAMES_MAX], now;
    size_t count;
};

static struct assembly whole, cut;
static uint8_t stream[STREAM_MAX];

static void on_head(struct assembly *a)
{
    const struct ws_head *head = &a->reader.head;
    const struct ws_law law = { .from_client = head->masked, .in_message = a->message.open };
    struct violation breaches[WS_HEAD_BREACHES_MAX];

    a->passed_over =
        ws_opcode_is_control(head->opcode) || ws_check_head(head, &law, 0, breaches) > 0;
    if (a->passed_over)
        return;
    ws_message_head(&a->message, head);
    if (head->opcode != WS_CONTINUATION)
        a->now = (struct told){ .broken_at = UINT64_MAX };
    if (head->opcode != WS_CONTINUATION)
        a->len = 0;
}

static void on_data(struct assembly *a, const struct ws_piece *piece)
{
    size_t bad = 0;

    memcpy(a->data + a->len, piece->data.ptr, piece->data.len);
    a->len += piece->data.len;
    if (ws_message_data(&a->message, piece->data, &bad))
        return;
    MUST(a->now.broken_at == UINT64_MAX && bad < piece->data.len, "told twice, or at %zu", bad);
    a->now.broken_at = piece->at + bad;
}

static void on_end(struct assembly *a, uint64_t at)
{
    const struct bytes text = bytes_of(a->data, a->len);
    bool complete;

    if (!ws_message_end(&a->message, a->reader.head.fin, &complete)) {
        MUST(a->now.broken_at == UINT64_MAX, "told twice");
        a->now.broken_at = at;
    }
    MUST(complete == a->reader.head.fin && complete != a->message.open, "complete %d", complete);
    MUST(a->message.len == a->len, "%llu bytes, not %zu", (unsigned long long)a->message.len,
         a->len);
    const bool fine = a->now.broken_at == UINT64_MAX;
    MUST(!complete || fine == (a->message.opcode != WS_TEXT || ws_utf8_valid(text)), "fine %d",
         fine);
    a->now.len = a->message.len;
    a->now.fragments = a->message.fragments;
    a->now.opcode = a->message.opcode;
    a->now.complete = complete;
    a->told[a->count++] = a->now;
}

static void assemble(struct assembly *a, struct bytes in, unsigned way)
{
    struct ws_piece piece;

    a->reader = (struct ws_reader){ 0 };
    a->message = (struct ws_message){ 0 };
    a->len = a->count = 0;
    if (in.len > 0)
        memcpy(stream, in.ptr, in.len);
    for (size_t at = 0, n; (n = cut_next(way, at, in.len - at)) > 0; at += n) {
        ws_reader_feed(&a->reader, stream + at, n);
        while (ws_reader_next(&a->reader, &piece)) {
            if (piece.kind == WS_PIECE_HEAD)
                on_head(a);
            else if (piece.kind == WS_PIECE_DATA && !a->passed_over)
                on_data(a, &piece);
            else if (piece.kind == WS_PIECE_END && !a->passed_over)
                on_end(a, piece.at);
        }
    }
}

static void compare(void)
{
    MUST(whole.count == cut.count, "%zu frames whole, %zu cut", whole.count, cut.count);
    for (size_t i = 0; i < whole.count; i++) {
        const struct told *w = &whole.told[i], *c = &cut.told[i];
        MUST(w->len == c->len && w->fragments == c->fragments && w->opcode == c->opcode &&
                 w->complete == c->complete && w->broken_at == c->broken_at,
             "frame %zu: broken at %llu whole, at %llu cut", i, (unsigned long long)w->broken_at,
             (unsigned long long)c->broken_at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);

    steer(&in);
    in = bytes_take(in, STREAM_MAX);
    assemble(&whole, in, CUT_WHOLE);
    assemble(&cut, in, way);
    compare();
    return 0;
}
