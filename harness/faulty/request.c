#include "faulty/request.h"

#include "base/text.h"
#include "faulty/fault.h"
#include "faulty/fields.h"
#include "faulty/forgive.h"
#include "faulty/greet.h"

#define KEY_DECODED_MAX 64

/* ---- what is wrong with a request ---- */

static bool is_no_get(const struct http1_head *h)
{
    return !bytes_eq_str(h->method, "GET");
}

static bool is_old_http(const struct http1_head *h)
{
    return h->major < 1 || (h->major == 1 && h->minor < 1);
}

static bool has_odd_target(const struct http1_head *h)
{
    return !bytes_starts(h->target, BYTES_LIT("/")) &&
           !bytes_starts(h->target, BYTES_LIT("http://")) &&
           !bytes_starts(h->target, BYTES_LIT("https://"));
}

static bool is_odd(const struct http1_head *h)
{
    return greet_is_odd(h, false);
}

static bool has_no_host(const struct http1_head *h)
{
    return http1_count(h, "Host") == 0;
}

static bool has_two_hosts(const struct http1_head *h)
{
    return http1_count(h, "Host") > 1;
}

static bool has_body(const struct http1_head *h)
{
    return http1_count(h, "Transfer-Encoding") > 0 ||
           (http1_count(h, "Content-Length") > 0 && !greet_is(h, "Content-Length", "0"));
}

static bool has_no_upgrade(const struct http1_head *h)
{
    return !http1_has_token(h, "Upgrade", "websocket");
}

static bool has_no_connection(const struct http1_head *h)
{
    return !http1_has_token(h, "Connection", "Upgrade");
}

static bool has_no_key(const struct http1_head *h)
{
    return fields_value(h, "Sec-WebSocket-Key").len == 0;
}

static bool has_two_keys(const struct http1_head *h)
{
    return http1_count(h, "Sec-WebSocket-Key") > 1;
}

size_t request_key_bytes(const struct http1_head *h)
{
    struct buf nonce;
    size_t len;

    buf_init(&nonce, KEY_DECODED_MAX);
    len = text_unbase64(fields_value(h, "Sec-WebSocket-Key"), &nonce, NULL) ? nonce.len : 0;
    buf_free(&nonce);
    return len;
}

static bool has_odd_key(const struct http1_head *h)
{
    return fields_value(h, "Sec-WebSocket-Key").len != REQUEST_KEY_TEXT ||
           request_key_bytes(h) != REQUEST_KEY_BYTES;
}

static bool has_two_versions(const struct http1_head *h)
{
    return http1_count(h, "Sec-WebSocket-Version") > 1;
}

static bool has_other_version(const struct http1_head *h)
{
    return !bytes_eq_str(fields_value(h, "Sec-WebSocket-Version"), "13");
}

static bool has_odd_protocol(const struct http1_head *h)
{
    const struct http1_field *field;
    struct bytes rest, element;

    for (size_t n = 0; (field = http1_field(h, "Sec-WebSocket-Protocol", n)); n++)
        for (rest = field->value; http1_list_next(&rest, &element);)
            if (!http1_is_token(element))
                return true;
    return false;
}

/* The first that is broken decides the answer. */
static const struct {
    judged *is_broken;
    unsigned status;
} flaws[REQUEST_FLAWS] = {
    [REQUEST_METHOD] = { is_no_get, 405 },
    [REQUEST_OLD_HTTP] = { is_old_http, 505 },
    [REQUEST_TARGET] = { has_odd_target, 400 },
    [REQUEST_ODD_LINES] = { is_odd, 400 },
    [REQUEST_NO_HOST] = { has_no_host, 400 },
    [REQUEST_TWO_HOSTS] = { has_two_hosts, 400 },
    [REQUEST_BODY] = { has_body, 400 },
    [REQUEST_UPGRADE] = { has_no_upgrade, 426 },
    [REQUEST_CONNECTION] = { has_no_connection, 400 },
    [REQUEST_TWO_VERSIONS] = { has_two_versions, 400 },
    [REQUEST_VERSION] = { has_other_version, 426 },
    [REQUEST_NO_KEY] = { has_no_key, 400 },
    [REQUEST_TWO_KEYS] = { has_two_keys, 400 },
    [REQUEST_KEY] = { has_odd_key, 400 },
    [REQUEST_PROTOCOL] = { has_odd_protocol, 400 },
};

/* ---- what a fault takes offence at ---- */

static bool has_whole_target(const struct http1_head *h)
{
    return !bytes_starts(h->target, BYTES_LIT("/"));
}

static bool spells_websocket_with_capitals(const struct http1_head *h)
{
    return !bytes_eq_str(fields_value(h, "Upgrade"), "websocket");
}

static bool spells_upgrade_otherwise(const struct http1_head *h)
{
    return bytes_find(fields_value(h, "Connection"), BYTES_LIT("Upgrade")) ==
           fields_value(h, "Connection").len;
}

static bool lists_connection(const struct http1_head *h)
{
    return !bytes_eq_nocase(fields_value(h, "Connection"), BYTES_LIT("Upgrade"));
}

static bool pads_upgrade(const struct http1_head *h)
{
    return fields_is_padded(h, "Upgrade");
}

static bool pads_connection(const struct http1_head *h)
{
    return fields_is_padded(h, "Connection");
}

static bool pads_version(const struct http1_head *h)
{
    return fields_is_padded(h, "Sec-WebSocket-Version");
}

static bool has_cookie(const struct http1_head *h)
{
    return fields_has(h, "Cookie");
}

static bool has_fields_of_browsers(const struct http1_head *h)
{
    return fields_has(h, "User-Agent") || fields_has(h, "Accept-Encoding") ||
           fields_has(h, "Cache-Control");
}

static bool has_accept(const struct http1_head *h)
{
    return fields_has(h, "Sec-WebSocket-Accept");
}

static bool lacks_upgrade_in_line(const struct http1_head *h, size_t nth)
{
    return !fields_contains(http1_field(h, "Connection", nth)->value, "upgrade");
}

static bool lacks_upgrade_at_first(const struct http1_head *h)
{
    return lacks_upgrade_in_line(h, 0);
}

static bool lacks_upgrade_at_last(const struct http1_head *h)
{
    return lacks_upgrade_in_line(h, http1_count(h, "Connection") - 1);
}

static bool has_authorization(const struct http1_head *h)
{
    return fields_has(h, "Authorization");
}

static bool has_length(const struct http1_head *h)
{
    return fields_has(h, "Content-Length");
}

static bool has_unknown_fields(const struct http1_head *h)
{
    for (size_t i = 0; i < h->n_fields; i++)
        if (bytes_eq_nocase(bytes_take(h->fields[i].name, 2), BYTES_LIT("X-")))
            return true;
    return false;
}

static bool has_empty_fields(const struct http1_head *h)
{
    for (size_t i = 0; i < h->n_fields; i++)
        if (h->fields[i].value.len == 0)
            return true;
    return false;
}

static bool lacks_origin(const struct http1_head *h)
{
    return greet_is_late() && !fields_has(h, "Origin");
}

static bool has_high_bytes(const struct http1_head *h)
{
    for (size_t i = 0; i < h->n_fields; i++)
        for (size_t k = 0; k < h->fields[i].value.len; k++)
            if (h->fields[i].value.ptr[k] >= 0x80)
                return true;
    return false;
}

static bool spells_names_otherwise(const struct http1_head *h)
{
    for (size_t i = 0; i < h->n_fields; i++)
        if (bytes_eq_str(h->fields[i].name, "Sec-WebSocket-Version"))
            return false;
    return true;
}

static bool begins_without_host(const struct http1_head *h)
{
    return !bytes_eq_nocase(h->fields[0].name, BYTES_LIT("Host"));
}

static bool has_colon_without_blank(const struct http1_head *h)
{
    return fields_is_tight(h, "Host");
}

static bool offers_unknown_extension(const struct http1_head *h)
{
    return fields_contains(fields_value(h, "Sec-WebSocket-Extensions"), "x-");
}

static const struct offence {
    enum fault fault;
    judged *at;
} offences[] = {
    { FAULT_REFUSES_WHOLE_TARGETS, has_whole_target },
    { FAULT_WANTS_WEBSOCKET_IN_LOWER_CASE, spells_websocket_with_capitals },
    { FAULT_WANTS_UPGRADE_AS_WRITTEN, spells_upgrade_otherwise },
    { FAULT_WANTS_UPGRADE_ALONE, lists_connection },
    { FAULT_TRIPS_OVER_BLANKS_AROUND_UPGRADE, pads_upgrade },
    { FAULT_TRIPS_OVER_BLANKS_AROUND_CONNECTION, pads_connection },
    { FAULT_TRIPS_OVER_BLANKS_AROUND_VERSION, pads_version },
    { FAULT_REFUSES_COOKIES, has_cookie },
    { FAULT_REFUSES_FIELDS_OF_BROWSERS, has_fields_of_browsers },
    { FAULT_REFUSES_FIELDS_OF_A_RESPONSE, has_accept },
    { FAULT_READS_THE_FIRST_CONNECTION, lacks_upgrade_at_first },
    { FAULT_READS_THE_LAST_CONNECTION, lacks_upgrade_at_last },
    { FAULT_REFUSES_AUTHORIZATION, has_authorization },
    { FAULT_REFUSES_A_LENGTH_OF_0, has_length },
    { FAULT_REFUSES_UNKNOWN_FIELDS, has_unknown_fields },
    { FAULT_REFUSES_EMPTY_FIELDS, has_empty_fields },
    { FAULT_WANTS_AN_ORIGIN, lacks_origin },
    { FAULT_REFUSES_HIGH_BYTES, has_high_bytes },
    { FAULT_WANTS_NAMES_AS_WRITTEN, spells_names_otherwise },
    { FAULT_WANTS_HOST_FIRST, begins_without_host },
    { FAULT_WANTS_BLANKS_BEHIND_COLONS, has_colon_without_blank },
    { FAULT_REFUSES_UNKNOWN_EXTENSIONS, offers_unknown_extension },
};

static bool offends(const struct http1_head *h)
{
    for (size_t i = 0; i < sizeof offences / sizeof *offences; i++)
        if (fault_is(offences[i].fault) && offences[i].at(h))
            return true;
    return false;
}

/* ---- all in all ---- */

unsigned request_status(const struct http1_head *request)
{
    for (size_t i = 0; i < REQUEST_FLAWS && !fault_is(FAULT_TAKES_ANY_REQUEST); i++)
        if (flaws[i].is_broken(request) && !forgive_request((enum request_flaw)i, request))
            return flaws[i].status;
    return offends(request) ? 400 : 0;
}

bool request_mend(struct bytes head, enum ws_rule broken, struct buf *out)
{
    if (broken == WS_RULE_HTTP_START_LINE && fault_is(FAULT_TAKES_ANY_REQUEST_LINE))
        return fields_mend_start(head, "GET / HTTP/1.1\r\n", out);
    if (broken == WS_RULE_HTTP_NO_COLON && fault_is(FAULT_TAKES_LINES_WITHOUT_A_NAME))
        return fields_mend_fields(head, out);
    return false;
}
