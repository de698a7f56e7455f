#include "fuzz/engine_parts.h"
#include "fuzz/lane_parts.h"
#include "fuzz/oracle.h"

#define LINGER_MS 200

static bool judge(struct engine *e, const struct lane_word *word, struct suspicion *out,
                  struct err *err)
{
    const struct lane *l = &e->lane;
    struct fuzz_terms terms = { .role = e->o->role,
                                .agreed = l->compressed ? &l->agreed : NULL,
                                .messages = l->o.echoes,
                                .closed = word->closed,
                                .patient = word->patient,
                                .strict = e->o->strict };
    struct fuzz_finding finding;

    if (!fuzz_oracle(buf_bytes(&l->wire.bytes), &terms, &e->account, &finding))
        return err_memory(err, "judging a session");
    suspicion_of_finding(&finding, out);
    return true;
}

bool engine_look(struct engine *e, const struct fuzz_session *s, struct lane_word *word,
                 struct suspicion *out, struct err *err)
{
    const struct target *t = &e->stand.target;

    *out = (struct suspicion){ .kind = SUSPICION_NONE };
    if (!lane_say(&e->lane, s, LANE_CUTS_OF_SESSION, &e->account, word, err))
        return false;
    switch (word->end) {
    case LANE_ENDED:
    case LANE_STOPPED:
    case LANE_LINGERED: return !e->account.open || word->murky || judge(e, word, out, err);
    case LANE_HUNG: suspicion_of_hang(e->o->timeout_ms, out); break;
    case LANE_DIED: suspicion_of_death(t->how, buf_bytes(&t->err_output), out); break;
    case LANE_REPORTED: suspicion_of_death(NULL, buf_bytes(&t->err_output), out); break;
    case LANE_DROPPED:
    case LANE_UNREACHED:
    case LANE_ENDS: break;
    }
    return true;
}

static bool say_cut(struct engine *e, const struct fuzz_session *s, enum lane_cuts cuts,
                    struct fuzz_account *into, bool *ended, struct err *err)
{
    struct lane_word word;

    if (!lane_say(&e->lane, s, cuts, into, &word, err))
        return false;
    *ended = word.end == LANE_ENDED;
    return true;
}

bool engine_look_at_cuts(struct engine *e, const struct fuzz_session *s, struct suspicion *out,
                         struct err *err)
{
    static const enum lane_cuts others[] = { LANE_CUTS_SINGLE, LANE_CUTS_OF_SESSION };
    struct fuzz_finding finding;
    bool ended, other_ended;

    *out = (struct suspicion){ .kind = SUSPICION_NONE };
    if (!say_cut(e, s, LANE_CUTS_NONE, &e->account, &ended, err))
        return false;
    for (size_t i = 0; ended && out->kind == SUSPICION_NONE && i < 2; i++) {
        if (!say_cut(e, s, others[i], &e->other, &other_ended, err))
            return false;
        fuzz_oracle_cuts(&e->account, &e->other, &finding);
        if (other_ended)
            suspicion_of_finding(&finding, out);
    }
    return true;
}

bool engine_look_at_cost(struct engine *e, const struct fuzz_session *s, struct suspicion *out,
                         struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_growth growth;
    struct lane_word word;
    struct io_mark mark;

    *out = (struct suspicion){ .kind = SUSPICION_NONE };
    e->marked = false;
    if (!t->process || !io_process_mark(t->process, &mark))
        return true;
    if (!lane_say(&e->lane, s, LANE_CUTS_OF_SESSION, &e->account, &word, err))
        return false;
    if (!t->process || t->exited || !io_process_since(t->process, &mark, &growth))
        return true;
    if (e->o->memory_bytes > 0 && growth.memory_kib * 1024 > e->o->memory_bytes)
        suspicion_of_memory(growth.memory_kib * 1024, out);
    else if (e->o->cpu_ms > 0 && growth.cpu_ms > e->o->cpu_ms)
        suspicion_of_cpu(growth.cpu_ms, out);
    return true;
}

/* A death that comes a while after the session that brought it. */
static bool look_with_patience(struct engine *e, const struct fuzz_session *s,
                               struct suspicion *out, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct lane_word word;

    if (!engine_look(e, s, &word, out, err))
        return false;
    if (!e->lingers || out->kind == SUSPICION_DEATH || out->kind == SUSPICION_HANG)
        return true;
    if (!lane_await_exit(&e->lane, LINGER_MS, err))
        return false;
    if (t->exited)
        suspicion_of_death(t->how, buf_bytes(&t->err_output), out);
    return true;
}

bool engine_look_for(struct engine *e, enum suspicion_kind wanted, const struct fuzz_session *s,
                     struct suspicion *out, struct err *err)
{
    switch (wanted) {
    case SUSPICION_CUT: return engine_look_at_cuts(e, s, out, err);
    case SUSPICION_MEMORY:
    case SUSPICION_CPU: return engine_look_at_cost(e, s, out, err);
    case SUSPICION_NONE:
    case SUSPICION_DIFFERENCE:
    case SUSPICION_DEATH:
    case SUSPICION_HANG:
    case SUSPICION_KINDS: break;
    }
    return look_with_patience(e, s, out, err);
}
