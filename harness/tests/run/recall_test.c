#include "run/recall.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/hash.h"
#include "base/rand.h"
#include "run/packer.h"

/* What goes round: a ring of a few large messages, compressed as a target would compress its
 * echoes, and what each stands for. */
#define PART 40000
#define PARTS 3

static uint8_t ring[PARTS * PART];

static void fill_ring(void)
{
    struct rand rand;

    rand_init(&rand, 5);
    rand_fill(&rand, ring, sizeof ring);
    for (size_t i = 0; i < sizeof ring; i++)
        ring[i] &= 7; /* so that it compresses */
}

static struct bytes part(size_t i)
{
    return bytes_of(ring + i % PARTS * PART, PART);
}

/* The listener's part: inflates it unless it is known. Gives the plain bytes' hash and length. */
static struct recall_plain take(struct recall *r, struct ws_unpacker *u, struct bytes packed,
                                bool *known)
{
    struct recall_plain plain = { 0 };
    struct bytes piece;
    struct hash hash;

    *known = recall_find(r, packed, &plain);
    if (*known)
        return plain;
    hash_init(&hash);
    cr_assert(recall_catch_up(r, u));
    ws_unpacker_feed(u, packed);
    for (int ends = 0; ends < 2; ends++) {
        enum ws_inflated status;
        while ((status = ws_unpacker_next(u, &piece)) == WS_INFLATED_PIECE) {
            hash_feed(&hash, piece);
            plain.len += piece.len;
        }
        cr_assert_eq(status, WS_INFLATED_ALL);
        if (ends == 0)
            ws_unpacker_feed_end(u);
    }
    plain.hash = hash_end(&hash);
    recall_note(r, u, packed, &plain);
    return plain;
}

static void go_round(bool takeover)
{
    const struct ws_unpack_options options = { .way = { 15, takeover } };
    struct ws_deflater *d = ws_deflater_new(15, takeover, 6);
    struct ws_unpacker *u = ws_unpacker_new(&options);
    struct recall r = { 0 };
    unsigned n_known = 0;

    fill_ring();
    recall_init(&r, takeover);
    for (size_t i = 0; i < 40; i++) {
        /* One message in between, never the same, that refers back: the window has to be right. */
        bool other = i == 20;
        uint8_t odd[PART];
        struct buf packed;
        bool known;
        memcpy(odd, part(i).ptr, PART);
        odd[100] = 99;
        struct bytes plain = other ? bytes_of(odd, PART) : part(i);
        buf_init(&packed, 1u << 20);
        cr_assert(ws_deflater_feed(d, plain, &packed) && ws_deflater_end(d, &packed));
        struct recall_plain got = take(&r, u, buf_bytes(&packed), &known);
        cr_expect_eq(got.len, plain.len, "message %zu", i);
        cr_expect_eq(got.hash, hash_bytes(plain), "message %zu", i);
        cr_expect(!other || !known, "message %zu never came before", i);
        n_known += known;
        buf_free(&packed);
    }
    cr_expect_geq(n_known, 25, "only %u of 40 were known", n_known);
    recall_free(&r);
    ws_unpacker_free(u);
    ws_deflater_free(d);
}

Test(run_recall, knows_what_comes_round_again_with_takeover)
{
    go_round(true);
}

Test(run_recall, knows_what_comes_round_again_without_takeover)
{
    go_round(false);
}

/* The same bytes stand for something else behind another window. */
Test(run_recall, does_not_mistake_one_window_for_another)
{
    static const struct recall_plain first = { .len = 1 };
    const struct ws_unpack_options options = { .way = { 15, true } };
    struct ws_unpacker *u = ws_unpacker_new(&options);
    struct recall_plain got;
    struct recall r = { 0 };

    recall_init(&r, true);
    recall_note(&r, u, BYTES_LIT("packed"), &first);
    cr_expect_not(recall_find(&r, BYTES_LIT("other"), &got));
    recall_note(&r, u, (struct bytes){ 0 },
                &first); /* one that nobody kept: who knows what is left */
    cr_expect_not(recall_find(&r, BYTES_LIT("packed"), &got));
    recall_free(&r);
    ws_unpacker_free(u);
}
