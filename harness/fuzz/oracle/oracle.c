#include "fuzz/oracle/oracle_parts.h"

#include <stdarg.h>
#include <stdio.h>

#include "fuzz/oracle/reference.h"
#include "ws/frame.h"

static const char *const difference_names[] = {
    [FUZZ_SAME] = "same",
    [FUZZ_WRONG_ACCEPTANCE] = "wrong-acceptance",
    [FUZZ_WRONG_REFUSAL] = "wrong-refusal",
    [FUZZ_WRONG_CODE] = "wrong-code",
    [FUZZ_WRONG_ANSWER] = "wrong-answer",
    [FUZZ_LAW_BROKEN] = "law-broken",
    [FUZZ_CUT_DEPENDENT] = "cut-dependent",
};

const char *fuzz_difference_name(enum fuzz_difference difference)
{
    return difference_names[difference];
}

const char *fuzz_row_broken(enum fuzz_difference difference, enum ws_rule rule)
{
    return difference == FUZZ_LAW_BROKEN ? ws_rule_row(rule)->requirement : ws_rule_taken(rule);
}

/* -- findings -- */

void oracle_find(struct fuzz_finding *out, enum fuzz_difference difference, enum ws_rule rule,
                 const char *mark, const char *fmt, ...)
{
    const char *of = rule == WS_RULE_NONE ? mark : fuzz_row_broken(difference, rule);
    va_list args;

    out->difference = difference;
    out->rule = rule;
    snprintf(out->signature, sizeof out->signature, "%s.%s", difference_names[difference], of);
    va_start(args, fmt);
    vsnprintf(out->what, sizeof out->what, fmt, args);
    va_end(args);
}

static bool found(const struct fuzz_finding *out)
{
    return out->difference != FUZZ_SAME;
}

#define CLOSE_BYTES 4 /* at least, of the Close behind the wire */

/* -- accounts -- */

static bool has_pong(const struct fuzz_account *a, const struct fuzz_heard *pong)
{
    size_t at = 0;

    for (const struct fuzz_heard *h; (h = fuzz_account_next(a, FUZZ_HEARD_PONG, &at));)
        if (fuzz_heard_same(h, pong))
            return true;
    return false;
}

/* -- codes -- */

/* A Close as it is said when nothing is wrong. */
static bool all_was_well(const struct fuzz_heard *close)
{
    return !close->close.has_code || close->close.code == 1000;
}

/* Codes that those who know RFC 6455 alone need not know, or that are not for that side. */
static bool may_refuse_code(uint16_t code, enum case_role role)
{
    return (code >= 1012 && code <= 1014) || (code == 1011 && role == ROLE_SERVER) ||
           (code == 1010 && role == ROLE_CLIENT);
}

/* -- one account against the reference -- */

struct trial {
    const struct fuzz_terms *terms;
    const struct fuzz_account *account;
    const struct fuzz_reference *reference;
    const struct fuzz_heard *close; /* its own, NULL: none */
    uint64_t given;                 /* bytes */
    struct fuzz_finding *out;
};

static void accept_wrongly(const struct trial *t, const char *how)
{
    const struct violation *v = &t->reference->blamed;

    oracle_find(t->out, FUZZ_WRONG_ACCEPTANCE, v->rule, NULL, "%s, though at byte %llu %s", how,
                (unsigned long long)v->at, ws_rule_row(v->rule)->sentence);
}

/* More messages than the engine has. */
static void judge_surplus(const struct trial *t)
{
    switch (t->reference->end) {
    case FUZZ_REFERENCE_UNKNOWN: return;
    case FUZZ_REFERENCE_FAILED: accept_wrongly(t, "it delivered a message"); return;
    case FUZZ_REFERENCE_CLOSED:
        if (t->reference->more)
            return; /* what follows a Close is nobody's business */
        break;
    case FUZZ_REFERENCE_OPEN: break;
    }
    oracle_find(t->out, FUZZ_WRONG_ANSWER, WS_RULE_NONE, "message-surplus",
                "it delivered a message that nobody sent");
}

static void judge_messages(const struct trial *t)
{
    const struct fuzz_heard *had, *got;
    size_t had_at = 0, got_at = 0;

    if (!t->terms->messages)
        return;
    while (!found(t->out) && (got = fuzz_account_next(t->account, FUZZ_HEARD_MESSAGE, &got_at))) {
        had = fuzz_account_next(&t->reference->account, FUZZ_HEARD_MESSAGE, &had_at);
        if (!had) {
            judge_surplus(t);
            return;
        }
        if (!fuzz_heard_same(had, got))
            oracle_find(t->out, FUZZ_WRONG_ANSWER, WS_RULE_NONE,
                        had->opcode == got->opcode ? "message" : "message-type",
                        "a %s of %llu bytes came out as a %s of %llu bytes, or with other bytes",
                        ws_opcode_name(had->opcode), (unsigned long long)had->len,
                        ws_opcode_name(got->opcode), (unsigned long long)got->len);
    }
}

static void judge_law(const struct trial *t)
{
    const struct violation *v = &t->account->broken;
    const struct ws_rule_row *row = ws_rule_row(v->rule);

    if (v->rule == WS_RULE_NONE || row->level == WS_MAY ||
        (v->rule == WS_RULE_TEXT_NOT_UTF8 && t->terms->ignores_utf8))
        return;
    if (row->level == WS_MUST || t->terms->strict)
        oracle_find(t->out, FUZZ_LAW_BROKEN, v->rule, NULL, "at byte %llu of what it sent: %s",
                    (unsigned long long)v->at, row->sentence);
}

/* What it stumbled on: the first that the engine heard and it did not. */
static const char *stumbled_on(const struct trial *t)
{
    const struct fuzz_account *r = &t->reference->account;
    size_t messages = fuzz_account_count(t->account, FUZZ_HEARD_MESSAGE);

    for (size_t i = 0; i < r->count; i++) {
        const struct fuzz_heard *h = &r->heard[i];
        if (h->kind == FUZZ_HEARD_PONG && !has_pong(t->account, h))
            return "ping";
        if (h->kind == FUZZ_HEARD_MESSAGE && t->terms->messages && messages-- == 0)
            return ws_opcode_name(h->opcode);
    }
    return t->reference->end == FUZZ_REFERENCE_CLOSED ? "close" : "end";
}

static void refuse_wrongly(const struct trial *t)
{
    char mark[32];

    if (!t->close) {
        snprintf(mark, sizeof mark, "no-close-at-%s", stumbled_on(t));
        oracle_find(t->out, FUZZ_WRONG_REFUSAL, WS_RULE_NONE, mark,
                    "it ended the connection without a Close, though all was well (%s)",
                    stumbled_on(t));
        return;
    }
    snprintf(mark, sizeof mark, "%u-at-%s", t->close->close.code, stumbled_on(t));
    oracle_find(t->out, FUZZ_WRONG_REFUSAL, WS_RULE_NONE, mark,
                "it failed the connection with %u, though all was well (%s)", t->close->close.code,
                stumbled_on(t));
}

/* Somebody who guards himself against large messages may just end the connection. */
#define LARGE 65536

static bool is_too_large(const struct trial *t)
{
    const uint64_t max = t->terms->message_max;

    return t->reference->largest > (max > 0 ? max : LARGE - 1);
}

/* "Something you sent is wrong." What data it does not like is the application's affair, but for
 * one that echoes whatever comes: text that it does not like is no UTF-8 to it. */
static bool is_accused(const struct trial *t)
{
    const uint16_t code = t->close && t->close->close.has_code ? t->close->close.code : 0;
    const bool has_data = t->reference->has_data;

    if (code == 1009)
        return t->terms->message_max > 0 && !is_too_large(t);
    return code == 1002 || (code == 1003 && !has_data) ||
           (code == 1007 && (t->terms->messages || !has_data));
}

static void judge_missing_messages(const struct trial *t)
{
    const size_t had = fuzz_account_count(&t->reference->account, FUZZ_HEARD_MESSAGE);
    const size_t got = fuzz_account_count(t->account, FUZZ_HEARD_MESSAGE);

    if (t->terms->messages && got < had && !fuzz_account_is_full(t->account))
        oracle_find(t->out, FUZZ_WRONG_ANSWER, WS_RULE_NONE, "message-missing",
                    "of %zu messages it delivered %zu", had, got);
}

/* Of several pings the latest has to be answered: RFC 6455 5.5.3. */
static void judge_pongs(const struct trial *t)
{
    const struct fuzz_account *r = &t->reference->account;
    const struct fuzz_heard *due = fuzz_account_last(r, FUZZ_HEARD_PONG);
    size_t at = 0, others = 0;

    if (!due || has_pong(t->account, due) || fuzz_account_is_full(t->account))
        return;
    for (const struct fuzz_heard *h; (h = fuzz_account_next(t->account, FUZZ_HEARD_PONG, &at));)
        others += !has_pong(r, h);
    oracle_find(t->out, FUZZ_WRONG_ANSWER, WS_RULE_NONE, others > 0 ? "pong" : "pong-missing",
                others > 0 ? "a ping of %llu bytes was answered with another payload"
                           : "a ping of %llu bytes was not answered",
                (unsigned long long)due->len);
}

static void judge_no_close(const struct trial *t)
{
    if (!t->close && !fuzz_account_is_full(t->account))
        oracle_find(t->out, FUZZ_WRONG_ANSWER, WS_RULE_NONE, "close-missing",
                    "our Close was not answered");
}

/* What its application hears is what our Close said: RFC 6455 7.1.5. */
static void judge_told(const struct trial *t, uint16_t code)
{
    if (t->account->told && t->account->told_code != code)
        oracle_find(t->out, FUZZ_WRONG_ANSWER, WS_RULE_NONE, "told-code",
                    "its application was told %u for our Close, not %u", t->account->told_code,
                    code);
}

/* It ended the connection, or it said Close when nobody had asked for that. */
static bool gave_up(const struct trial *t)
{
    if (!t->close)
        return fuzz_account_ended(t->account) && is_too_large(t);
    return !all_was_well(t->close) || !t->terms->closed;
}

static void judge_open(const struct trial *t)
{
    const struct fuzz_terms *terms = t->terms;

    /* Who sees the end of TCP first may do what he likes. */
    if (!terms->linked && !terms->closed && !terms->patient)
        return;
    if (is_accused(t)) {
        if (!t->reference->vague)
            refuse_wrongly(t);
        return;
    }
    if (gave_up(t) || (!t->close && t->reference->vague))
        return;
    if (terms->linked && !t->close && !terms->closed && fuzz_account_ended(t->account)) {
        refuse_wrongly(t);
        return;
    }
    judge_missing_messages(t);
    if (!found(t->out))
        judge_pongs(t);
    if (!found(t->out) && terms->closed)
        judge_no_close(t);
    if (!found(t->out) && terms->closed)
        judge_told(t, 1000);
}

static void judge_closed(const struct trial *t)
{
    const struct fuzz_reference *r = t->reference;
    const uint16_t code = t->close ? t->close->close.code : 0;

    if (r->more)
        return; /* it may have looked at that, and TCP may have lost the answer */
    if (is_accused(t) && code != r->code) {
        if (!may_refuse_code(r->code, t->terms->role))
            refuse_wrongly(t);
        return;
    }
    if (t->terms->linked || t->terms->patient)
        judge_no_close(t);
    if (t->terms->linked && !found(t->out) && t->close && code == r->code)
        judge_missing_messages(t);
    if (!found(t->out))
        judge_told(t, r->has_code ? r->code : WS_CLOSE_NO_CODE);
    if (found(t->out) || !t->terms->strict || !t->close || all_was_well(t->close))
        return;
    if (code != r->code && code != 1001)
        oracle_find(t->out, FUZZ_WRONG_CODE, WS_RULE_NONE, "answer",
                    "a Close %u was answered with %u", r->code, code);
}

static bool fits(const struct fuzz_reference *r, uint16_t code)
{
    const enum ws_rule rule = r->broken.rule;
    const uint16_t named = ws_rule_row(rule)->close_code;

    if (code == named || named == 0 || (r->mixed && (code == 1002 || code == 1007)))
        return true;
    if (rule == WS_RULE_CONTROL_TOO_LONG || rule == WS_RULE_LEN_TOP_BIT)
        return code == 1009;
    if (rule == WS_RULE_CLOSE_REASON_UTF8)
        return code == 1002;
    return named == 1007 && rule != WS_RULE_TEXT_NOT_UTF8 &&
           (code == 1002 || code == 1003 || code == 1011);
}

/* A Close without a code, or with 1000, may also be how it fails a connection, and so is one with
 * the right code, whatever ours says. Over a socket it is taken for an answer to the Close that we
 * say last, which the case of a suspicion leaves out. */
static bool answers_ours(const struct trial *t)
{
    const struct fuzz_reference *r = t->reference;
    const struct ws_close *close = &t->close->close;
    const bool same = r->closed_behind && close->has_code && close->code == r->code_behind &&
                      !fits(r, close->code);

    if (t->terms->closed)
        return all_was_well(t->close);
    if (!r->closed_behind)
        return false;
    if (t->terms->linked)
        return t->account->close_from >= r->behind_at && (same || all_was_well(t->close));
    return same && close->code != 1000;
}

static void judge_failed(const struct trial *t)
{
    const struct fuzz_reference *r = t->reference;
    const uint16_t code = t->close ? t->close->close.code : 0;

    if (!t->close) {
        if (!fuzz_account_ended(t->account) && t->given >= r->due_at)
            accept_wrongly(t, "it went on");
        return;
    }
    if (t->given < r->due_at)
        return;
    if (answers_ours(t))
        accept_wrongly(t, "it answered our Close as if all were well");
    else if (t->terms->strict && !fits(r, code))
        oracle_find(t->out, FUZZ_WRONG_CODE, r->broken.rule, NULL, "it failed with %u: %s", code,
                    ws_rule_row(r->broken.rule)->sentence);
}

static void judge(const struct trial *t)
{
    judge_messages(t);
    if (!found(t->out))
        judge_law(t);
    if (found(t->out))
        return;
    switch (t->reference->end) {
    case FUZZ_REFERENCE_OPEN: judge_open(t); break;
    case FUZZ_REFERENCE_CLOSED: judge_closed(t); break;
    case FUZZ_REFERENCE_FAILED: judge_failed(t); break;
    case FUZZ_REFERENCE_UNKNOWN: break;
    }
}

bool fuzz_oracle(struct bytes wire, const struct fuzz_terms *terms,
                 const struct fuzz_account *account, struct fuzz_finding *out)
{
    struct fuzz_reference reference = { 0 };
    struct trial trial = { .terms = terms,
                           .account = account,
                           .reference = &reference,
                           .close = fuzz_account_close(account),
                           .given = wire.len + (terms->closed ? CLOSE_BYTES : 0),
                           .out = out };

    *out = (struct fuzz_finding){ .difference = FUZZ_SAME };
    if (!account->open)
        return true;
    const bool ok =
        fuzz_reference_make(wire, terms->role, terms->agreed, terms->strict, &reference);
    if (reference.broken.rule == WS_RULE_TEXT_NOT_UTF8 && terms->ignores_utf8)
        reference.end = FUZZ_REFERENCE_UNKNOWN;
    if (ok)
        judge(&trial);
    fuzz_reference_free(&reference);
    return ok;
}
