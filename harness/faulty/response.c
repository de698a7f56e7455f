#include "faulty/response.h"

#include "faulty/fault.h"
#include "faulty/fields.h"
#include "faulty/greet.h"

struct answered {
    const struct http1_head *head;
    struct bytes key;
    struct bytes accept, right; /* what came, and what should have */
};

typedef bool judged(const struct answered *a);

/* ---- what is wrong with a response ---- */

static bool has_other_status(const struct answered *a)
{
    return a->head->status != 101;
}

static bool is_old_http(const struct answered *a)
{
    return a->head->major < 1 || (a->head->major == 1 && a->head->minor < 1);
}

static bool is_odd(const struct answered *a)
{
    return greet_is_odd(a->head, true);
}

static bool has_other_upgrade(const struct answered *a)
{
    return !greet_is(a->head, "Upgrade", "websocket");
}

static bool has_no_connection(const struct answered *a)
{
    return !http1_has_token(a->head, "Connection", "Upgrade");
}

static bool has_other_accept(const struct answered *a)
{
    return !bytes_eq(a->accept, a->right);
}

static bool has_two_accepts(const struct answered *a)
{
    return http1_count(a->head, "Sec-WebSocket-Accept") > 1;
}

static const struct flaw {
    judged *is_broken;
    const char *what;
} flaws[] = {
    { has_other_status, "the status is not 101" },
    { is_old_http, "the response is older than HTTP/1.1" },
    { is_odd, "a header line is odd" },
    { has_other_upgrade, "Upgrade is not websocket" },
    { has_no_connection, "Connection does not name Upgrade" },
    { has_other_accept, "Sec-WebSocket-Accept is wrong" },
    { has_two_accepts, "Sec-WebSocket-Accept is there twice" },
};

/* ---- what a fault forgives ---- */

static bool is_success(const struct answered *a)
{
    return a->head->status / 100 == 2;
}

static bool is_redirect(const struct answered *a)
{
    return a->head->status / 100 == 3;
}

static bool is_error(const struct answered *a)
{
    return a->head->status >= 400;
}

static bool lacks_upgrade(const struct answered *a)
{
    return !fields_has(a->head, "Upgrade");
}

static bool names_other_upgrade(const struct answered *a)
{
    return fields_has(a->head, "Upgrade");
}

static bool contains_websocket(const struct answered *a)
{
    return fields_contains(fields_value(a->head, "Upgrade"), "websocket");
}

static bool lacks_connection(const struct answered *a)
{
    return !fields_has(a->head, "Connection");
}

static bool names_other_connection(const struct answered *a)
{
    return fields_has(a->head, "Connection");
}

static bool contains_upgrade(const struct answered *a)
{
    return fields_contains(fields_value(a->head, "Connection"), "upgrade");
}

static bool lacks_accept(const struct answered *a)
{
    return !fields_has(a->head, "Sec-WebSocket-Accept");
}

static bool has_empty_accept(const struct answered *a)
{
    return fields_has(a->head, "Sec-WebSocket-Accept") && a->accept.len == 0;
}

static bool is_the_key(const struct answered *a)
{
    return bytes_eq(a->accept, a->key);
}

static bool is_accept_without_case(const struct answered *a)
{
    return bytes_eq_nocase(a->accept, a->right);
}

static bool begins_with_accept(const struct answered *a)
{
    return bytes_starts(a->accept, a->right);
}

static bool holds_accept(const struct answered *a)
{
    return bytes_find(a->accept, a->right) < a->accept.len;
}

static bool ends_as_accept(const struct answered *a)
{
    return bytes_eq(bytes_skip(a->accept, 1), bytes_skip(a->right, 1));
}

static bool has_accepts_length(const struct answered *a)
{
    return a->accept.len == GREET_ACCEPT_TEXT;
}

static bool has_a_right_accept(const struct answered *a)
{
    const struct http1_field *field;
    for (size_t n = 0; (field = http1_field(a->head, "Sec-WebSocket-Accept", n)); n++)
        if (bytes_eq(field->value, a->right))
            return true;
    return false;
}

/* Two rows where one sin shows in two of the checks. */
static const struct pardon {
    enum fault fault;
    judged *of, *if_it; /* NULL: always */
} pardons[] = {
    { FAULT_TAKES_SUCCESS_FOR_101, has_other_status, is_success },
    { FAULT_TAKES_REDIRECTS_FOR_101, has_other_status, is_redirect },
    { FAULT_TAKES_ERRORS_FOR_101, has_other_status, is_error },
    { FAULT_TAKES_A_101_OF_HTTP_1_0, is_old_http, NULL },
    { FAULT_TAKES_ODD_LINES_IN_A_101, is_odd, NULL },
    { FAULT_TAKES_A_101_WITHOUT_UPGRADE, has_other_upgrade, lacks_upgrade },
    { FAULT_TAKES_ANOTHER_UPGRADE, has_other_upgrade, names_other_upgrade },
    { FAULT_TAKES_AN_UPGRADE_THAT_HOLDS_WEBSOCKET, has_other_upgrade, contains_websocket },
    { FAULT_TAKES_A_101_WITHOUT_CONNECTION, has_no_connection, lacks_connection },
    { FAULT_TAKES_ANOTHER_CONNECTION, has_no_connection, names_other_connection },
    { FAULT_TAKES_A_CONNECTION_THAT_HOLDS_UPGRADE, has_no_connection, contains_upgrade },
    { FAULT_TAKES_A_101_WITHOUT_ACCEPT, has_other_accept, lacks_accept },
    { FAULT_TAKES_AN_EMPTY_ACCEPT, has_other_accept, has_empty_accept },
    { FAULT_TAKES_ANY_ACCEPT, has_other_accept, NULL },
    { FAULT_TAKES_THE_KEY_FOR_ACCEPT, has_other_accept, is_the_key },
    { FAULT_TAKES_ACCEPT_IN_ANY_CASE, has_other_accept, is_accept_without_case },
    { FAULT_TAKES_WHAT_BEGINS_AS_ACCEPT, has_other_accept, begins_with_accept },
    { FAULT_TAKES_WHAT_HOLDS_ACCEPT, has_other_accept, holds_accept },
    { FAULT_TAKES_WHAT_ENDS_AS_ACCEPT, has_other_accept, ends_as_accept },
    { FAULT_TAKES_28_CHARACTERS_FOR_ACCEPT, has_other_accept, has_accepts_length },
    { FAULT_TAKES_TWO_ACCEPTS, has_two_accepts, NULL },
    { FAULT_TAKES_ANY_TWO_ACCEPTS, has_other_accept, has_two_accepts },
    { FAULT_TAKES_ANY_TWO_ACCEPTS, has_two_accepts, NULL },
    { FAULT_LOOKS_FOR_A_RIGHT_ACCEPT, has_other_accept, has_a_right_accept },
    { FAULT_LOOKS_FOR_A_RIGHT_ACCEPT, has_two_accepts, has_a_right_accept },
};

static bool is_forgiven(judged *flaw, const struct answered *a)
{
    for (size_t i = 0; i < sizeof pardons / sizeof *pardons; i++) {
        const struct pardon *p = &pardons[i];
        if (fault_is(p->fault) && p->of == flaw && (!p->if_it || p->if_it(a)))
            return true;
    }
    return false;
}

/* ---- what a fault takes offence at ---- */

static bool spells_websocket_with_capitals(const struct answered *a)
{
    return !bytes_eq_str(fields_value(a->head, "Upgrade"), "websocket");
}

static bool spells_upgrade_otherwise(const struct answered *a)
{
    struct bytes connection = fields_value(a->head, "Connection");

    return bytes_find(connection, BYTES_LIT("Upgrade")) == connection.len;
}

static bool lists_connection(const struct answered *a)
{
    return !bytes_eq_nocase(fields_value(a->head, "Connection"), BYTES_LIT("Upgrade"));
}

static bool pads_upgrade(const struct answered *a)
{
    return fields_is_padded(a->head, "Upgrade");
}

static bool pads_connection(const struct answered *a)
{
    return fields_is_padded(a->head, "Connection");
}

static bool pads_accept(const struct answered *a)
{
    return fields_is_padded(a->head, "Sec-WebSocket-Accept");
}

static bool lacks_blanks_behind_colons(const struct answered *a)
{
    return fields_is_tight(a->head, "Sec-WebSocket-Accept");
}

static bool spells_names_otherwise(const struct answered *a)
{
    for (size_t i = 0; i < a->head->n_fields; i++)
        if (bytes_eq_str(a->head->fields[i].name, "Sec-WebSocket-Accept"))
            return false;
    return true;
}

static bool begins_without_upgrade(const struct answered *a)
{
    return !bytes_eq_nocase(a->head->fields[0].name, BYTES_LIT("Upgrade"));
}

static bool has_unknown_fields(const struct answered *a)
{
    return fields_has(a->head, "X-Unknown");
}

static bool has_cookie(const struct answered *a)
{
    return fields_has(a->head, "Set-Cookie");
}

static bool has_other_reason(const struct answered *a)
{
    return !bytes_eq_str(a->head->reason, "Switching Protocols");
}

static const struct offence {
    enum fault fault;
    judged *at;
} offences[] = {
    { FAULT_WANTS_ANSWERED_WEBSOCKET_IN_LOWER_CASE, spells_websocket_with_capitals },
    { FAULT_WANTS_ANSWERED_UPGRADE_AS_WRITTEN, spells_upgrade_otherwise },
    { FAULT_WANTS_ANSWERED_UPGRADE_ALONE, lists_connection },
    { FAULT_TRIPS_OVER_BLANKS_AROUND_ANSWERED_UPGRADE, pads_upgrade },
    { FAULT_TRIPS_OVER_BLANKS_AROUND_ANSWERED_CONNECTION, pads_connection },
    { FAULT_TRIPS_OVER_BLANKS_AROUND_ACCEPT, pads_accept },
    { FAULT_WANTS_BLANKS_IN_A_101, lacks_blanks_behind_colons },
    { FAULT_WANTS_ANSWERED_NAMES_AS_WRITTEN, spells_names_otherwise },
    { FAULT_WANTS_ANSWERED_UPGRADE_FIRST, begins_without_upgrade },
    { FAULT_REFUSES_UNKNOWN_ANSWERED_FIELDS, has_unknown_fields },
    { FAULT_REFUSES_SET_COOKIE, has_cookie },
    { FAULT_WANTS_THE_USUAL_REASON, has_other_reason },
};

static bool offends(const struct answered *a)
{
    for (size_t i = 0; i < sizeof offences / sizeof *offences; i++)
        if (fault_is(offences[i].fault) && offences[i].at(a))
            return true;
    return false;
}

/* ---- all in all ---- */

const char *response_trouble(const struct http1_head *response, struct bytes key)
{
    char right[GREET_ACCEPT_TEXT + 1];
    struct answered a = { response, key, fields_value(response, "Sec-WebSocket-Accept"),
                          bytes_of(right, GREET_ACCEPT_TEXT) };

    greet_accept(key, right);
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++)
        if (flaws[i].is_broken(&a) && !is_forgiven(flaws[i].is_broken, &a))
            return flaws[i].what;
    return offends(&a) ? "it is not to its taste" : NULL;
}

bool response_mend(struct bytes head, enum ws_rule broken, struct buf *out)
{
    if (broken == WS_RULE_HTTP_START_LINE && fault_is(FAULT_TAKES_ANY_STATUS_LINE))
        return fields_mend_start(head, "HTTP/1.1 101 Switching Protocols\r\n", out);
    if (broken == WS_RULE_HTTP_NO_COLON && fault_is(FAULT_TAKES_A_101_WITH_NO_COLON))
        return fields_mend_fields(head, out);
    return false;
}
