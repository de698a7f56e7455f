#include "ws/reader.h"

#include <string.h>

#include "fuzz/targets/mutator.h"
#include "fuzz/targets/target.h"

/* Streams of frames: a reader tells the same whole and cut, and finds each frame where the decoder
 * finds it. */
FUZZ_MUTATOR(frames)

#define STREAM_MAX (256u << 10)

/* All that a reader told: the data as one, since where it is cut is nobody's business. */
struct told {
    uint8_t data[STREAM_MAX];
    size_t len;
    struct ws_head heads[STREAM_MAX / 2];
    uint64_t at[STREAM_MAX / 2], end[STREAM_MAX / 2]; /* of each frame, the stream's offsets */
    size_t n_heads, n_ends;
};

static struct told whole, cut;
static uint8_t stream[STREAM_MAX];

static bool same_head(const struct ws_head *a, const struct ws_head *b)
{
    return a->fin == b->fin && a->rsv == b->rsv && a->opcode == b->opcode &&
           a->masked == b->masked && memcmp(a->key, b->key, 4) == 0 && a->len_form == b->len_form &&
           a->payload_len == b->payload_len;
}

static void take_piece(const struct ws_reader *r, const struct ws_piece *piece, struct told *t)
{
    switch (piece->kind) {
    case WS_PIECE_HEAD:
        t->at[t->n_heads] = piece->at;
        t->heads[t->n_heads++] = r->head;
        break;
    case WS_PIECE_DATA:
        memcpy(t->data + t->len, piece->data.ptr, piece->data.len);
        t->len += piece->data.len;
        break;
    case WS_PIECE_END: t->end[t->n_ends++] = piece->at; break;
    }
}

static void read_all(struct bytes in, unsigned way, struct told *t)
{
    struct ws_reader r = { 0 };
    struct ws_piece piece;

    t->len = t->n_heads = t->n_ends = 0;
    if (in.len > 0)
        memcpy(stream, in.ptr, in.len);
    for (size_t at = 0, n; (n = cut_next(way, at, in.len - at)) > 0; at += n) {
        ws_reader_feed(&r, stream + at, n);
        while (ws_reader_next(&r, &piece))
            take_piece(&r, &piece, t);
        MUST(r.in_len == 0, "%zu bytes were left", r.in_len);
    }
    MUST(r.at == in.len, "it stands at %llu", (unsigned long long)r.at);
}

/* The reader's frames lie where the decoder finds them. */
static void check_frames(struct bytes in)
{
    struct ws_head head;
    size_t used, n = 0, at = 0;

    for (; ws_frame_decode(bytes_skip(in, at), &head, &used) == WS_OK; n++) {
        MUST(n < whole.n_heads && same_head(&head, &whole.heads[n]), "frame %zu", n);
        MUST(whole.at[n] == at, "frame %zu at %zu", n, at);
        if (head.payload_len > in.len - at - used)
            at = in.len;
        else
            at += used + (size_t)head.payload_len;
    }
    MUST(n == whole.n_heads, "%zu frames, not %zu", n, whole.n_heads);
}

static void compare(void)
{
    MUST(whole.n_heads == cut.n_heads && whole.n_ends == cut.n_ends, "frames");
    for (size_t i = 0; i < whole.n_heads; i++)
        MUST(same_head(&whole.heads[i], &cut.heads[i]) && whole.at[i] == cut.at[i], "frame %zu", i);
    MUST(memcmp(whole.end, cut.end, whole.n_ends * sizeof *whole.end) == 0, "ends");
    MUST(whole.len == cut.len && memcmp(whole.data, cut.data, whole.len) == 0, "payload");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);

    steer(&in);
    in = bytes_take(in, STREAM_MAX);
    read_all(in, CUT_WHOLE, &whole);
    read_all(in, way, &cut);
    compare();
    check_frames(in);
    return 0;
}
