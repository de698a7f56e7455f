#include "fuzz/trial/convict_words.h"

#include <stdio.h>
#include <string.h>

/* The session has become smaller since it was suspected: what is said now holds for this one. Where
 * the case has shown another fault, the verdict alone speaks. */
static void find_sentence(struct convict *c)
{
    const char *reason = c->verdict.reason ? c->verdict.reason : c->suspicion.what;
    const char *law =
        c->suspicion.rule == WS_RULE_NONE ? reason : ws_rule_row(c->suspicion.rule)->sentence;
    const bool known = c->suspicion.rule != WS_RULE_NONE;
    const char *what = "";

    if (c->suspicion.kind != SUSPICION_DIFFERENCE && c->suspicion.kind != SUSPICION_CUT)
        return;
    switch (c->suspicion.difference) {
    case FUZZ_WRONG_ACCEPTANCE: what = known ? "it takes what it must not: " : ""; break;
    case FUZZ_WRONG_CODE: what = "it gives another reason than the RFC names: "; break;
    case FUZZ_LAW_BROKEN: what = known ? "it sends what it must not: " : ""; break;
    case FUZZ_CUT_DEPENDENT: what = "it depends on how TCP cuts the bytes: "; break;
    case FUZZ_WRONG_REFUSAL:
        what = "it fails a connection on which all was well: ";
        law = reason;
        break;
    case FUZZ_SAME:
    case FUZZ_WRONG_ANSWER:
    case FUZZ_DIFFERENCES: law = reason; break;
    }
    snprintf(c->sentence, sizeof c->sentence, "%s%.180s", what, law);
}

/* "RFC6455-5.2-3" -> "rfc6455-5.2-3". */
static void lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text + ('a' - 'A'));
}

/* What the case proves is what the finding goes by: an answer that was missed may turn out to be
 * missing because the handshake should have been refused. */
static void find_name(struct convict *c)
{
    const char *proved = c->verdict.requirement;

    if (c->suspicion.kind != SUSPICION_DIFFERENCE || !proved ||
        (c->suspicion.rule != WS_RULE_NONE &&
         strcmp(fuzz_row_broken(c->suspicion.difference, c->suspicion.rule), proved) == 0))
        return;
    c->suspicion.rule = WS_RULE_NONE;
    snprintf(c->name, sizeof c->name, "fails.%.70s", proved);
    lower(c->name);
}

/* Its case breaks a rule before anything hangs, or costs what was suspected: then that is what it
 * shows, and nothing else. */
static void forget_what_is_not_shown(struct convict *c)
{
    const enum suspicion_kind kind = c->suspicion.kind;
    const bool asks = kind == SUSPICION_HANG || kind == SUSPICION_CPU || kind == SUSPICION_MEMORY ||
                      kind == SUSPICION_LEAK;

    if (!asks || !c->verdict.requirement || !c->verdict.got)
        return;
    c->suspicion.kind = SUSPICION_DIFFERENCE;
    c->suspicion.difference = FUZZ_WRONG_ANSWER;
    c->suspicion.rule = WS_RULE_NONE;
}

void convict_words(struct convict *c)
{
    forget_what_is_not_shown(c);
    find_name(c);
    find_sentence(c);
}
