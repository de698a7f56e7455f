#include "faulty/forgive.h"

#include "base/text.h"
#include "faulty/fault.h"
#include "faulty/fields.h"

static bool is_get_without_case(const struct http1_head *h)
{
    return bytes_eq_nocase(h->method, BYTES_LIT("GET"));
}

static bool has_odd_names(const struct http1_head *h)
{
    return fields_has_oddity(h, WS_RULE_HTTP_NAME_CHARS) &&
           !fields_has_oddity(h, WS_RULE_HTTP_VALUE_CHARS);
}

static bool has_odd_values(const struct http1_head *h)
{
    return fields_has_oddity(h, WS_RULE_HTTP_VALUE_CHARS) &&
           !fields_has_oddity(h, WS_RULE_HTTP_NAME_CHARS);
}

static bool lacks_upgrade(const struct http1_head *h)
{
    return !fields_has(h, "Upgrade");
}

static bool names_other_upgrade(const struct http1_head *h)
{
    return fields_value(h, "Upgrade").len > 0;
}

static bool has_empty_upgrade(const struct http1_head *h)
{
    return fields_has(h, "Upgrade") && fields_value(h, "Upgrade").len == 0;
}

static bool contains_websocket(const struct http1_head *h)
{
    return fields_contains(fields_value(h, "Upgrade"), "websocket");
}

static bool lacks_connection(const struct http1_head *h)
{
    return !fields_has(h, "Connection");
}

static bool names_other_connection(const struct http1_head *h)
{
    return fields_value(h, "Connection").len > 0;
}

static bool has_empty_connection(const struct http1_head *h)
{
    return fields_has(h, "Connection") && fields_value(h, "Connection").len == 0;
}

static bool contains_upgrade(const struct http1_head *h)
{
    return fields_contains(fields_value(h, "Connection"), "upgrade");
}

static bool lacks_version(const struct http1_head *h)
{
    return !fields_has(h, "Sec-WebSocket-Version");
}

static struct bytes version_of(const struct http1_head *h)
{
    return fields_value(h, "Sec-WebSocket-Version");
}

static bool has_empty_version(const struct http1_head *h)
{
    return fields_has(h, "Sec-WebSocket-Version") && version_of(h).len == 0;
}

static bool version_number(const struct http1_head *h, uint64_t *out)
{
    return text_number(version_of(h), UINT64_MAX, out);
}

static bool has_a_number(const struct http1_head *h)
{
    uint64_t n;

    return version_number(h, &n);
}

static bool is_no_number(const struct http1_head *h)
{
    uint64_t n;

    return version_of(h).len > 0 && !version_number(h, &n);
}

static bool is_13(const struct http1_head *h)
{
    uint64_t n;

    return version_number(h, &n) && n == 13;
}

static bool is_13_in_8_bits(const struct http1_head *h)
{
    uint64_t n;

    return version_number(h, &n) && (uint8_t)n == 13;
}

static bool is_13_in_32_bits(const struct http1_head *h)
{
    uint64_t n;

    return version_number(h, &n) && (uint32_t)n == 13;
}

/* As atoi reads it. */
static bool begins_with_13(const struct http1_head *h)
{
    struct bytes v = version_of(h);

    return bytes_starts(v, BYTES_LIT("13")) && !(v.len > 2 && v.ptr[2] >= '0' && v.ptr[2] <= '9');
}

static bool lists_13(const struct http1_head *h)
{
    return http1_has_token(h, "Sec-WebSocket-Version", "13");
}

static bool is_plus_13(const struct http1_head *h)
{
    return bytes_eq_str(version_of(h), "+13");
}

static bool is_0x0d(const struct http1_head *h)
{
    return bytes_eq_nocase(version_of(h), BYTES_LIT("0x0d"));
}

static bool is_quoted_13(const struct http1_head *h)
{
    return bytes_eq_str(version_of(h), "\"13\"");
}

static bool repeats_version(const struct http1_head *h)
{
    return http1_count(h, "Sec-WebSocket-Version") > 1;
}

static bool lacks_key(const struct http1_head *h)
{
    return !fields_has(h, "Sec-WebSocket-Key");
}

static bool has_empty_key(const struct http1_head *h)
{
    return fields_has(h, "Sec-WebSocket-Key") && fields_value(h, "Sec-WebSocket-Key").len == 0;
}

static bool decodes_to_less(const struct http1_head *h)
{
    return request_key_bytes(h) > 0 && request_key_bytes(h) < REQUEST_KEY_BYTES;
}

static bool decodes_to_more(const struct http1_head *h)
{
    return request_key_bytes(h) > REQUEST_KEY_BYTES;
}

static bool has_a_keys_length(const struct http1_head *h)
{
    return fields_value(h, "Sec-WebSocket-Key").len == REQUEST_KEY_TEXT;
}

static bool ends_without_padding(const struct http1_head *h)
{
    struct bytes key = fields_value(h, "Sec-WebSocket-Key");

    return key.len == REQUEST_KEY_TEXT - 2 || key.len == REQUEST_KEY_TEXT - 1;
}

/* Two rows where one sin shows in two of the checks. */
static const struct pardon {
    enum fault fault;
    enum request_flaw of;
    judged *if_it; /* NULL: always */
} pardons[] = {
    { FAULT_TAKES_ANY_METHOD, REQUEST_METHOD, NULL },
    { FAULT_TAKES_GET_IN_LOWER_CASE, REQUEST_METHOD, is_get_without_case },
    { FAULT_TAKES_HTTP_1_0, REQUEST_OLD_HTTP, NULL },
    { FAULT_TAKES_NAMES_THAT_ARE_NO_TOKENS, REQUEST_ODD_LINES, has_odd_names },
    { FAULT_TAKES_NUL_IN_A_REQUEST, REQUEST_ODD_LINES, has_odd_values },
    { FAULT_TAKES_NO_HOST, REQUEST_NO_HOST, NULL },
    { FAULT_TAKES_TWO_HOSTS, REQUEST_TWO_HOSTS, NULL },
    { FAULT_TAKES_NO_UPGRADE, REQUEST_UPGRADE, lacks_upgrade },
    { FAULT_TAKES_EMPTY_UPGRADE, REQUEST_UPGRADE, has_empty_upgrade },
    { FAULT_TAKES_ANY_UPGRADE, REQUEST_UPGRADE, names_other_upgrade },
    { FAULT_FINDS_WEBSOCKET_IN_A_WORD, REQUEST_UPGRADE, contains_websocket },
    { FAULT_TAKES_NO_CONNECTION, REQUEST_CONNECTION, lacks_connection },
    { FAULT_TAKES_EMPTY_CONNECTION, REQUEST_CONNECTION, has_empty_connection },
    { FAULT_TAKES_ANY_CONNECTION, REQUEST_CONNECTION, names_other_connection },
    { FAULT_FINDS_UPGRADE_IN_A_WORD, REQUEST_CONNECTION, contains_upgrade },
    { FAULT_TAKES_TWO_VERSIONS, REQUEST_TWO_VERSIONS, NULL },
    { FAULT_TAKES_TWO_VERSIONS, REQUEST_VERSION, repeats_version },
    { FAULT_TAKES_NO_VERSION, REQUEST_VERSION, lacks_version },
    { FAULT_TAKES_EMPTY_VERSION, REQUEST_VERSION, has_empty_version },
    { FAULT_TAKES_ANY_NUMBER_FOR_A_VERSION, REQUEST_VERSION, has_a_number },
    { FAULT_TAKES_WORDS_FOR_A_VERSION, REQUEST_VERSION, is_no_number },
    { FAULT_READS_13_IN_FRONT, REQUEST_VERSION, begins_with_13 },
    { FAULT_FINDS_13_IN_A_LIST, REQUEST_VERSION, lists_13 },
    { FAULT_READS_013, REQUEST_VERSION, is_13 },
    { FAULT_READS_PLUS_13, REQUEST_VERSION, is_plus_13 },
    { FAULT_READS_0X0D, REQUEST_VERSION, is_0x0d },
    { FAULT_READS_QUOTED_13, REQUEST_VERSION, is_quoted_13 },
    { FAULT_CUTS_VERSION_TO_8_BITS, REQUEST_VERSION, is_13_in_8_bits },
    { FAULT_CUTS_VERSION_TO_32_BITS, REQUEST_VERSION, is_13_in_32_bits },
    { FAULT_TAKES_NO_KEY, REQUEST_NO_KEY, lacks_key },
    { FAULT_TAKES_NO_KEY, REQUEST_KEY, lacks_key },
    { FAULT_TAKES_EMPTY_KEY, REQUEST_NO_KEY, has_empty_key },
    { FAULT_TAKES_EMPTY_KEY, REQUEST_KEY, has_empty_key },
    { FAULT_TAKES_TWO_KEYS, REQUEST_TWO_KEYS, NULL },
    { FAULT_TAKES_ANY_KEY, REQUEST_KEY, NULL },
    { FAULT_TAKES_SHORT_KEYS, REQUEST_KEY, decodes_to_less },
    { FAULT_TAKES_LONG_KEYS, REQUEST_KEY, decodes_to_more },
    { FAULT_TAKES_24_CHARACTERS_FOR_A_KEY, REQUEST_KEY, has_a_keys_length },
    { FAULT_TAKES_KEYS_WITHOUT_PADDING, REQUEST_KEY, ends_without_padding },
    { FAULT_TAKES_BROKEN_PROTOCOLS, REQUEST_PROTOCOL, NULL },
};

bool forgive_request(enum request_flaw flaw, const struct http1_head *h)
{
    for (size_t i = 0; i < sizeof pardons / sizeof *pardons; i++) {
        const struct pardon *p = &pardons[i];
        if (fault_is(p->fault) && p->of == flaw && (!p->if_it || p->if_it(h)))
            return true;
    }
    return false;
}
