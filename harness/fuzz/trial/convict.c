#include "fuzz/trial/convict.h"

#include <stdio.h>
#include <string.h>

#include "fuzz/oracle/reference.h"
#include "fuzz/session/wire.h"
#include "fuzz/trial/convict_case.h"
#include "fuzz/trial/convict_trials.h"
#include "fuzz/trial/convict_words.h"
#include "fuzz/trial/remark.h"
#include "report/describe.h"
#include "script/parse.h"

/* ---- making it small ---- */

static bool copy_bytes(struct arena *a, struct bytes *b)
{
    *b = arena_copy(a, *b);
    return b->ptr != NULL;
}

static bool copy_session(struct arena *a, struct fuzz_session *s)
{
    bool ok = true;

    for (size_t i = 0; ok && i < s->n_edits; i++)
        ok = copy_bytes(a, &s->edits[i].name) && copy_bytes(a, &s->edits[i].value);
    for (size_t i = 0; ok && i < s->n_steps; i++)
        ok = copy_bytes(a, &s->steps[i].payload);
    return ok;
}

bool convict_begin(struct convict *c, const struct suspicion *suspicion,
                   const struct fuzz_session *session)
{
    struct fuzz_session copy = *session;

    memset(c, 0, sizeof *c);
    c->suspicion = *suspicion;
    c->candidates_max = CONVICT_CANDIDATES_MAX;
    c->result = CONVICT_FAILED;
    snprintf(c->name, sizeof c->name, "%s", *suspicion->signature ? suspicion->signature : "odd");
    snprintf(c->sentence, sizeof c->sentence, "%s", suspicion->what);
    buf_init(&c->text, SCRIPT_FILE_MAX);
    if (!copy_session(&c->arena, &copy))
        return false;
    fuzz_minimise_init(&c->minimise, &copy, &c->arena);
    return true;
}

bool convict_next(struct convict *c, const struct fuzz_session **candidate)
{
    return c->candidates++ < c->candidates_max && fuzz_minimise_next(&c->minimise, candidate);
}

void convict_told(struct convict *c, bool still_shows)
{
    fuzz_minimise_told(&c->minimise, still_shows);
}

void convict_free(struct convict *c)
{
    buf_free(&c->text);
    arena_free(&c->arena);
    memset(c, 0, sizeof *c);
}

/* ---- the trial ---- */

/* What the verdict is about, in words. */
static const char *what_came(struct convict *c, const struct outcome *o)
{
    struct buf text;
    const char *kept = NULL;

    if (o->verdict.got || o->verdict.entry >= o->transcript.count)
        return o->verdict.got;
    buf_init(&text, 1 << 16);
    if (report_describe(&o->transcript.entries[o->verdict.entry], &text))
        kept = arena_str(&c->arena, buf_bytes(&text));
    buf_free(&text);
    return kept;
}

static const char *kept(struct convict *c, const char *text)
{
    return text ? arena_str(&c->arena, bytes_str(text)) : NULL;
}

/* Some of a verdict's texts are the case's own, which is gone before the verdict is. */
static void keep_texts(struct convict *c, struct verdict *v)
{
    v->requirement = kept(c, v->requirement);
    v->reason = kept(c, v->reason);
    v->expected = kept(c, v->expected);
    v->got = kept(c, v->got);
}

/* A session as a case, run alone. The verdict's texts live as long as `c`. */
static bool run(struct convict *c, struct stand *stand, const struct fuzz_session *session,
                struct verdict *out, struct err *err)
{
    struct arena arena = { 0 };
    const struct script_case *parsed = NULL;
    struct outcome outcome;
    bool ok = (convict_case_write(c, stand, session, NULL) || err_memory(err, "a finding")) &&
              convict_case_parse(c, &arena, &parsed, err) &&
              stand_run(stand, parsed, &outcome, err);

    if (ok) {
        *out = outcome.verdict;
        out->got = what_came(c, &outcome);
        keep_texts(c, out);
        transcript_free(&outcome.transcript);
    }
    arena_free(&arena);
    return ok;
}

/* Lines that say where a head or a body ends: which bytes are frames then, nobody knows. */
static bool is_about_framing(const struct fuzz_edit *edit)
{
    static const char *const names[] = { "Content-Length", "Transfer-Encoding", "Expect" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bytes_eq_nocase(edit->name, bytes_str(names[i])))
            return true;
    return edit->kind == EDIT_RAWLINE || edit->kind == EDIT_BODY;
}

/* An odd handshake may be refused, by a client without a word, and then there is nobody to answer a
 * Close. Where one cannot even tell what is a frame, only what is no frame counts. */
static bool is_fair(const struct fuzz_session *s, const struct verdict *v)
{
    bool vague = false;

    for (size_t i = 0; i < s->n_edits; i++)
        vague |= is_about_framing(&s->edits[i]);
    return s->n_edits == 0 || (v->behaviour == VERDICT_FAIL && !(vague && v->rule != WS_RULE_NONE));
}

/* What a session breaks that binds its sender alone, or of which the RFC leaves open what becomes
 * of it; WS_RULE_NONE: nothing, or it cannot be told. */
static enum ws_rule free_rule(const struct stand *stand, const struct fuzz_session *s)
{
    const struct fuzz_options *o = stand->options;
    struct fuzz_reference r = { 0 };
    struct fuzz_wire wire = { 0 };
    enum ws_rule rule = WS_RULE_NONE;

    if (s->extension == FUZZ_PLAIN && fuzz_wire_make(s, o->role, NULL, o->seed, &wire) &&
        fuzz_reference_make(buf_bytes(&wire.bytes), o->role, NULL, o->strict, &r) &&
        r.end == FUZZ_REFERENCE_UNKNOWN)
        rule = r.broken.rule;
    fuzz_reference_free(&r);
    fuzz_wire_free(&wire);
    return rule;
}

static bool is_whole_of_cut(const struct convict *c)
{
    return c->suspicion.kind == SUSPICION_CUT && c->trial.recut && c->trial.cut == 0;
}

/* The case wants such a session to fail; who takes it is accused only where he was suspected of
 * that very rule, which he has broken himself then, or fails it in other cuts. */
static bool may_be_taken(const struct convict *c, const struct stand *stand,
                         const struct fuzz_session *s, const struct verdict *v)
{
    const enum ws_rule rule = v->rule == WS_RULE_NONE ? free_rule(stand, s) : WS_RULE_NONE;

    return rule != WS_RULE_NONE && rule != c->suspicion.rule &&
           c->suspicion.difference != FUZZ_SAME &&
           (c->suspicion.kind != SUSPICION_CUT || is_whole_of_cut(c));
}

static bool fails(const struct convict *c, const struct stand *stand, const struct fuzz_session *s,
                  const struct verdict *v)
{
    return v->result == VERDICT_FAIL && is_fair(s, v) && !may_be_taken(c, stand, s, v) &&
           (v->severity > SEVERITY_PEDANTIC || stand->options->pedantic);
}

static void keep_verdict(struct convict *c, const struct verdict *v)
{
    c->verdict = *v;
    c->verdict.n_remarks = 0;
}

/* It died or was silent, but not when it was looked at: that is told, and accuses nobody. */
static enum convict_result acquittal(const struct convict *c)
{
    return c->suspicion.kind == SUSPICION_DEATH || c->suspicion.kind == SUSPICION_HANG
               ? CONVICT_NOT_AGAIN
               : CONVICT_CLEARED;
}

static void acquit(struct convict *c, const struct verdict *v)
{
    c->result = v->result == VERDICT_ERROR ? CONVICT_FAILED : acquittal(c);
    snprintf(c->why, sizeof c->why, "run as a case it is %s%s%.120s%s", verdict_name(v->result),
             v->reason ? ": " : "", v->reason ? v->reason : "",
             v->result == VERDICT_FAIL ? ", which does not count here" : "");
}

/* The same text, with what a reader wants to know above it. */
static bool finish(struct convict *c, const struct stand *stand, struct err *err)
{
    struct buf remark;
    const char *text = NULL;

    if (c->result == CONVICT_GUILTY)
        convict_words(c);
    buf_init(&remark, SCRIPT_FILE_MAX);
    if (remark_write(c, stand->options, &remark))
        text = arena_str(&c->arena, buf_bytes(&remark));
    buf_free(&remark);
    return (text && convict_case_write(c, stand, &c->minimise.best, text)) ||
           err_memory(err, "a finding");
}

/* A session that cannot be written or read as a case is our fault, and no reason to end. */
static bool come_to_nothing(struct convict *c, struct err *err)
{
    bool ours = err->code == ERR_INTERNAL || err->code == ERR_MEMORY;

    c->result = CONVICT_FAILED;
    snprintf(c->why, sizeof c->why, "no trial: %.200s", err->text);
    if (ours)
        *err = (struct err){ .code = ERR_NONE };
    return ours;
}

/* What fails now and then is no finding that anybody could work with. */
static bool fails_again(struct convict *c, struct stand *stand, bool *again, struct err *err)
{
    struct verdict v;

    if (!run(c, stand, &c->minimise.best, &v, err))
        return false;
    *again = fails(c, stand, &c->minimise.best, &v);
    snprintf(c->why, sizeof c->why, "as a case it failed once, and then it was %s",
             verdict_name(v.result));
    return true;
}

/* Frames in several writes may be read at once or one by one, as it happens. */
static bool has_writes(const struct convict *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->minimise.best.n_steps; i++)
        n += !c->minimise.best.steps[i].joined;
    return n > 1 && c->suspicion.kind == SUSPICION_DIFFERENCE;
}

/* Who fails only when the frames come at once fails on a busy machine and not on another: then the
 * case has to say so. */
static bool confirm_writes(struct convict *c, struct stand *stand, bool *again, struct err *err)
{
    if (!*again || !has_writes(c))
        return true;
    c->trial.spaced = true;
    bool ok = fails_again(c, stand, again, err);
    c->trial.spaced = false;
    if (!ok || *again)
        return ok;
    c->trial.joined = true;
    ok = fails_again(c, stand, again, err) && (!*again || fails_again(c, stand, again, err));
    c->trial.joined = ok && *again;
    return ok;
}

static bool confirm(struct convict *c, struct stand *stand, struct err *err)
{
    bool again;

    if (!fails_again(c, stand, &again, err) || !confirm_writes(c, stand, &again, err))
        return false;
    c->result = again ? CONVICT_GUILTY : CONVICT_NOT_AGAIN;
    return true;
}

/* A client that closes by itself, with a Close that says all is well, has answered nobody. */
static const char control[] = "group \"Found by fuzzing\"\n"
                              "case control \"It stays while nothing is said\" {\n"
                              "    note \"found by fuzzing\"\n    role client\n"
                              "    wait 300ms\n    expect nothing\n    drop\n}\n";

static bool goes_by_itself(struct convict *c, struct stand *stand, bool *goes, struct err *err)
{
    struct arena arena = { 0 };
    const struct script_case *parsed = NULL;
    struct outcome outcome;

    buf_clear(&c->text);
    bool ok = (buf_append(&c->text, bytes_str(control)) || err_memory(err, "a trial")) &&
              convict_case_parse(c, &arena, &parsed, err) &&
              stand_run(stand, parsed, &outcome, err);
    if (ok) {
        *goes = outcome.verdict.result != VERDICT_PASS;
        transcript_free(&outcome.transcript);
    }
    arena_free(&arena);
    return ok;
}

/* What it sends is held against it only where it stays when nothing is said. */
static bool check_control(struct convict *c, struct stand *stand, struct err *err)
{
    bool goes = false;

    if (stand->options->role != ROLE_CLIENT || c->result != CONVICT_GUILTY ||
        (c->suspicion.kind != SUSPICION_DIFFERENCE && c->suspicion.kind != SUSPICION_CUT))
        return true;
    if (!goes_by_itself(c, stand, &goes, err))
        return false;
    if (goes) {
        c->result = CONVICT_CLEARED;
        snprintf(c->why, sizeof c->why, "the client ends its connections by itself");
    }
    return true;
}

/* It fails whole as well: that is another fault. */
static void forget_cuts(struct convict *c)
{
    c->suspicion.kind = SUSPICION_DIFFERENCE;
    c->suspicion.difference = FUZZ_WRONG_ANSWER;
    c->suspicion.rule = WS_RULE_NONE;
}

bool convict_judge(struct convict *c, struct stand *stand, struct err *err)
{
    struct convict_trial trials[CONVICT_TRIALS_MAX];
    size_t n = convict_trials(c, stand, trials);
    struct verdict v;

    c->result = CONVICT_CLEARED;
    for (size_t i = 0; i < n && c->result != CONVICT_GUILTY && c->result != CONVICT_FAILED; i++) {
        c->trial = trials[i];
        if (!run(c, stand, &c->minimise.best, &v, err))
            return come_to_nothing(c, err);
        if (!fails(c, stand, &c->minimise.best, &v)) {
            acquit(c, &v);
            if (is_whole_of_cut(c) && v.result == VERDICT_FAIL)
                break; /* no cut is needed for that */
            continue;
        }
        keep_verdict(c, &v);
        if (!confirm(c, stand, err) || !check_control(c, stand, err))
            return come_to_nothing(c, err);
    }
    if (c->result == CONVICT_GUILTY && is_whole_of_cut(c))
        forget_cuts(c);
    bool written = c->result == CONVICT_GUILTY || c->result == CONVICT_NOT_AGAIN;
    return !written || finish(c, stand, err);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool convict_try(struct convict *c, struct stand *stand, const struct fuzz_session *candidate,
                 bool *shows, struct err *err)
{
    struct verdict v;

    if (!run(c, stand, candidate, &v, err))
        return false;
    *shows = fails(c, stand, candidate, &v) && v.rule == c->verdict.rule &&
             same_text(v.requirement, c->verdict.requirement);
    return true;
}
