#include "run/expect_head.h"

#include "run/talk.h"

static bool status_fits(const struct expect *want, unsigned status)
{
    for (size_t k = 0; k < want->n_statuses; k++)
        if (status >= want->statuses[k].from && status <= want->statuses[k].to)
            return true;
    return want->n_statuses == 0 && (want->kind == EXPECT_RESPONSE || status / 100 == 4);
}

/* Is it this element as a whole, its name, or one of its parameters, with or without the value? */
static bool is_or_has(struct bytes element, struct bytes value)
{
    if (bytes_eq_nocase(element, value))
        return true;
    for (size_t at = 0; at < element.len;) {
        size_t end = bytes_index(element, at, ';');
        struct bytes part = bytes_trim(bytes_skip(bytes_take(element, end), at));
        struct bytes name = bytes_trim(bytes_take(part, bytes_index(part, 0, '=')));
        if (bytes_eq_nocase(part, value) || bytes_eq_nocase(name, value))
            return true;
        at = end + 1;
    }
    return false;
}

/* `has` and `lacks` look for an element of the list over all lines, `has ""` for any line; `is` for
 * a line. */
static bool cond_holds(const struct cond *cond, const struct http1_head *head, struct bytes value)
{
    for (size_t n = 0;; n++) {
        const struct http1_field *field = http1_field(head, cond->name, n);
        struct bytes rest, element;
        if (!field)
            return cond->kind == COND_LACKS || (cond->kind == COND_ABSENT && n == 0);
        if (cond->kind == COND_ABSENT)
            return false;
        if (cond->kind == COND_IS && bytes_eq(field->value, value))
            return true;
        if (cond->kind == COND_HAS && value.len == 0)
            return true;
        rest = field->value;
        while (http1_list_next(&rest, &element))
            if (cond->kind != COND_IS && is_or_has(element, value))
                return cond->kind == COND_HAS;
    }
}

/* The name that came with the TLS of this connection; empty: none. */
static struct bytes sni_of(const struct transcript *t, uint32_t connection)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->entries[i].kind == ENTRY_CONNECTED && t->entries[i].connection == connection)
            return t->entries[i].data;
    return (struct bytes){ 0 };
}

static struct bytes start_line(const struct entry *e)
{
    struct bytes line = bytes_take(e->data, bytes_index(e->data, 0, '\n'));

    return line.len > 0 && line.ptr[line.len - 1] == '\r' ? bytes_take(line, line.len - 1) : line;
}

/* A value is filled in without the heap: nothing but the target may decide here. */
#define COND_TEXT_MAX 8192 /* no header that a case asks for is as long */

static bool holds(const struct expectation *x, const struct cond *cond, const struct entry *e,
                  const struct http1_head *head, struct bytes value)
{
    switch (cond->kind) {
    case COND_LINE: return bytes_eq(start_line(e), value);
    case COND_SNI: return bytes_eq_nocase(sni_of(x->t, e->connection), value);
    case COND_NO_SNI: return sni_of(x->t, e->connection).len == 0;
    case COND_IS:
    case COND_HAS:
    case COND_LACKS:
    case COND_ABSENT: break;
    }
    return cond_holds(cond, head, value);
}

static bool conds_hold(struct expectation *x, const struct entry *e, const struct http1_head *head)
{
    struct talk_env env;
    uint8_t text[COND_TEXT_MAX];
    struct transcript upto = *x->t; /* of several requests, this one's places are meant */

    upto.count = (size_t)(e - x->t->entries) + 1;
    talk_env(&upto, e->connection, x->options->role, &env);
    for (size_t k = 0; k < x->step->as.expect.n_conds; k++) {
        const struct cond *cond = &x->step->as.expect.conds[k];
        struct payload value = { .kind = PAYLOAD_TEMPLATE, .bytes = cond->value };
        uint64_t len = payload_len(&value, &env.env);
        if (len > sizeof text)
            return false;
        payload_read(&value, &env.env, 0, text, (size_t)len);
        if (!holds(x, cond, e, head, bytes_of(text, (size_t)len)))
            return false;
    }
    return true;
}

static enum taken refused_by_head(struct expectation *x, const struct entry *e)
{
    struct http1_head head;

    if (!talk_head(e, &head))
        return expectation_yes(x, GRADE_WARN, "the answer is no HTTP response");
    if (head.status / 100 == 1 && head.status != 101)
        return TAKEN_SKIP;
    if (head.status == 101)
        return expectation_no(x, "it accepted the handshake");
    if (!status_fits(&x->step->as.expect, head.status))
        return expectation_yes(x, GRADE_WARN, "it refused with another status");
    return conds_hold(x, e, &head) ? expectation_yes(x, GRADE_PASS, NULL)
                                   : expectation_no(x, "the response lacks a header that it needs");
}

enum taken expect_refused(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_HEAD_IN)
        return refused_by_head(x, e);
    if (e->kind == ENTRY_HEAD_BAD)
        return expectation_yes(x, GRADE_WARN, "the answer is no HTTP response");
    if (e->kind == ENTRY_END_IN)
        return expectation_yes(x, GRADE_WARN, "it ended the connection without an HTTP response");
    return TAKEN_SKIP;
}

enum taken expect_head(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);
    struct http1_head head;

    if (e->kind == ENTRY_HEAD_BAD)
        return expectation_no(x, "what came is no HTTP head");
    if (e->kind != ENTRY_HEAD_IN)
        return TAKEN_SKIP;
    if (!talk_head(e, &head))
        return expectation_no(x, "what came is no HTTP head");
    if (head.kind == HTTP1_RESPONSE && !status_fits(&x->step->as.expect, head.status))
        return head.status / 100 == 1 && head.status != 101
                   ? TAKEN_SKIP
                   : expectation_no(x, "it answered with another status");
    return conds_hold(x, e, &head) ? expectation_yes(x, GRADE_PASS, NULL)
                                   : expectation_no(x, "the head is not as it has to be");
}

enum taken expect_open(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);
    unsigned status;

    if (e->kind == ENTRY_HEAD_BAD)
        return expectation_no(x, "what came is no HTTP response");
    if (e->kind != ENTRY_HEAD_IN || x->options->role == ROLE_CLIENT)
        return TAKEN_SKIP;
    status = talk_status(e);
    if (status == 101)
        return expectation_yes(x, GRADE_PASS, NULL);
    return status / 100 == 1 ? TAKEN_SKIP : expectation_no(x, "the handshake was refused");
}
