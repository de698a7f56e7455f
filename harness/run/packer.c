#include "run/packer.h"

#include "ws/frame.h"

#define CHUNK 16384
#define PACKED_MAX (256u << 20) /* a message of a case, compressed */
#define PERIOD_MAX 1024         /* turns that are kept, and bytes of them */
#define KEPT_MAX (2u << 20)

struct packed_turn {
    struct bytes packed; /* NULL: not yet */
    struct hash plain;
    uint64_t len;
};

static void forget_ring(struct packer *p)
{
    arena_free(&p->arena);
    p->ring = NULL;
    p->turns = NULL;
}

bool packer_agree(struct packer *p, struct ws_permessage_way way)
{
    packer_free(p);
    buf_init(&p->packed, PACKED_MAX);
    p->deflater = ws_deflater_new(way.bits, way.takeover, WS_DEFLATE_LEVEL);
    return p->deflater != NULL;
}

void packer_free(struct packer *p)
{
    ws_deflater_free(p->deflater);
    buf_free(&p->packed);
    forget_ring(p);
    *p = (struct packer){ 0 };
}

void packer_note_foreign(struct packer *p)
{
    p->stale = true;
    forget_ring(p);
}

/* A window that is behind the target's must not be referred to. */
static void catch_up(struct packer *p)
{
    if (p->stale)
        ws_deflater_forget(p->deflater);
    p->stale = false;
}

static bool deflate_all(struct packer *p, const struct send *send, const struct payload_env *env,
                        struct hash *plain)
{
    uint64_t len = send->payload ? payload_len(send->payload, env) : 0;
    uint8_t chunk[CHUNK];

    catch_up(p);
    buf_clear(&p->packed);
    for (uint64_t at = 0; at < len; at += CHUNK) {
        size_t n = len - at < CHUNK ? (size_t)(len - at) : CHUNK;
        payload_read(send->payload, env, at, chunk, n);
        hash_feed(plain, bytes_of(chunk, n));
        if (!ws_deflater_feed(p->deflater, bytes_of(chunk, n), &p->packed))
            return false;
    }
    return send->fin ? ws_deflater_end(p->deflater, &p->packed)
                     : ws_deflater_flush(p->deflater, &p->packed);
}

/* ---- rings ---- */

static uint64_t common(uint64_t a, uint64_t b)
{
    while (b > 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool is_whole(const struct send *send)
{
    return send->fin && (send->opcode == WS_TEXT || send->opcode == WS_BINARY);
}

/* Turns until the ring of this send begins anew; 0: it is none, or none worth keeping. */
static uint64_t period_of(const struct send *send, const struct payload_env *env)
{
    const struct payload *next = send->payload;

    if (!is_whole(send) || !next || next->kind != PAYLOAD_NEXT || next->count == 0)
        return 0;
    uint64_t ring = payload_len(next->a, env), period = ring / common(ring, next->count);
    return period <= PERIOD_MAX ? period : 0;
}

/* The turn that this send is; NULL: of no ring. A ring that begins, or does not go on where it was,
 * begins with an empty window: what is kept must refer to nothing but the ring before it. */
static struct packed_turn *turn_of(struct packer *p, const struct send *send,
                                   const struct payload_env *env)
{
    uint64_t period = period_of(send, env);
    bool goes_on = p->ring == send->payload && p->next_turn == env->turn;

    if (period == 0 || !goes_on)
        forget_ring(p);
    if (period == 0)
        return NULL;
    if (!goes_on) {
        p->turns = arena_array(&p->arena, (size_t)period, sizeof *p->turns);
        p->ring = p->turns ? send->payload : NULL;
        p->stale = true;
    }
    p->next_turn = env->turn + 1;
    return p->turns ? &p->turns[env->turn % period] : NULL;
}

static void keep(struct packer *p, struct packed_turn *turn, struct bytes packed, struct hash plain,
                 uint64_t len)
{
    if (p->arena.total + packed.len > KEPT_MAX)
        return;
    *turn = (struct packed_turn){ arena_copy(&p->arena, packed), plain, len };
}

bool packer_pack(struct packer *p, const struct send *send, const struct payload_env *env,
                 struct hash *plain, uint64_t *len, struct bytes *out)
{
    struct packed_turn *turn = turn_of(p, send, env);
    uint64_t more = send->payload ? payload_len(send->payload, env) : 0;

    *len += more;
    if (turn && turn->packed.ptr) {
        *out = turn->packed;
        *plain = turn->plain;
        p->stale = true;
        return true;
    }
    if (!deflate_all(p, send, env, plain))
        return false;
    *out = buf_bytes(&p->packed);
    if (turn)
        keep(p, turn, *out, *plain, more);
    return true;
}
