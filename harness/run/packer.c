#include "run/packer.h"

#include "ws/frame.h"

#define CHUNK 16384
#define CALL_MAX (4 * CHUNK)    /* bytes that one call compresses: some milliseconds */
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

static void begin(struct packer *p, const struct send *send, const struct payload_env *env)
{
    catch_up(p);
    buf_clear(&p->packed);
    p->under_way = true;
    p->at = 0;
    p->len = send->payload ? payload_len(send->payload, env) : 0;
}

/* The next bytes of it, as many as a call may do. */
static bool deflate_some(struct packer *p, const struct send *send, const struct payload_env *env,
                         struct hash *plain)
{
    uint64_t end = p->len - p->at < CALL_MAX ? p->len : p->at + CALL_MAX;
    uint8_t chunk[CHUNK];

    while (p->at < end) {
        size_t n = end - p->at < CHUNK ? (size_t)(end - p->at) : CHUNK;
        payload_read(send->payload, env, p->at, chunk, n);
        hash_feed(plain, bytes_of(chunk, n));
        if (!ws_deflater_feed(p->deflater, bytes_of(chunk, n), &p->packed))
            return false;
        p->at += n;
    }
    return true;
}

static bool deflate_end(struct packer *p, const struct send *send)
{
    p->under_way = false;
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

/* What the turn became the first time; the deflater does not see it. */
static void say_again(struct packer *p, struct hash *plain, uint64_t *len, struct bytes *out)
{
    *out = p->turn->packed;
    *plain = p->turn->plain;
    *len += p->turn->len;
    p->stale = true;
}

static void keep(struct packer *p, struct hash plain)
{
    if (p->arena.total + p->packed.len <= KEPT_MAX)
        *p->turn =
            (struct packed_turn){ arena_copy(&p->arena, buf_bytes(&p->packed)), plain, p->len };
}

enum packer_status packer_pack(struct packer *p, const struct send *send,
                               const struct payload_env *env, struct hash *plain, uint64_t *len,
                               struct bytes *out)
{
    if (!p->under_way) {
        p->turn = turn_of(p, send, env);
        if (p->turn && p->turn->packed.ptr) {
            say_again(p, plain, len, out);
            return PACKER_DONE;
        }
        begin(p, send, env);
    }
    if (!deflate_some(p, send, env, plain))
        return PACKER_NO_MEMORY;
    if (p->at < p->len)
        return PACKER_MORE;
    if (!deflate_end(p, send))
        return PACKER_NO_MEMORY;
    *len += p->len;
    *out = buf_bytes(&p->packed);
    if (p->turn)
        keep(p, *plain);
    return PACKER_DONE;
}
