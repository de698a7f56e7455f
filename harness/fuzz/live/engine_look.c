#include <string.h>

#include "fuzz/live/engine_parts.h"
#include "fuzz/live/lane_parts.h"
#include "fuzz/oracle/oracle_parts.h"
#include "fuzz/session/refusal.h"

/* A client may refuse what is odd, without a word or with a Close of any code. */
static bool may_refuse(const struct engine *e, const struct fuzz_session *s,
                       const struct fuzz_finding *finding)
{
    return e->o->role == ROLE_CLIENT && s->n_edits > 0 &&
           finding->difference != FUZZ_WRONG_ACCEPTANCE && finding->difference != FUZZ_LAW_BROKEN;
}

/* It has to refuse this handshake, and answers a Close behind it as if all were well. */
static bool judge_greeting(const struct engine *e, const struct fuzz_session *s,
                           struct fuzz_finding *out, struct err *err)
{
    const struct fuzz_heard *close = fuzz_account_close(&e->account);
    const bool well = close && (!close->close.has_code || close->close.code == 1000);
    enum ws_rule rule;

    if (s->n_edits == 0 || (e->o->role == ROLE_CLIENT && !well))
        return true;
    if (!refusal_due(s, e->o->role, &rule))
        return err_memory(err, "judging a handshake");
    if (rule != WS_RULE_NONE)
        oracle_find(out, FUZZ_WRONG_ACCEPTANCE, rule, NULL, "it took a handshake though %s",
                    ws_rule_row(rule)->sentence);
    return true;
}

static bool judge(struct engine *e, const struct fuzz_session *s, const struct lane_word *word,
                  struct suspicion *out, struct err *err)
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
    if (finding.difference == FUZZ_SAME && !judge_greeting(e, s, &finding, err))
        return false;
    if (may_refuse(e, s, &finding))
        finding.difference = FUZZ_SAME;
    suspicion_of_finding(&finding, out);
    return true;
}

/* Who gets a head that he may refuse need not answer, as long as others are served. */
static bool may_be_silent(const struct engine *e, const struct fuzz_session *s,
                          const struct lane_word *word)
{
    return word->serves && s->n_edits > 0 && e->account.status == 0;
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
    case LANE_LINGERED: return !e->account.open || word->murky || judge(e, s, word, out, err);
    case LANE_HUNG:
        if (!may_be_silent(e, s, word))
            suspicion_of_hang(e->o->timeout_ms, out);
        break;
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

uint32_t engine_turns(const struct engine *e, uint64_t bytes)
{
    uint64_t far = e->o->memory_bytes * 2, turns = bytes > 0 ? far / bytes + 1 : UINT64_MAX;

    return turns <= ENGINE_TURNS_MAX ? (uint32_t)turns : 0;
}

bool engine_settle(struct engine *e, struct err *err)
{
    struct lane_word word;

    return lane_say(&e->lane, &(struct fuzz_session){ 0 }, LANE_CUTS_NONE, &e->account, &word, err);
}

/* What the target's process needs for a session. *there: there is a process to ask, before and
 * behind it. */
static bool cost_of(struct engine *e, const struct fuzz_session *s, struct io_growth *growth,
                    bool *there, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct lane_word word;
    struct io_mark mark;

    *there = false;
    if (!engine_settle(e, err))
        return false;
    if (!t->process || !io_process_mark(t->process, &mark))
        return true;
    if (!lane_say(&e->lane, s, LANE_CUTS_OF_SESSION, &e->account, &word, err))
        return false;
    *there = t->process && !t->exited && io_process_since(t->process, &mark, growth);
    return true;
}

/* Its steps over and over. */
static void repeat(const struct fuzz_session *s, struct fuzz_session *out)
{
    *out = *s;
    for (size_t i = 1; i < ENGINE_PILE; i++)
        memcpy(out->steps + i * s->n_steps, s->steps, s->n_steps * sizeof s->steps[0]);
    out->n_steps = ENGINE_PILE * s->n_steps;
}

/* Do more of the same frames need more? Else it is what one connection needs, and no more. A few
 * times over: the second may be the last that is taken. */
static bool look_at_pile(struct engine *e, const struct fuzz_session *s, uint64_t bytes,
                         struct suspicion *out, struct err *err)
{
    static struct fuzz_session more; /* large */
    struct io_growth growth;
    bool there;

    if (s->n_steps > ENGINE_PILE_STEPS)
        return true;
    repeat(s, &more);
    if (!cost_of(e, &more, &growth, &there, err))
        return false;
    if (there && growth.memory_kib * 1024 >= bytes * (ENGINE_PILE - 1))
        suspicion_of_pile(bytes, engine_turns(e, bytes), out);
    return true;
}

bool engine_look_at_cost(struct engine *e, const struct fuzz_session *s, struct suspicion *out,
                         struct err *err)
{
    struct io_growth growth;
    bool there;

    *out = (struct suspicion){ .kind = SUSPICION_NONE };
    e->marked = false;
    if (!cost_of(e, s, &growth, &there, err))
        return false;
    if (!there)
        return true;
    const uint64_t bytes = growth.memory_kib * 1024;
    if (e->o->memory_bytes > 0 && bytes > stand_memory_max(&e->stand))
        suspicion_of_memory(bytes, out);
    else if (e->o->memory_bytes > 0 && bytes > e->dear_bytes)
        return look_at_pile(e, s, bytes, out, err);
    else if (e->o->cpu_ms > 0 && growth.cpu_ms > e->o->cpu_ms)
        suspicion_of_cpu(growth.cpu_ms, out);
    return true;
}

/* What the process holds behind `times` sessions more than before; it may be less. */
static bool kept_of(struct engine *e, const struct fuzz_session *s, unsigned times, uint64_t *kib,
                    struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_usage before = { 0 }, after = { 0 };
    struct lane_word word;
    bool there = t->process && io_process_usage(t->process, &before);

    *kib = 0;
    for (unsigned i = 0; there && i < times; i++) {
        if (!lane_say(&e->lane, s, LANE_CUTS_OF_SESSION, &e->account, &word, err))
            return false;
        there = word.end != LANE_HUNG && !t->exited;
    }
    if (there && io_process_usage(t->process, &after) && after.resident_kib > before.resident_kib)
        *kib = after.resident_kib - before.resident_kib;
    return true;
}

/* Caches and pools get full; a leak is as large the second time as the first. */
#define WARM_TIMES 16
#define LEAK_TIMES 48

bool engine_look_at_leak(struct engine *e, const struct fuzz_session *s, struct suspicion *out,
                         struct err *err)
{
    uint64_t warm, first, second;

    *out = (struct suspicion){ .kind = SUSPICION_NONE };
    e->marked = false;
    if (!kept_of(e, s, WARM_TIMES, &warm, err) || !kept_of(e, s, LEAK_TIMES, &first, err))
        return false;
    if (engine_turns(e, first * 1024 / LEAK_TIMES) == 0)
        return true;
    if (!kept_of(e, s, LEAK_TIMES, &second, err))
        return false;
    const uint64_t less = first < second ? first : second, more = first < second ? second : first;
    const uint64_t bytes = less * 1024 / LEAK_TIMES;
    const uint32_t turns = engine_turns(e, bytes);
    if (turns > 0 && more / 2 <= less)
        suspicion_of_leak(bytes, turns, out);
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
    if (!lane_await_exit(&e->lane, ENGINE_LINGER_MS, err))
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
    case SUSPICION_LEAK: return engine_look_at_leak(e, s, out, err);
    case SUSPICION_NONE:
    case SUSPICION_DIFFERENCE:
    case SUSPICION_DEATH:
    case SUSPICION_HANG:
    case SUSPICION_KINDS: break;
    }
    return look_with_patience(e, s, out, err);
}
