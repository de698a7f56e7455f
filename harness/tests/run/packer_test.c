#include "run/packer.h"

#include <criterion/criterion.h>

#include "base/hash.h"
#include "ws/frame.h"

#define ONE_CALL 65536 /* bytes, in which nobody else has a turn */

/* What is packed inflates to what was sent, whatever was kept and in whichever order. */
struct pair {
    struct packer packer;
    struct ws_inflater *peer;
    struct payload_env env;
};

static void open_pair(struct pair *p, bool takeover)
{
    *p = (struct pair){ .peer = ws_inflater_new(takeover) };
    cr_assert(p->peer && packer_agree(&p->packer, (struct ws_permessage_way){ 15, takeover }));
}

static void close_pair(struct pair *p)
{
    packer_free(&p->packer);
    ws_inflater_free(p->peer);
}

static uint64_t inflate(struct ws_inflater *peer, struct bytes packed)
{
    struct bytes piece;
    struct hash hash;

    hash_init(&hash);
    ws_inflater_feed(peer, packed);
    while (ws_inflater_next(peer, &piece) == WS_INFLATED_PIECE)
        hash_feed(&hash, piece);
    ws_inflater_feed_end(peer);
    while (ws_inflater_next(peer, &piece) == WS_INFLATED_PIECE)
        hash_feed(&hash, piece);
    return hash_end(&hash);
}

static struct bytes send_it(struct pair *p, const struct payload *payload)
{
    const struct send send = {
        .opcode = WS_BINARY, .fin = true, .deflate = true, .payload = payload
    };
    uint64_t len = 0, right = payload_hash(payload, &p->env);
    struct bytes packed;
    struct hash plain;

    hash_init(&plain);
    enum packer_status status;
    size_t calls = 0;
    do {
        status = packer_pack(&p->packer, &send, &p->env, &plain, &len, &packed);
        calls++;
    } while (status == PACKER_MORE);
    cr_assert_eq(status, PACKER_DONE);
    bool kept = packed.ptr != p->packer.packed.ptr;
    cr_expect(kept || calls * ONE_CALL >= len, "%zu calls", calls);
    cr_expect_eq(len, payload_len(payload, &p->env));
    cr_expect_eq(hash_end(&plain), right, "turn %llu", (unsigned long long)p->env.turn);
    cr_expect_eq(inflate(p->peer, packed), right, "turn %llu", (unsigned long long)p->env.turn);
    return packed;
}

static void go_round(bool takeover)
{
    static const struct payload ring = { .kind = PAYLOAD_SAMPLE,
                                         .sample = SAMPLE_JSON,
                                         .count = 65536 };
    static const struct payload next = { .kind = PAYLOAD_NEXT, .a = &ring, .count = 24576 };
    static const struct payload other = { .kind = PAYLOAD_WORDS, .count = 5000 };
    static const struct payload long_way = { .kind = PAYLOAD_NEXT, .a = &ring, .count = 4999 };
    const uint8_t *kept = NULL;
    struct pair p;

    open_pair(&p, takeover);
    for (p.env.turn = 0; p.env.turn < 40; p.env.turn++) {
        struct bytes packed = send_it(&p, &next);
        if (p.env.turn == 8)
            kept = packed.ptr;
        cr_expect(p.env.turn != 16 || packed.ptr == kept, "the ninth of eight is not made again");
        if (p.env.turn == 20 || p.env.turn == 21)
            send_it(&p, &other);
        if (p.env.turn == 31 || p.env.turn == 32)
            send_it(&p, &long_way);
    }
    close_pair(&p);
}

Test(run_packer, a_ring_goes_round_with_takeover)
{
    go_round(true);
}

Test(run_packer, a_ring_goes_round_without_takeover)
{
    go_round(false);
}

/* Behind a stream of the case's own nothing may be referred to that was sent before it. */
Test(run_packer, does_not_refer_back_behind_what_it_does_not_know)
{
    static const struct payload words = { .kind = PAYLOAD_WORDS, .count = 20000 };
    struct pair p;

    open_pair(&p, true);
    send_it(&p, &words);
    packer_note_foreign(&p.packer);
    ws_inflater_free(p.peer);
    p.peer = ws_inflater_new(true); /* an empty window: a reference back would not inflate */
    send_it(&p, &words);
    close_pair(&p);
}

/* The window and what is kept are the same, in however many calls. */
Test(run_packer, much_takes_several_calls)
{
    static const struct payload much = { .kind = PAYLOAD_WORDS, .count = 1 << 20 };
    static const struct payload ring = { .kind = PAYLOAD_WORDS, .count = 3 << 18 };
    static const struct payload next = { .kind = PAYLOAD_NEXT, .a = &ring, .count = 1 << 18 };
    struct pair p;

    open_pair(&p, true);
    send_it(&p, &much);
    for (p.env.turn = 0; p.env.turn < 7; p.env.turn++)
        send_it(&p, &next);
    send_it(&p, &much);
    close_pair(&p);
}
