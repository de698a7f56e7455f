#include "fuzz/oracle/account.h"

#include "base/hash.h"
#include "ws/frame.h"

void fuzz_account_free(struct fuzz_account *a)
{
    arena_free(&a->arena);
    *a = (struct fuzz_account){ 0 };
}

void fuzz_account_clear(struct fuzz_account *a)
{
    struct arena arena = a->arena;

    arena_rewind(&arena, &(struct arena_mark){ 0 });
    *a = (struct fuzz_account){ .arena = arena };
}

bool fuzz_account_is_full(const struct fuzz_account *a)
{
    return a->count >= FUZZ_HEARD_MAX;
}

bool fuzz_account_ended(const struct fuzz_account *a)
{
    return a->count > 0 && a->heard[a->count - 1].kind == FUZZ_HEARD_END;
}

const struct fuzz_heard *fuzz_account_close(const struct fuzz_account *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->heard[i].kind == FUZZ_HEARD_CLOSE)
            return &a->heard[i];
    return NULL;
}

static bool add(struct fuzz_account *a, const struct fuzz_heard *heard)
{
    if (!arena_grow(&a->arena, (void **)&a->heard, &a->cap, a->count + 1, sizeof *heard))
        return false;
    a->heard[a->count++] = *heard;
    return true;
}

static bool takes_more(const struct fuzz_account *a)
{
    return !fuzz_account_is_full(a) && !fuzz_account_ended(a);
}

bool fuzz_account_message(struct fuzz_account *a, uint8_t opcode, struct bytes payload)
{
    struct fuzz_heard heard = { .kind = FUZZ_HEARD_MESSAGE,
                                .opcode = opcode,
                                .len = payload.len,
                                .hash = hash_bytes(payload) };

    if (!takes_more(a))
        return true;
    heard.start = arena_copy(&a->arena, bytes_take(payload, FUZZ_HEARD_START));
    return heard.start.ptr && add(a, &heard);
}

bool fuzz_account_control(struct fuzz_account *a, enum fuzz_heard_kind kind, struct bytes payload)
{
    struct fuzz_heard heard = { .kind = kind, .len = payload.len, .hash = hash_bytes(payload) };
    struct bytes copy;

    if (!takes_more(a))
        return true;
    copy = arena_copy(&a->arena, bytes_take(payload, WS_CONTROL_MAX));
    heard.start = bytes_take(copy, FUZZ_HEARD_START);
    if (kind == FUZZ_HEARD_CLOSE)
        heard.close = ws_close_decode(copy);
    return copy.ptr && add(a, &heard);
}

bool fuzz_account_end(struct fuzz_account *a)
{
    return fuzz_account_ended(a) || add(a, &(struct fuzz_heard){ .kind = FUZZ_HEARD_END });
}

bool fuzz_heard_same(const struct fuzz_heard *a, const struct fuzz_heard *b)
{
    return a->kind == b->kind && a->opcode == b->opcode && a->len == b->len && a->hash == b->hash;
}

size_t fuzz_account_count(const struct fuzz_account *a, enum fuzz_heard_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < a->count; i++)
        n += a->heard[i].kind == kind;
    return n;
}

const struct fuzz_heard *fuzz_account_next(const struct fuzz_account *a, enum fuzz_heard_kind kind,
                                           size_t *at)
{
    while (*at < a->count)
        if (a->heard[(*at)++].kind == kind)
            return &a->heard[*at - 1];
    return NULL;
}

const struct fuzz_heard *fuzz_account_last(const struct fuzz_account *a, enum fuzz_heard_kind kind)
{
    for (size_t i = a->count; i > 0; i--)
        if (a->heard[i - 1].kind == kind)
            return &a->heard[i - 1];
    return NULL;
}

#define PRINTED_MAX 16

static bool print_close(const struct ws_close *close, struct buf *out)
{
    return close->has_code ? buf_print(out, "close %u", close->code) : buf_print(out, "close");
}

static bool print_heard(const struct fuzz_heard *h, struct buf *out)
{
    const unsigned long long len = h->len;

    switch (h->kind) {
    case FUZZ_HEARD_MESSAGE: return buf_print(out, "%s %llu", ws_opcode_name(h->opcode), len);
    case FUZZ_HEARD_PONG: return buf_print(out, "pong %llu", len);
    case FUZZ_HEARD_PING: return buf_print(out, "ping %llu", len);
    case FUZZ_HEARD_CLOSE: return print_close(&h->close, out);
    case FUZZ_HEARD_END: break;
    }
    return buf_print(out, "end");
}

bool fuzz_account_print(const struct fuzz_account *a, struct buf *out)
{
    if (a->count == 0)
        return buf_print(out, "nothing");
    for (size_t i = 0; i < a->count && i < PRINTED_MAX; i++)
        if ((i > 0 && !buf_print(out, ", ")) || !print_heard(&a->heard[i], out))
            return false;
    return a->count <= PRINTED_MAX || buf_print(out, ", ...");
}
