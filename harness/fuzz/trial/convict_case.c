#include "fuzz/trial/convict_case.h"

#include "fuzz/session/session_text.h"
#include "script/parse.h"

#define CASE_FILE "finding.case"
#define PACED_WRITES_MAX 1000
/* Longer than a target takes to read what came before. */
#define SPACE_MS 30

/* TCP puts writes together that follow each other at once: only slow ones arrive as they were cut.
 * Too many of them would take too long. */
static bool needs_pace(const struct fuzz_session *s)
{
    uint64_t writes = 0;

    for (size_t i = 0; i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        if (step->cut > 0)
            writes += (fuzz_step_bytes(step) + WS_HEAD_MAX) / step->cut;
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

bool convict_case_write(struct convict *c, const struct stand *stand,
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
                                     .one_connection = c->trial.one_connection,
                                     .wait_ms = c->trial.spaced ? SPACE_MS : 0 };

    if (c->trial.close && s.n_steps < FUZZ_STEPS_MAX)
        s.steps[s.n_steps++] =
            (struct fuzz_step){ .fin = true, .opcode = WS_CLOSE, .has_code = true, .code = 1000 };
    if (!stand->probe.deflate) { /* nothing was compressed then */
        s.extension = FUZZ_PLAIN;
        fuzz_session_tidy(&s);
    }
    for (size_t i = 0; c->trial.recut && i < s.n_steps; i++)
        s.steps[i].cut = c->trial.cut;
    for (size_t i = 0; c->trial.joined && i + 1 < s.n_steps; i++)
        s.steps[i].joined = true;
    if (c->trial.shut && s.end == FUZZ_END_USUAL)
        s.end = FUZZ_END_SHUTDOWN;
    buf_clear(&c->text);
    return fuzz_session_text(&s, &facts, &c->text) && (!needs_pace(&s) || put_pace(&c->text));
}

bool convict_case_parse(const struct convict *c, struct arena *a, const struct script_case **out,
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
