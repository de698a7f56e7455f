#include "faulty/deal.h"

#include "base/text.h"
#include "faulty/fault.h"
#include "faulty/params.h"

#define BITS_MIN 8
#define BITS_MAX 15

/* No extension, as long as there is none. */
static void decline(struct deal *d)
{
    d->deflate = d->names_server_bits = d->names_client_bits = d->client_bits_offered = false;
    d->server = d->client = (struct deal_way){ BITS_MAX, true };
}

/* ---- parameters ---- */

static bool is_deflate(const struct params *p)
{
    return bytes_eq_nocase(p->extension, BYTES_LIT("permessage-deflate"));
}

static bool named(const struct param *p, const char *name)
{
    return bytes_eq_nocase(p->name, bytes_str(name));
}

static bool is_repeated(const struct params *p)
{
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < i; k++)
            if (bytes_eq_nocase(p->list[i].name, p->list[k].name))
                return true;
    return false;
}

/* What one fault takes besides the numbers that are right. */
struct slack {
    bool below, above, zero, none, any;
};

/* 8 to 15, without a leading zero. What is too small or too large, and taken, counts for the
 * nearest that is right. */
static bool read_bits(const struct param *p, struct slack slack, unsigned *out)
{
    uint64_t n;

    if (!p->has_value)
        return slack.none || slack.any;
    if (slack.any && (!text_number(p->value, BITS_MAX, &n) || n < BITS_MIN)) {
        *out = BITS_MAX;
        return true;
    }
    if (!text_number(p->value, BITS_MAX + 1, &n) || (p->value.ptr[0] == '0' && !slack.zero) ||
        (n < BITS_MIN && !slack.below) || (n > BITS_MAX && !slack.above))
        return false;
    *out = n < BITS_MIN ? BITS_MIN : n > BITS_MAX ? BITS_MAX : (unsigned)n;
    return true;
}

/* ---- a server chooses ---- */

static bool take_server_takeover(const struct param *p, struct deal *d)
{
    d->server.takeover = false;
    if (fault_is(FAULT_DECLINES_TAKEOVER))
        return false;
    return !p->has_value || fault_is(FAULT_TAKES_TAKEOVER_WITH_VALUE);
}

static bool take_client_takeover(const struct param *p, struct deal *d)
{
    d->client.takeover = false;
    return !p->has_value || fault_is(FAULT_TAKES_CLIENT_TAKEOVER_WITH_VALUE);
}

static bool take_server_bits(const struct param *p, struct deal *d)
{
    d->names_server_bits = true;
    return read_bits(p,
                     (struct slack){ .below = fault_is(FAULT_TAKES_BITS_OF_7),
                                     .above = fault_is(FAULT_TAKES_BITS_OF_16),
                                     .zero = fault_is(FAULT_TAKES_BITS_WITH_ZERO),
                                     .none = fault_is(FAULT_TAKES_NO_BITS),
                                     .any = fault_is(FAULT_TAKES_ANY_OFFERED_BITS) },
                     &d->server.bits);
}

static bool take_client_bits(const struct param *p, struct deal *d)
{
    d->client_bits_offered = true;
    d->names_client_bits = p->has_value;
    return read_bits(p,
                     (struct slack){ .below = fault_is(FAULT_TAKES_CLIENT_BITS_OF_7),
                                     .none = true,
                                     .any = fault_is(FAULT_TAKES_ANY_OFFERED_BITS) },
                     &d->client.bits);
}

static bool take_offered(const struct param *p, struct deal *d)
{
    if (named(p, "server_no_context_takeover"))
        return take_server_takeover(p, d);
    if (named(p, "client_no_context_takeover"))
        return take_client_takeover(p, d);
    if (named(p, "server_max_window_bits"))
        return take_server_bits(p, d);
    if (named(p, "client_max_window_bits"))
        return take_client_bits(p, d);
    return fault_is(FAULT_TAKES_UNKNOWN_PARAMETER);
}

/* An offer with anything unknown, wrong or twice is declined. */
static bool take_offer(const struct params *offer, struct deal *d)
{
    decline(d);
    d->was_offered = true;
    d->deflate =
        is_deflate(offer) && (!is_repeated(offer) || fault_is(FAULT_TAKES_REPEATED_PARAMETER));
    for (size_t i = 0; i < offer->count; i++)
        d->deflate = d->deflate && take_offered(&offer->list[i], d);
    return d->deflate;
}

/* The offers of one line, of which `*taken` tells whether one has been taken already. */
static bool choose_in_line(struct bytes rest, struct deal *out, bool *taken)
{
    struct bytes element;
    struct params offer;
    size_t elements = 0;

    for (; http1_list_next(&rest, &element); elements++) {
        if (!params_read(element, &offer))
            return false;
        if (fault_is(FAULT_REFUSES_UNKNOWN_EXTENSION) && !is_deflate(&offer))
            return false;
        *taken = *taken || take_offer(&offer, out);
    }
    return elements > 0;
}

/* The first offer that can be taken. */
static bool choose_extension(const struct http1_head *request, struct deal *out)
{
    const struct http1_field *field;
    bool taken = false;

    for (size_t n = 0; (field = http1_field(request, "Sec-WebSocket-Extensions", n)); n++) {
        if (!choose_in_line(field->value, out, &taken))
            return false;
    }
    return true;
}

static bool offers_chat(const struct http1_head *request)
{
    const struct http1_field *field;
    struct bytes rest, element;

    for (size_t n = 0; (field = http1_field(request, "Sec-WebSocket-Protocol", n)); n++)
        for (rest = field->value; http1_list_next(&rest, &element);)
            if (bytes_eq_str(element, "chat"))
                return true;
    return false;
}

/* Lies are told with what it does, so that the answer alone is wrong. */
static void spoil(struct deal *d)
{
    if (fault_is(FAULT_ANSWERS_MORE_BITS) && d->server.bits < BITS_MAX)
        d->server.bits++;
    if (fault_is(FAULT_ANSWERS_PARAMETER_TWICE) || fault_is(FAULT_ANSWERS_TAKEOVER_WITH_VALUE))
        d->server.takeover = false;
}

bool deal_choose(const struct http1_head *request, struct deal *out)
{
    *out = (struct deal){ .chat = offers_chat(request) };
    decline(out);
    if (!choose_extension(request, out))
        return false;
    if (!out->deflate)
        decline(out);
    spoil(out);
    return true;
}

/* ---- a server answers ---- */

static bool answer_takeover(const struct deal *d, struct buf *out)
{
    const char *text = "; server_no_context_takeover";

    if (fault_is(FAULT_ANSWERS_PARAMETER_TWICE))
        text = "; server_no_context_takeover; server_no_context_takeover";
    if (fault_is(FAULT_ANSWERS_TAKEOVER_WITH_VALUE))
        text = "; server_no_context_takeover=true";
    if (fault_is(FAULT_ANSWERS_NO_TAKEOVER) || d->server.takeover)
        text = "";
    return buf_print(out, "%s%s", text, d->client.takeover ? "" : "; client_no_context_takeover");
}

static bool answer_server_bits(const struct deal *d, struct buf *out)
{
    if (!d->names_server_bits || fault_is(FAULT_ANSWERS_NO_BITS))
        return true;
    return buf_print(out, "; server_max_window_bits=%s%u",
                     fault_is(FAULT_ANSWERS_BITS_WITH_ZERO) ? "0" : "", d->server.bits);
}

static bool answer_client_bits(const struct deal *d, struct buf *out)
{
    if (fault_is(FAULT_ANSWERS_CLIENT_BITS_UNASKED) && !d->client_bits_offered)
        return buf_print(out, "; client_max_window_bits=15");
    if (fault_is(FAULT_ANSWERS_CLIENT_BITS_EMPTY) && d->client_bits_offered)
        return buf_print(out, "; client_max_window_bits");
    if (fault_is(FAULT_ANSWERS_CLIENT_BITS_OF_16) && d->client_bits_offered)
        return buf_print(out, "; client_max_window_bits=16");
    return !d->names_client_bits || buf_print(out, "; client_max_window_bits=%u", d->client.bits);
}

static bool answer_rest(struct buf *out)
{
    if (fault_is(FAULT_ANSWERS_UNKNOWN_PARAMETER) && !buf_print(out, "; x-level=9"))
        return false;
    return !fault_is(FAULT_ANSWERS_TWICE) || buf_print(out, ", permessage-deflate");
}

static bool answer_declined(const struct deal *d, struct buf *out)
{
    if (fault_is(FAULT_ANSWERS_UNASKED) && !d->was_offered)
        return buf_print(out, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    return !fault_is(FAULT_ANSWERS_EMPTY_LINE) || buf_print(out, "Sec-WebSocket-Extensions:\r\n");
}

bool deal_answer(const struct deal *d, struct buf *out)
{
    if (d->chat && !buf_print(out, "Sec-WebSocket-Protocol: chat\r\n"))
        return false;
    if (!d->deflate)
        return answer_declined(d, out);
    return buf_print(out, "Sec-WebSocket-Extensions: permessage-deflate") &&
           answer_takeover(d, out) && answer_server_bits(d, out) && answer_client_bits(d, out) &&
           answer_rest(out) && buf_print(out, "\r\n");
}

/* ---- a client ---- */

static const char *offer(void)
{
    static const struct {
        enum fault fault;
        const char *offer;
    } odd[] = {
        { FAULT_OFFERS_UNKNOWN_PARAMETER, "permessage-deflate; client_max_window_bits; x-level=9" },
        { FAULT_OFFERS_PARAMETER_TWICE,
          "permessage-deflate; client_max_window_bits; client_max_window_bits=15" },
        { FAULT_OFFERS_BITS_OF_16, "permessage-deflate; server_max_window_bits=16" },
        { FAULT_OFFERS_BITS_WITH_ZERO, "permessage-deflate; client_max_window_bits=09" },
        { FAULT_OFFERS_TAKEOVER_WITH_VALUE,
          "permessage-deflate; client_max_window_bits; server_no_context_takeover=1" },
        { FAULT_OFFERS_BROKEN_LIST, "permessage-deflate; client_max_window_bits; =" },
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (fault_is(odd[i].fault))
            return odd[i].offer;
    return "permessage-deflate; client_max_window_bits";
}

bool deal_offer(struct buf *out)
{
    return buf_print(out,
                     "Sec-WebSocket-Protocol: chat\r\n"
                     "Sec-WebSocket-Extensions: %s\r\n",
                     offer());
}

static bool take_answered(const struct param *p, struct deal *d)
{
    const struct slack slack = { .below = fault_is(FAULT_TAKES_ANSWERED_BITS_OF_7),
                                 .above = fault_is(FAULT_TAKES_ANSWERED_BITS_OF_16),
                                 .any = fault_is(FAULT_TAKES_ANY_ANSWERED_BITS) };
    const struct slack client_slack = { .none = fault_is(FAULT_TAKES_ANSWERED_NO_BITS),
                                        .any = fault_is(FAULT_TAKES_ANY_ANSWERED_BITS) };

    if (named(p, "server_no_context_takeover")) {
        d->server.takeover = false;
        return !p->has_value || fault_is(FAULT_TAKES_ANSWERED_TAKEOVER_WITH_VALUE);
    }
    if (named(p, "client_no_context_takeover")) {
        d->client.takeover = false;
        return !p->has_value && !fault_is(FAULT_REFUSES_CLIENT_TAKEOVER);
    }
    if (named(p, "server_max_window_bits"))
        return !fault_is(FAULT_REFUSES_SERVER_BITS) && read_bits(p, slack, &d->server.bits);
    if (named(p, "client_max_window_bits"))
        return !fault_is(FAULT_REFUSES_CLIENT_BITS) && read_bits(p, client_slack, &d->client.bits);
    return fault_is(FAULT_TAKES_UNKNOWN_ANSWER);
}

static bool take_answer(const struct params *answer, struct deal *d)
{
    if (!is_deflate(answer))
        return fault_is(FAULT_TAKES_OTHER_EXTENSION);
    if ((d->deflate && !fault_is(FAULT_TAKES_ANSWER_TWICE)) ||
        (is_repeated(answer) && !fault_is(FAULT_TAKES_REPEATED_ANSWER)))
        return false;
    d->deflate = true;
    for (size_t i = 0; i < answer->count; i++)
        if (!take_answered(&answer->list[i], d))
            return false;
    return true;
}

static bool accept_extension(const struct http1_head *response, struct deal *out)
{
    const struct http1_field *field;
    struct bytes rest, element;
    struct params answer;

    for (size_t n = 0; (field = http1_field(response, "Sec-WebSocket-Extensions", n)); n++) {
        size_t elements = 0;
        for (rest = field->value; http1_list_next(&rest, &element); elements++)
            if (!params_read(element, &answer) || !take_answer(&answer, out))
                return false;
        if (elements == 0)
            return false;
    }
    return true;
}

static bool accept_protocol(const struct http1_head *response, struct deal *out)
{
    const struct http1_field *field = http1_field(response, "Sec-WebSocket-Protocol", 0);

    out->chat = field != NULL;
    return !field || (http1_count(response, "Sec-WebSocket-Protocol") == 1 &&
                      bytes_eq_str(field->value, "chat"));
}

bool deal_accept(const struct http1_head *response, struct deal *out)
{
    *out = (struct deal){ 0 };
    decline(out);
    if (!accept_protocol(response, out) || !accept_extension(response, out))
        return false;
    out->deflate = out->deflate || fault_is(FAULT_PACKS_WHEN_DECLINED);
    return true;
}
