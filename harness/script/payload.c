#include "script/payload.h"

#include "base/rand.h"

#include <assert.h>
#include <string.h>

#define CHUNK 4096

/* Seven letters and a blank each, so that the word at any byte is known without the ones before. */
static const char words[32][9] = {
    "weather ", "kitchen ", "morning ", "village ", "orchard ", "lantern ", "harvest ", "journey ",
    "meadows ", "cottage ", "pottery ", "whistle ", "blanket ", "gardens ", "thunder ", "station ",
    "captain ", "passage ", "chimney ", "evening ", "feather ", "granite ", "hammers ", "islands ",
    "january ", "kingdom ", "letters ", "machine ", "nothing ", "outside ", "picture ", "quality ",
};
#define WORDS_SEED UINT64_C(0x776F726473)

/* Is there a place of that name? Its value, NULL when nobody knows it yet. */
static bool find_place(struct bytes name, const struct payload_env *env, const char **value)
{
    static const struct payload_env none = { 0 };
    static const struct setup nothing = { 0 };
    const struct payload_env *e = env ? env : &none;
    const struct setup *setup = e->setup ? e->setup : &nothing;
    const struct {
        const char *name, *value;
    } rows[] = { { "path", e->path },           { "host", e->host },
                 { "port", e->port },           { "key", e->key },
                 { "accept", e->accept },       { "base", e->base },
                 { "origin", setup->origin },   { "served", setup->served },
                 { "guarded", setup->guarded }, { "credentials", setup->credentials } };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!bytes_eq_str(name, rows[i].name))
            continue;
        *value = rows[i].value;
        return true;
    }
    return false;
}

/* The name of the place that begins at `at`, of a known name; len 0: none begins here. */
static struct bytes place_at(struct bytes text, size_t at)
{
    const char *ignored;

    if (at + 1 >= text.len || text.ptr[at] != '$' || text.ptr[at + 1] != '{')
        return (struct bytes){ 0 };
    size_t end = bytes_index(text, at, '}');
    struct bytes name = bytes_take(bytes_skip(text, at + 2), end - at - 2);
    return end < text.len && find_place(name, NULL, &ignored) ? name : (struct bytes){ 0 };
}

/* The next stretch of a text with places: a run of its own, one place's value, or the dollar that
 * a double one stands for. False at the end. */
static bool next_piece(struct bytes text, size_t *at, const struct payload_env *env,
                       struct bytes *piece)
{
    size_t from = *at, end = from;

    if (from >= text.len)
        return false;
    struct bytes name = place_at(text, from);
    if (name.len > 0) {
        const char *value = NULL;
        (void)find_place(name, env, &value);
        *at = from + name.len + 3;
        *piece = value ? bytes_str(value) : bytes_take(bytes_skip(text, from), name.len + 3);
        return true;
    }
    while (end < text.len && place_at(text, end).len == 0) {
        bool twice = text.ptr[end] == '$' && end + 1 < text.len && text.ptr[end + 1] == '$';
        end++;
        if (twice) {
            *piece = bytes_take(bytes_skip(text, from), end - from);
            *at = end + 1;
            return true;
        }
    }
    *piece = bytes_take(bytes_skip(text, from), end - from);
    *at = end;
    return true;
}

bool payload_has_places(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '$' && i + 1 < text.len && text.ptr[i + 1] == '$')
            i++;
        else if (place_at(text, i).len > 0)
            return true;
    }
    return false;
}

bool payload_holds(const struct payload *p, enum payload_kind kind)
{
    return p && (p->kind == kind || payload_holds(p->a, kind) || payload_holds(p->b, kind));
}

bool payload_has_limit(const struct payload *p)
{
    return p && (p->limits > 0 || payload_has_limit(p->a) || payload_has_limit(p->b));
}

static uint64_t template_len(struct bytes text, const struct payload_env *env)
{
    struct bytes piece;
    uint64_t len = 0;

    for (size_t at = 0; next_piece(text, &at, env, &piece);)
        len += piece.len;
    return len;
}

static void template_read(struct bytes text, const struct payload_env *env, uint64_t at,
                          uint8_t *out, size_t len)
{
    struct bytes piece;

    for (size_t in = 0; len > 0 && next_piece(text, &in, env, &piece);) {
        if (at >= piece.len) {
            at -= piece.len;
            continue;
        }
        struct bytes part = bytes_take(bytes_skip(piece, (size_t)at), len);
        memcpy(out, part.ptr, part.len);
        out += part.len;
        len -= part.len;
        at = 0;
    }
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return b > 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Where no set-up is known its limit counts as nothing. */
static uint64_t counted(const struct payload *p, const struct payload_env *env)
{
    return env && env->setup ? plus(p->count, times(p->limits, env->setup->limit)) : p->count;
}

uint64_t payload_len(const struct payload *p, const struct payload_env *env)
{
    switch (p->kind) {
    case PAYLOAD_BYTES: return p->bytes.len;
    case PAYLOAD_TEMPLATE: return template_len(p->bytes, env);
    case PAYLOAD_REPEAT: return times(payload_len(p->a, env), counted(p, env));
    case PAYLOAD_JOIN: return plus(payload_len(p->a, env), payload_len(p->b, env));
    case PAYLOAD_RANDOM:
    case PAYLOAD_WORDS: return counted(p, env);
    case PAYLOAD_SAMPLE: return p->count;
    case PAYLOAD_NEXT: return payload_len(p->a, env) > 0 ? p->count : 0;
    case PAYLOAD_BLOCKS: return p->bytes.len;
    }
    return 0;
}

static void read_part(const struct payload *p, const struct payload_env *env, uint64_t at,
                      uint8_t *out, size_t len);

/* `unit` bytes over and over: one round is read, and then copied twice as long each time. */
static void repeat_read(const struct payload *p, const struct payload_env *env, uint64_t at,
                        uint8_t *out, size_t len)
{
    uint64_t unit = payload_len(p->a, env), skip = at % unit;
    size_t filled = unit - skip < len ? (size_t)(unit - skip) : len;

    read_part(p->a, env, skip, out, filled);
    if (filled == len)
        return;
    size_t head = skip < len - filled ? (size_t)skip : len - filled;
    read_part(p->a, env, 0, out + filled, head);
    filled += head;
    while (filled < len) {
        size_t n = filled < len - filled ? filled : len - filled;
        memcpy(out + filled, out, n);
        filled += n;
    }
}

/* Where in its ring this turn begins. Both factors are below 2^30, the ring being no longer. */
static uint64_t next_start(const struct payload *p, const struct payload_env *env)
{
    const uint64_t ring = payload_len(p->a, env), turn = env ? env->turn : 0;

    return turn % ring * (p->count % ring) % ring;
}

static void join_read(const struct payload *p, const struct payload_env *env, uint64_t at,
                      uint8_t *out, size_t len)
{
    uint64_t a_len = payload_len(p->a, env);
    size_t first = at >= a_len ? 0 : a_len - at < len ? (size_t)(a_len - at) : len;

    read_part(p->a, env, at, out, first);
    if (first < len)
        read_part(p->b, env, at + first - a_len, out + first, len - first);
}

static void random_eight(uint64_t seed, uint64_t index, uint8_t out[8])
{
    uint64_t v = rand_at(seed, index);

    for (int i = 0; i < 8; i++, v >>= 8)
        out[i] = (uint8_t)v;
}

static void words_eight(uint64_t seed, uint64_t index, uint8_t out[8])
{
    memcpy(out, words[rand_at(seed, index) >> 59], 8);
}

/* Streams that are made eight bytes at a time, each eight from its place alone. */
static void eights_read(void (*make)(uint64_t seed, uint64_t index, uint8_t out[8]), uint64_t seed,
                        uint64_t at, uint8_t *out, size_t len)
{
    uint8_t eight[8];

    while (len > 0) {
        size_t skip = (size_t)(at % 8), n = 8 - skip < len ? 8 - skip : len;
        if (n == 8) {
            make(seed, at / 8, out);
        } else {
            make(seed, at / 8, eight);
            memcpy(out, eight + skip, n);
        }
        at += n;
        out += n;
        len -= n;
    }
}

static void read_part(const struct payload *p, const struct payload_env *env, uint64_t at,
                      uint8_t *out, size_t len)
{
    if (len == 0)
        return;
    switch (p->kind) {
    case PAYLOAD_BYTES:
    case PAYLOAD_BLOCKS: memcpy(out, p->bytes.ptr + at, len); return;
    case PAYLOAD_TEMPLATE: template_read(p->bytes, env, at, out, len); return;
    case PAYLOAD_REPEAT: repeat_read(p, env, at, out, len); return;
    case PAYLOAD_JOIN: join_read(p, env, at, out, len); return;
    case PAYLOAD_RANDOM:
        eights_read(random_eight, (env ? env->seed : 0) ^ p->salt, at, out, len);
        return;
    case PAYLOAD_WORDS: eights_read(words_eight, WORDS_SEED, at, out, len); return;
    case PAYLOAD_SAMPLE: sample_read(p->sample, at, out, len); return;
    case PAYLOAD_NEXT: repeat_read(p, env, next_start(p, env) + at, out, len); return;
    }
}

void payload_read(const struct payload *p, const struct payload_env *env, uint64_t at, uint8_t *out,
                  size_t len)
{
    uint64_t total = payload_len(p, env);

    assert(len <= total && at <= total - len);
    read_part(p, env, at, out, len);
}

uint64_t payload_hash(const struct payload *p, const struct payload_env *env)
{
    uint8_t chunk[CHUNK];
    uint64_t len = payload_len(p, env);
    struct hash h;

    hash_init(&h);
    for (uint64_t at = 0; at < len; at += CHUNK) {
        size_t n = len - at < CHUNK ? (size_t)(len - at) : CHUNK;
        payload_read(p, env, at, chunk, n);
        hash_feed(&h, bytes_of(chunk, n));
    }
    return hash_end(&h);
}

struct bytes payload_fill(struct arena *a, struct bytes text, const struct payload_env *env)
{
    uint64_t len = template_len(text, env);
    uint8_t *out = len <= SIZE_MAX - 1 ? arena_new(a, (size_t)len + 1) : NULL;

    if (!out)
        return (struct bytes){ 0 };
    template_read(text, env, 0, out, (size_t)len);
    return (struct bytes){ out, (size_t)len };
}
