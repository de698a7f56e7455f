#include "script/print.h"

#include "base/text.h"
#include "script/print_parts.h"

#include <inttypes.h>
#include <string.h>

static bool put_text(const char *text, bool places, struct buf *out)
{
    return script_put_string(bytes_str(text), places, out);
}

static bool put_value(const struct value *v, struct buf *out)
{
    static const char *const hows[] = { NULL, "lower", "flip", "of" };

    if (v->kind == VALUE_TEXT)
        return script_put_string(v->text, true, out);
    if (bytes_eq_str(v->text, "${key}"))
        return buf_print(out, "accept(%s ${key})", hows[v->kind]);
    return buf_print(out, "accept(%s ", hows[v->kind]) && script_put_string(v->text, true, out) &&
           buf_push(out, ')');
}

static bool put_edit(const struct edit *e, struct buf *out)
{
    static const char *const words[] = { "line", "header", "add", "omit", "rawline", "body" };

    if (!buf_print(out, "%s ", words[e->kind]))
        return false;
    if (e->name && !put_text(e->name, false, out))
        return false;
    if (e->kind == EDIT_OMIT)
        return true;
    return (!e->name || buf_push(out, ' ')) && put_value(&e->value, out);
}

static bool put_edits(const struct head_edits *head, bool lines, struct buf *out)
{
    char between = lines ? '\n' : ' ';

    if (!buf_print(out, " {"))
        return false;
    for (size_t i = 0; i < head->count; i++)
        if (!buf_push(out, (uint8_t)between) || !put_edit(&head->edits[i], out))
            return false;
    return buf_push(out, (uint8_t)between) && buf_push(out, '}');
}

static bool put_param(const struct ext_param *param, struct buf *out)
{
    uint64_t ignored;

    if (!buf_print(out, " %s", param->name))
        return false;
    if (!param->value)
        return true;
    if (text_number(bytes_str(param->value), UINT64_MAX, &ignored))
        return buf_print(out, " %s", param->value);
    return buf_push(out, ' ') && put_text(param->value, false, out);
}

static bool put_extension(const struct ext_offer *e, struct buf *out)
{
    if (!put_text(e->name, false, out))
        return false;
    if (e->n_params == 0)
        return true;
    if (!buf_print(out, " {"))
        return false;
    for (size_t i = 0; i < e->n_params; i++)
        if (!put_param(&e->params[i], out))
            return false;
    return buf_print(out, " }");
}

/* A number as a range would write it. */
static bool is_plain_number(const char *text, uint64_t *out)
{
    return text_number(bytes_str(text), UINT32_MAX, out) && (text[0] != '0' || text[1] == '\0');
}

/* How many values from here on count up by one. */
static size_t run_len(const char *const *values, size_t count)
{
    uint64_t first, next;
    size_t n = 1;

    if (!is_plain_number(values[0], &first))
        return 1;
    while (n < count && is_plain_number(values[n], &next) && next == first + n)
        n++;
    return n;
}

static bool is_plain_word(const char *text)
{
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

bool script_put_values(const char *const *values, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count;) {
        size_t run = run_len(values + i, count - i);
        bool ok = i == 0 || buf_push(out, ' ');
        if (run > 2)
            ok = ok && buf_print(out, "%s..%s", values[i], values[i + run - 1]);
        else if (is_plain_word(values[i]))
            ok = ok && buf_print(out, "%s", values[i]);
        else
            ok = ok && put_text(values[i], false, out);
        if (!ok)
            return false;
        i += run > 2 ? run : 1;
    }
    return true;
}

static bool put_branch(const struct step *s, struct buf *out)
{
    static const char *const words[] = { "pass", "info", "warn", "fail" };

    if (!buf_print(out, "%s", words[s->as.branch.grade]))
        return false;
    return !s->as.branch.why || (buf_push(out, ' ') && put_text(s->as.branch.why, false, out));
}

static bool put_repeat(const struct step *s, struct buf *out)
{
    return buf_print(out, "%" PRIu64 "%s", s->as.repeat.count,
                     s->as.repeat.until_stalled ? " until stalled" : "");
}

/* Rows of several values stand in brackets, however the lists were written. */
static bool put_rows(const struct table *table, struct buf *out)
{
    for (size_t i = 0; i < table->count; i++)
        if (!buf_print(out, i == 0 ? "(" : " (") ||
            !script_put_values(table->values + i * table->width, table->width, out) ||
            !buf_push(out, ')'))
            return false;
    return true;
}

static bool put_each(const struct table *table, struct buf *out)
{
    for (size_t k = 0; k < table->width; k++)
        if (!buf_print(out, k == 0 ? "%s" : ", %s", table->names[k]))
            return false;
    return buf_print(out, " in ") &&
           (table->width > 1 ? put_rows(table, out)
                             : script_put_values(table->values, table->count, out));
}

static bool put_told_header(const struct step *s, struct buf *out)
{
    return buf_push(out, ' ') && put_text(s->as.header.name, false, out) && buf_push(out, ' ') &&
           put_text(s->as.header.value, false, out);
}

/* What stands behind the step's word. */
static bool put_rest(const struct step *s, bool lines, struct buf *out)
{
    switch (s->op) {
    case OP_REQUEST:
    case OP_RESPONSE: return put_edits(&s->as.head, lines && s->as.head.count > 1, out);
    case OP_EXTENSION: return buf_push(out, ' ') && put_extension(&s->as.extension, out);
    case OP_SUBPROTOCOL:
    case OP_MEASURE: return buf_push(out, ' ') && put_text(s->as.text, false, out);
    case OP_URL: return buf_push(out, ' ') && put_text(s->as.text, true, out);
    case OP_HEADER: return put_told_header(s, out);
    case OP_LISTEN: return buf_print(out, " %u", s->as.port);
    case OP_TLS: return buf_print(out, " { cert %s }", s->as.text);
    case OP_SEND: return buf_push(out, ' ') && script_put_send(&s->as.send, out);
    case OP_SEND_MORE:
        return s->as.more.rest ? buf_print(out, " rest")
                               : buf_print(out, " %" PRIu64, s->as.more.count);
    case OP_REPEAT: return buf_push(out, ' ') && put_repeat(s, out);
    case OP_EACH: return buf_push(out, ' ') && put_each(&s->as.each, out);
    case OP_WAIT: return buf_push(out, ' ') && script_put_duration(s->as.wait_ms, out);
    case OP_READ: return buf_print(out, " %s", s->as.on ? "on" : "off");
    case OP_PROVOKE: return buf_print(out, " %s", s->as.text);
    case OP_CLOSE: return !s->as.close.has_code || buf_print(out, " %u", s->as.close.code);
    case OP_EXPECT: return buf_push(out, ' ') && script_put_expect(&s->as.expect, out);
    case OP_RAW:
    case OP_CONNECT:
    case OP_RECONNECT:
    case OP_TOGETHER:
    case OP_DROP:
    case OP_SHUTDOWN:
    case OP_UNORDERED:
    case OP_EITHER:
    case OP_PREFER:
    case OP_BRANCH:
    case OP_COUNT: return true;
    }
    return true;
}

bool script_put_step(const struct step *s, bool lines, struct buf *out)
{
    if (s->op == OP_BRANCH)
        return put_branch(s, out);
    return buf_print(out, "%s", script_op_word(s->op)) && put_rest(s, lines, out);
}

bool script_print_step(const struct step *step, struct buf *out)
{
    return script_put_step(step, false, out);
}
