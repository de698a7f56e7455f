#include "ws/http1.h"

#include <string.h>

#include "fuzz/targets/mutator.h"
#include "fuzz/targets/target.h"

/* Heads: the answer for a growing prefix is "more" until it is the one for the whole, what is
 * decoded lies inside, and a head without oddities is the same when it is written down anew. */
FUZZ_MUTATOR(head)

#define INPUT_MAX 8192 /* a prefix is decoded from its start each time */

struct outcome {
    enum ws_status status;
    struct http1_head head;
    size_t used;
    struct violation why;
};

static struct outcome whole, grown, anew;
static uint8_t copy[HTTP1_HEAD_BYTES_MAX];

static void decode(struct bytes in, enum http1_kind kind, struct outcome *out)
{
    const struct http1_limits limits = { .head_bytes = INPUT_MAX / 2, .fields = 40 };

    out->status = http1_decode(in, kind, limits, &out->head, &out->used, &out->why);
}

static bool same_fields(const struct http1_head *a, const struct http1_head *b)
{
    for (size_t i = 0; i < a->n_fields && i < b->n_fields; i++)
        if (!bytes_eq(a->fields[i].name, b->fields[i].name) ||
            !bytes_eq(a->fields[i].value, b->fields[i].value))
            return false;
    return a->n_fields == b->n_fields && a->status == b->status && a->major == b->major &&
           a->minor == b->minor && bytes_eq(a->method, b->method) &&
           bytes_eq(a->target, b->target) && bytes_eq(a->reason, b->reason);
}

static void check_inside(const struct http1_head *h, struct bytes head)
{
    const size_t kept = h->n_oddities < HTTP1_ODDITIES_MAX ? h->n_oddities : HTTP1_ODDITIES_MAX;

    MUST(lies_in(h->method, head) && lies_in(h->target, head) && lies_in(h->reason, head), "start");
    MUST(h->n_fields <= HTTP1_FIELDS_MAX, "%zu fields", h->n_fields);
    for (size_t i = 0; i < h->n_fields; i++) {
        const struct http1_field *f = &h->fields[i];
        MUST(f->name.len > 0 && lies_in(f->name, head) && lies_in(f->value, head), "field %zu", i);
        MUST(f->at <= (size_t)(f->name.ptr - head.ptr), "field %zu is at %llu", i,
             (unsigned long long)f->at);
        MUST(bytes_trim(f->value).len == f->value.len, "field %zu has blanks", i);
    }
    for (size_t i = 0; i < kept; i++)
        MUST(h->oddities[i].at < head.len, "oddity %zu", i);
}

static void check_prefixes(struct bytes in, enum http1_kind kind, unsigned way)
{
    size_t at = 0;

    do {
        decode(bytes_take(in, at), kind, &grown);
        if (grown.status != WS_MORE)
            break;
        MUST(whole.status != WS_OK || at < whole.used, "wants more than %zu", whole.used);
        at += cut_next(way, at, in.len - at) + in.len / 64;
    } while (at < in.len);
    if (grown.status == WS_MORE)
        decode(in, kind, &grown);
    MUST(grown.status == whole.status, "status %d, %d", grown.status, whole.status);
    MUST(grown.status != WS_BROKEN ||
             (grown.why.rule == whole.why.rule && grown.why.at == whole.why.at),
         "%s, %s", ws_rule_row(grown.why.rule)->name, ws_rule_row(whole.why.rule)->name);
    MUST(grown.status != WS_OK ||
             (grown.used == whole.used && same_fields(&grown.head, &whole.head)),
         "%zu, %zu bytes", grown.used, whole.used);
}

static void check_written_anew(const struct http1_head *h)
{
    struct buf out = { .ptr = copy, .cap = sizeof copy, .max = sizeof copy };
    bool ok;

    if (h->kind == HTTP1_REQUEST)
        ok = buf_print(&out, "%.*s ", BYTES_ARG(h->method)) && buf_append(&out, h->target) &&
             buf_print(&out, " HTTP/%u.%u\r\n", h->major, h->minor);
    else
        ok = buf_print(&out, "HTTP/%u.%u %u ", h->major, h->minor, h->status) &&
             buf_append(&out, h->reason) && buf_append(&out, BYTES_LIT("\r\n"));
    for (size_t i = 0; ok && i < h->n_fields; i++)
        ok = buf_append(&out, h->fields[i].name) && buf_append(&out, BYTES_LIT(": ")) &&
             buf_append(&out, h->fields[i].value) && buf_append(&out, BYTES_LIT("\r\n"));
    MUST(ok && buf_append(&out, BYTES_LIT("\r\n")), "room");
    anew.status = http1_decode(buf_bytes(&out), h->kind, (struct http1_limits){ 0 }, &anew.head,
                               &anew.used, &anew.why);
    MUST(anew.status == WS_OK && anew.used == out.len, "status %d, %zu bytes of %zu", anew.status,
         anew.used, out.len);
    MUST(same_fields(h, &anew.head) && anew.head.n_oddities == 0, "%zu oddities",
         anew.head.n_oddities);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);
    const enum http1_kind kind = steer(&in) % 2 ? HTTP1_RESPONSE : HTTP1_REQUEST;

    in = bytes_take(in, INPUT_MAX);
    decode(in, kind, &whole);
    check_prefixes(in, kind, way);
    if (whole.status == WS_OK)
        check_inside(&whole.head, bytes_take(in, whole.used));
    if (whole.status == WS_OK && whole.head.n_oddities == 0)
        check_written_anew(&whole.head);
    return 0;
}
