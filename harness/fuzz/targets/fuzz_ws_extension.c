#include "ws/extension.h"

#include <string.h>

#include "fuzz/targets/mutator.h"
#include "fuzz/targets/target.h"
#include "ws/permessage.h"

/* Values of Sec-WebSocket-Extensions: what is read lies inside and reads the same when it is
 * written down anew; parameters of permessage-deflate likewise; and what our server answers fits
 * one of the offers. */
FUZZ_MUTATOR(head)

#define ELEMENTS_MAX 256
#define INPUT_MAX 16384

static struct ws_extension first[ELEMENTS_MAX], second[ELEMENTS_MAX];
static uint8_t memory[4 * INPUT_MAX + 64];

/* Elements in front; *at is where the grammar is broken, or the end. */
static size_t read_all(struct bytes in, struct ws_extension out[ELEMENTS_MAX], enum ws_status *end)
{
    struct bytes rest = in;
    size_t n = 0, bad_at;

    while (n < ELEMENTS_MAX && (*end = ws_extension_next(&rest, &out[n], &bad_at)) == WS_OK) {
        MUST(lies_in(rest, in), "rest");
        n++;
    }
    MUST(*end != WS_BROKEN || bad_at <= rest.len, "%zu of %zu", bad_at, rest.len);
    return n;
}

static bool put_param(const struct ws_extension_param *p, struct buf *out)
{
    const char *quote = p->quoted ? "\"" : "";

    return buf_print(out, ";%.*s", BYTES_ARG(p->name)) &&
           (!p->has_value || buf_print(out, "=%s%.*s%s", quote, BYTES_ARG(p->value), quote));
}

static bool put_element(const struct ws_extension *e, struct buf *out)
{
    bool ok = buf_print(out, "%s%.*s", out->len > 0 ? ", " : "", BYTES_ARG(e->name));

    for (size_t i = 0; ok && i < e->n_params; i++)
        ok = put_param(&e->params[i], out);
    return ok;
}

static bool same_param(const struct ws_extension_param *a, const struct ws_extension_param *b)
{
    return bytes_eq(a->name, b->name) && bytes_eq(a->value, b->value) &&
           a->has_value == b->has_value && a->quoted == b->quoted;
}

static void check_element(const struct ws_extension *e, struct bytes in)
{
    MUST(e->n_params <= WS_EXTENSION_PARAMS_MAX, "%zu", e->n_params);
    MUST(lies_in(e->name, in) && http1_is_token(e->name), "name");
    for (size_t i = 0; i < e->n_params; i++)
        MUST(lies_in(e->params[i].name, in) && lies_in(e->params[i].value, in), "parameter %zu", i);
}

static void check_written_anew(size_t n)
{
    struct buf out = { .ptr = memory, .cap = sizeof memory, .max = sizeof memory };
    enum ws_status end;

    for (size_t i = 0; i < n; i++)
        MUST(put_element(&first[i], &out), "room");
    MUST(read_all(buf_bytes(&out), second, &end) == n && (end == WS_MORE || n == ELEMENTS_MAX),
         "%zu elements", n);
    for (size_t i = 0; i < n; i++) {
        MUST(bytes_eq(first[i].name, second[i].name) && first[i].n_params == second[i].n_params,
             "element %zu", i);
        for (size_t k = 0; k < first[i].n_params; k++)
            MUST(same_param(&first[i].params[k], &second[i].params[k]), "%zu, %zu", i, k);
    }
}

static bool same_terms(const struct ws_permessage *a, const struct ws_permessage *b)
{
    return a->server_no_takeover == b->server_no_takeover &&
           a->client_no_takeover == b->client_no_takeover && a->server_bits == b->server_bits &&
           a->client_bits == b->client_bits && a->client_bits_hint == b->client_bits_hint;
}

/* Printed and read back they are the same terms. */
static void check_terms(const struct ws_permessage *terms, bool in_response)
{
    struct buf out = { .ptr = memory, .cap = sizeof memory, .max = sizeof memory };
    struct ws_permessage again;
    struct ws_extension e;
    const uint8_t *at;
    size_t bad_at;

    MUST(ws_permessage_print(terms, &out), "room");
    struct bytes rest = buf_bytes(&out);
    MUST(ws_extension_next(&rest, &e, &bad_at) == WS_OK && ws_permessage_is(&e), "element");
    MUST(ws_permessage_read(&e, in_response, &again, &at) == WS_RULE_NONE, "%.*s",
         BYTES_ARG(buf_bytes(&out)));
    MUST(same_terms(terms, &again), "%.*s", BYTES_ARG(buf_bytes(&out)));
}

/* The value as that of a request, answered by a server of any wishes. */
static void check_answer(struct bytes value, size_t n, unsigned wishes)
{
    static struct http1_head head;
    const struct ws_permessage wanted = {
        .server_no_takeover = wishes & 1,
        .client_no_takeover = wishes & 2,
        .server_bits = wishes & 4 ? (uint8_t)(8 + (wishes >> 4) % 8) : 0,
        .client_bits = wishes & 8 ? (uint8_t)(8 + (wishes >> 5) % 8) : 0,
    };
    struct ws_permessage answer, offer;
    const uint8_t *at;
    size_t good = 0, fits = 0;

    head.fields[0] = (struct http1_field){ BYTES_LIT("Sec-WebSocket-Extensions"), value, 0 };
    head.n_fields = 1;
    const bool answered = ws_permessage_answer(&head, &wanted, &answer);
    for (size_t i = 0; i < n; i++) {
        if (!ws_permessage_is(&first[i]))
            continue;
        if (ws_permessage_read(&first[i], false, &offer, &at) != WS_RULE_NONE) {
            MUST(lies_in(bytes_of(at, 1), value), "the parameter that is wrong");
            continue;
        }
        check_terms(&offer, false);
        good++;
        fits += answered && ws_permessage_fits(&offer, &answer) == WS_RULE_NONE;
    }
    MUST(answered == (good > 0) || n == ELEMENTS_MAX, "%zu good offers", good);
    MUST(!answered || fits > 0 || n == ELEMENTS_MAX, "the answer fits none");
    if (answered)
        check_terms(&answer, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned wishes = steer(&in) | (unsigned)steer(&in) << 8;
    enum ws_status end = WS_MORE;

    in = bytes_take(in, INPUT_MAX);
    const size_t n = read_all(in, first, &end);
    for (size_t i = 0; i < n; i++)
        check_element(&first[i], in);
    check_written_anew(n);
    if (end != WS_BROKEN)
        check_answer(in, n, wishes);
    return 0;
}
