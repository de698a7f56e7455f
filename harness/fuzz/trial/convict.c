#include "fuzz/trial/convict.h"

#include <stdio.h>
#include <string.h>

#include "fuzz/session/session_text.h"
#include "fuzz/trial/convict_trials.h"
#include "fuzz/trial/remark.h"
#include "report/describe.h"
#include "script/parse.h"

#define CASE_FILE_MAX SCRIPT_FILE_MAX
#define CASE_FILE "finding.case"

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
    buf_init(&c->text, CASE_FILE_MAX);
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

#define PACED_WRITES_MAX 1000

/* TCP puts writes together that follow each other at once: only slow ones arrive as they were cut.
 * Too many of them would take too long. */
static bool needs_pace(const struct fuzz_session *s)
{
    uint64_t writes = 0;

    for (size_t i = 0; i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        uint64_t len = step->payload.len * (uint64_t)(step->times > 1 ? step->times : 1);
        if (step->cut > 0)
            writes += (len + WS_HEAD_MAX) / step->cut;
    }
    return writes > 0 && writes <= PACED_WRITES_MAX;
}

/* " cut=1" at the end of a send becomes " cut=1 pace=2ms". */
static bool put_pace(struct buf *text)
{
    struct buf in = *text;
    struct bytes rest = buf_bytes(&in);
    bool ok = true;

    buf_init(text, in.max);
    while (ok && rest.len > 0) {
        size_t end = bytes_index(rest, 0, '\n');
        struct bytes line = bytes_take(rest, end);
        bool sent = bytes_starts(bytes_trim(line), BYTES_LIT("send ")), cut = false;
        for (size_t at = line.len; sent && at > 0 && line.ptr[at - 1] != '"' && !cut; at--)
            cut = bytes_starts(bytes_skip(line, at - 1), BYTES_LIT(" cut="));
        ok = buf_append(text, line) && (!cut || buf_append(text, BYTES_LIT(" pace=2ms"))) &&
             buf_push(text, '\n');
        rest = bytes_skip(rest, end + 1);
    }
    buf_free(&in);
    return ok;
}

static bool write_text(struct convict *c, const struct stand *stand,
                       const struct fuzz_session *session, const char *remark)
{
    struct fuzz_session s = *session;
    struct fuzz_text_facts facts = { .role = stand->options->role,
                                     .name = c->name,
                                     .title = c->sentence,
                                     .remark = remark,
                                     .expect = c->trial.expect,
                                     .echoes = stand->probe.echoes,
                                     .turns = c->trial.turns,
                                     .one_connection = c->trial.one_connection };

    if (c->trial.close && s.n_steps < FUZZ_STEPS_MAX)
        s.steps[s.n_steps++] =
            (struct fuzz_step){ .fin = true, .opcode = WS_CLOSE, .has_code = true, .code = 1000 };
    if (!stand->probe.deflate) { /* nothing was compressed then */
        s.extension = FUZZ_PLAIN;
        fuzz_session_tidy(&s);
    }
    for (size_t i = 0; c->trial.recut && i < s.n_steps; i++)
        s.steps[i].cut = c->trial.cut;
    if (c->trial.shut && s.end == FUZZ_END_USUAL)
        s.end = FUZZ_END_SHUTDOWN;
    buf_clear(&c->text);
    return fuzz_session_text(&s, &facts, &c->text) && (!needs_pace(&s) || put_pace(&c->text));
}

static bool parse(struct convict *c, struct arena *a, const struct script_case **out,
                  struct err *err)
{
    struct diagnostics diags = { 0 };
    struct script_file file;
    struct bytes text = arena_copy(a, buf_bytes(&c->text));

    if (!text.ptr)
        return err_memory(err, "a finding");
    if (!script_parse(a, CASE_FILE, text, NULL, &file, &diags) || file.n_cases < 1)
        return err_set(err, ERR_INTERNAL, "a finding does not parse: line %u: %s",
                       diags.list[0].line, diags.count ? diags.list[0].text : "no case in it");
    *out = &file.cases[0];
    return true;
}

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

/* A session as a case, run alone. The verdict's texts live until the next run. */
static bool run(struct convict *c, struct stand *stand, const struct fuzz_session *session,
                struct verdict *out, struct err *err)
{
    struct arena arena = { 0 };
    const struct script_case *parsed = NULL;
    struct outcome outcome;
    bool ok = (write_text(c, stand, session, NULL) || err_memory(err, "a finding")) &&
              parse(c, &arena, &parsed, err) && stand_run(stand, parsed, &outcome, err);

    if (ok) {
        *out = outcome.verdict;
        out->got = what_came(c, &outcome);
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

static bool fails(const struct stand *stand, const struct fuzz_session *s, const struct verdict *v)
{
    return v->result == VERDICT_FAIL && is_fair(s, v) &&
           (v->severity > SEVERITY_PEDANTIC || stand->options->pedantic);
}

static const char *kept(struct convict *c, const char *text)
{
    return text ? arena_str(&c->arena, bytes_str(text)) : NULL;
}

static void keep_verdict(struct convict *c, const struct verdict *v)
{
    c->verdict = *v;
    c->verdict.requirement = kept(c, v->requirement);
    c->verdict.reason = kept(c, v->reason);
    c->verdict.expected = kept(c, v->expected);
    c->verdict.got = kept(c, v->got);
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

/* The session has become smaller since it was suspected: what is said now holds for this one. */
static void find_words(struct convict *c)
{
    const char *reason = c->verdict.reason ? c->verdict.reason : c->suspicion.what;
    const char *law =
        c->suspicion.rule == WS_RULE_NONE ? reason : ws_rule_row(c->suspicion.rule)->sentence;
    const char *what = "";

    if (c->suspicion.kind != SUSPICION_DIFFERENCE && c->suspicion.kind != SUSPICION_CUT)
        return;
    switch (c->suspicion.difference) {
    case FUZZ_WRONG_ACCEPTANCE: what = "it takes what it must not: "; break;
    case FUZZ_WRONG_CODE: what = "it gives another reason than the RFC names: "; break;
    case FUZZ_LAW_BROKEN: what = "it sends what it must not: "; break;
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
         strcmp(ws_rule_row(c->suspicion.rule)->requirement, proved) == 0))
        return;
    c->suspicion.rule = WS_RULE_NONE;
    snprintf(c->name, sizeof c->name, "fails.%.70s", proved);
    lower(c->name);
}

/* The same text, with what a reader wants to know above it. */
static bool finish(struct convict *c, const struct stand *stand, struct err *err)
{
    struct buf remark;
    const char *text = NULL;

    if (c->result == CONVICT_GUILTY) {
        find_words(c);
        find_name(c);
    }
    buf_init(&remark, CASE_FILE_MAX);
    if (remark_write(c, stand->options, &remark))
        text = arena_str(&c->arena, buf_bytes(&remark));
    buf_free(&remark);
    return (text && write_text(c, stand, &c->minimise.best, text)) || err_memory(err, "a finding");
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
static bool confirm(struct convict *c, struct stand *stand, struct err *err)
{
    struct verdict v;

    if (!run(c, stand, &c->minimise.best, &v, err))
        return false;
    c->result = fails(stand, &c->minimise.best, &v) ? CONVICT_GUILTY : CONVICT_NOT_AGAIN;
    snprintf(c->why, sizeof c->why, "as a case it failed once, and then it was %s",
             verdict_name(v.result));
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
              parse(c, &arena, &parsed, err) && stand_run(stand, parsed, &outcome, err);
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
        if (!fails(stand, &c->minimise.best, &v)) {
            acquit(c, &v);
            continue;
        }
        keep_verdict(c, &v);
        if (!confirm(c, stand, err) || !check_control(c, stand, err))
            return come_to_nothing(c, err);
    }
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
    *shows = fails(stand, candidate, &v) && v.rule == c->verdict.rule &&
             same_text(v.requirement, c->verdict.requirement);
    return true;
}
