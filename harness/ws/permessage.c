#include "ws/permessage.h"

#include "ws/handshake.h"

bool ws_permessage_is(const struct ws_extension *e)
{
    return bytes_eq_str(e->name, WS_PERMESSAGE_NAME);
}

/* ---- one element ---- */

/* A decimal from 8 to 15 without a leading zero; quotes and backslashes do not count. 0: none. */
static uint8_t read_bits(const struct ws_extension_param *p)
{
    unsigned value = 0;
    size_t digits = 0;

    for (size_t i = 0; i < p->value.len; i++) {
        uint8_t c = p->value.ptr[i];
        if (c == '\\')
            continue;
        if (c < '0' || c > '9' || (c == '0' && digits == 0) || digits == 2)
            return 0;
        value = value * 10 + (unsigned)(c - '0');
        digits++;
    }
    return value >= 8 && value <= 15 ? (uint8_t)value : 0;
}

static enum ws_rule read_bits_param(const struct ws_extension_param *p, bool in_response,
                                    struct ws_permessage *out)
{
    bool of_client = bytes_eq_str(p->name, "client_max_window_bits");

    if (of_client && !in_response && !p->has_value) {
        out->client_bits_hint = true;
        return WS_RULE_NONE;
    }
    uint8_t bits = p->has_value ? read_bits(p) : 0;
    if (bits == 0)
        return of_client ? WS_RULE_PMD_CLIENT_BITS : WS_RULE_PMD_SERVER_BITS;
    *(of_client ? &out->client_bits : &out->server_bits) = bits;
    return WS_RULE_NONE;
}

static enum ws_rule read_takeover_param(const struct ws_extension_param *p,
                                        struct ws_permessage *out)
{
    bool of_client = bytes_eq_str(p->name, "client_no_context_takeover");

    if (p->has_value)
        return of_client ? WS_RULE_PMD_CLIENT_TAKEOVER_VALUE : WS_RULE_PMD_SERVER_TAKEOVER_VALUE;
    *(of_client ? &out->client_no_takeover : &out->server_no_takeover) = true;
    return WS_RULE_NONE;
}

static enum ws_rule read_param(const struct ws_extension_param *p, bool in_response,
                               struct ws_permessage *out)
{
    if (bytes_eq_str(p->name, "client_max_window_bits") ||
        bytes_eq_str(p->name, "server_max_window_bits"))
        return read_bits_param(p, in_response, out);
    if (bytes_eq_str(p->name, "client_no_context_takeover") ||
        bytes_eq_str(p->name, "server_no_context_takeover"))
        return read_takeover_param(p, out);
    return in_response ? WS_RULE_PMD_UNKNOWN_ANSWERED : WS_RULE_PMD_UNKNOWN_OFFERED;
}

static bool named_before(const struct ws_extension *e, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (bytes_eq(e->params[k].name, e->params[i].name))
            return true;
    return false;
}

enum ws_rule ws_permessage_read(const struct ws_extension *e, bool in_response,
                                struct ws_permessage *out, const uint8_t **at)
{
    *out = (struct ws_permessage){ 0 };
    for (size_t i = 0; i < e->n_params; i++) {
        enum ws_rule rule = read_param(&e->params[i], in_response, out);
        if (rule == WS_RULE_NONE && named_before(e, i))
            rule = in_response ? WS_RULE_PMD_TWICE_ANSWERED : WS_RULE_PMD_TWICE_OFFERED;
        if (rule != WS_RULE_NONE) {
            *at = e->params[i].name.ptr;
            return rule;
        }
    }
    return WS_RULE_NONE;
}

enum ws_rule ws_permessage_fits(const struct ws_permessage *offer,
                                const struct ws_permessage *response)
{
    if (offer->server_no_takeover && !response->server_no_takeover)
        return WS_RULE_PMD_TAKEOVER_IGNORED;
    if (offer->server_bits != 0 &&
        (response->server_bits == 0 || response->server_bits > offer->server_bits))
        return WS_RULE_PMD_BITS_IGNORED;
    if (response->client_bits != 0 && offer->client_bits == 0 && !offer->client_bits_hint)
        return WS_RULE_PMD_CLIENT_BITS_UNASKED;
    return WS_RULE_NONE;
}

static bool print_bits(const char *name, uint8_t bits, struct buf *out)
{
    return bits == 0 || buf_print(out, "; %s=%u", name, bits);
}

bool ws_permessage_print(const struct ws_permessage *p, struct buf *out)
{
    return buf_print(out, "%s%s%s", WS_PERMESSAGE_NAME,
                     p->server_no_takeover ? "; server_no_context_takeover" : "",
                     p->client_no_takeover ? "; client_no_context_takeover" : "") &&
           print_bits("server_max_window_bits", p->server_bits, out) &&
           print_bits("client_max_window_bits", p->client_bits, out) &&
           (!p->client_bits_hint || buf_print(out, "; client_max_window_bits"));
}

/* ---- the lines of a head ---- */

/* Walks the permessage-deflate elements of all Sec-WebSocket-Extensions lines. */
struct walk {
    const struct http1_head *head;
    size_t nth;
    struct bytes rest;
    bool in_line;
};

static bool next_element(struct walk *w, struct ws_extension *out)
{
    const struct http1_field *field;
    size_t bad_at;

    for (;;) {
        if (!w->in_line) {
            field = http1_field(w->head, WS_FIELD_EXTENSIONS, w->nth++);
            if (!field)
                return false;
            w->rest = field->value;
            w->in_line = true;
        }
        while (ws_extension_next(&w->rest, out, &bad_at) == WS_OK)
            if (ws_permessage_is(out))
                return true;
        w->in_line = false;
    }
}

static uint8_t smaller_bits(uint8_t a, uint8_t b)
{
    if (a == 0 || b == 0)
        return a | b;
    return a < b ? a : b;
}

/* Every well-formed offer can be met: any window can be made smaller, any takeover left out. */
static void answer_one(const struct ws_permessage *offer, const struct ws_permessage *wanted,
                       struct ws_permessage *out)
{
    *out = (struct ws_permessage){
        .server_no_takeover = offer->server_no_takeover || wanted->server_no_takeover,
        .client_no_takeover = offer->client_no_takeover || wanted->client_no_takeover,
        .server_bits = smaller_bits(offer->server_bits, wanted->server_bits),
    };
    if (offer->client_bits != 0 || offer->client_bits_hint)
        out->client_bits = smaller_bits(offer->client_bits, wanted->client_bits);
}

static bool leaves_room(const struct ws_permessage *offer, const struct ws_permessage *wanted)
{
    return wanted->client_bits == 0 || offer->client_bits != 0 || offer->client_bits_hint;
}

bool ws_permessage_answer(const struct http1_head *request, const struct ws_permessage *wanted,
                          struct ws_permessage *out)
{
    struct walk w = { .head = request };
    struct ws_permessage offer;
    struct ws_extension e;
    const uint8_t *at;
    bool found = false;

    while (next_element(&w, &e)) {
        if (ws_permessage_read(&e, false, &offer, &at) != WS_RULE_NONE)
            continue;
        if (!found || leaves_room(&offer, wanted))
            answer_one(&offer, wanted, out);
        found = true;
        if (leaves_room(&offer, wanted))
            break;
    }
    return found;
}

bool ws_permessage_agreed(const struct http1_head *response, struct ws_permessage *out)
{
    struct walk w = { .head = response };
    struct ws_extension e;
    const uint8_t *at;

    if (response->status != 101 || !next_element(&w, &e))
        return false;
    (void)ws_permessage_read(&e, true, out, &at);
    return true;
}

static uint8_t or_the_most(uint8_t bits)
{
    return bits == 0 ? 15 : bits;
}

struct ws_permessage_way ws_permessage_from_server(const struct ws_permessage *agreed)
{
    return (struct ws_permessage_way){ or_the_most(agreed->server_bits),
                                       !agreed->server_no_takeover };
}

struct ws_permessage_way ws_permessage_from_client(const struct ws_permessage *agreed)
{
    return (struct ws_permessage_way){ or_the_most(agreed->client_bits),
                                       !agreed->client_no_takeover };
}

bool ws_permessage_is_declined(enum ws_rule rule)
{
    return rule >= WS_RULE_PMD_UNKNOWN_OFFERED && rule <= WS_RULE_PMD_CLIENT_BITS;
}

enum ws_rule ws_permessage_check_request(const struct http1_head *request, const uint8_t **at)
{
    struct walk w = { .head = request };
    struct ws_permessage offer;
    struct ws_extension e;

    while (next_element(&w, &e)) {
        enum ws_rule rule = ws_permessage_read(&e, false, &offer, at);
        if (rule != WS_RULE_NONE)
            return rule;
    }
    return WS_RULE_NONE;
}

/* "08" is a number to the ABNF, and none to the text beside it: RFC 7692 7.1.2.1. */
static bool has_leading_zero(const struct ws_extension *e, const uint8_t *at)
{
    for (size_t i = 0; i < e->n_params; i++) {
        struct bytes value = e->params[i].value;
        if (e->params[i].name.ptr == at)
            return value.len > 1 && value.ptr[0] == '0' && value.ptr[1] >= '0' &&
                   value.ptr[1] <= '9';
    }
    return false;
}

/* The response fits when it fits one of the offers; which one was meant it does not say. What is
 * told is why it does not fit the last. */
static enum ws_rule fits_an_offer(const struct ws_permessage *response,
                                  const struct http1_head *request)
{
    struct walk w = { .head = request };
    enum ws_rule rule = WS_RULE_NONE;
    struct ws_permessage offer;
    struct ws_extension e;
    const uint8_t *at;

    while (next_element(&w, &e)) {
        if (ws_permessage_read(&e, false, &offer, &at) != WS_RULE_NONE) {
            if (rule == WS_RULE_NONE)
                rule =
                    has_leading_zero(&e, at) ? WS_RULE_PMD_ZERO_TAKEN : WS_RULE_PMD_BAD_OFFER_TAKEN;
            continue;
        }
        rule = ws_permessage_fits(&offer, response);
        if (rule == WS_RULE_NONE)
            return WS_RULE_NONE;
    }
    return rule;
}

enum ws_rule ws_permessage_check_response(const struct http1_head *response,
                                          const struct http1_head *request, const uint8_t **at)
{
    struct walk w = { .head = response };
    struct ws_permessage agreed;
    struct ws_extension e;
    enum ws_rule rule;

    if (!next_element(&w, &e))
        return WS_RULE_NONE;
    *at = e.name.ptr;
    rule = ws_permessage_read(&e, true, &agreed, at);
    if (rule == WS_RULE_NONE && request)
        rule = fits_an_offer(&agreed, request);
    if (rule == WS_RULE_NONE && next_element(&w, &e)) {
        *at = e.name.ptr;
        rule = WS_RULE_PMD_ANSWERED_TWICE;
    }
    return rule;
}
