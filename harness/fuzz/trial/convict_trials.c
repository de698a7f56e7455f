#include "fuzz/trial/convict_trials.h"

static const struct convict_trial as_it_is = { .expect = NULL };

static size_t cut_trials(struct convict_trial trials[CONVICT_TRIALS_MAX])
{
    trials[0] = (struct convict_trial){ .recut = true, .cut = 0 };
    trials[1] = as_it_is;
    trials[2] = (struct convict_trial){ .recut = true, .cut = 1 };
    trials[3] = (struct convict_trial){ .recut = true, .cut = 2 };
    return 4;
}

/* Somebody else must still be served. A client serves nobody: how its process ended is enough. */
static struct convict_trial alive(const struct stand *stand)
{
    return (struct convict_trial){ .expect = stand->options->role == ROLE_SERVER ? "expect alive\n"
                                                                                 : NULL };
}

/* With a time the case runs alone, where a report on stderr tells of a process that was not the
 * only one. */
static struct convict_trial unharmed(struct convict *c, const struct stand *stand)
{
    /* In whole seconds, as people write it. */
    uint64_t seconds = (stand->schedule.run.expect_us + 999999) / 1000000;

    if (stand->options->role == ROLE_CLIENT)
        return alive(stand);
    return (struct convict_trial){ .expect = arena_print(&c->arena, "expect alive within %llus\n",
                                                         (unsigned long long)seconds) };
}

/* What it costs is looked at when the work is done: a server that has one thread serves somebody
 * else then, and one that has several comes to rest. */
#define SERVED "expect alive within 20s\n"
#define RESTS "expect cpu below 60s within 20s\n"

static const char *served(const struct stand *stand)
{
    return stand->options->role == ROLE_SERVER ? SERVED : "";
}

static struct convict_trial below_cpu(struct convict *c, const char *first, uint64_t ms)
{
    return (struct convict_trial){ .expect = arena_print(&c->arena,
                                                         "%sexpect cpu below %llums within 20s\n",
                                                         first, (unsigned long long)ms) };
}

static struct convict_trial below_memory(struct convict *c, const char *first, uint64_t bytes)
{
    return (struct convict_trial){ .expect = arena_print(
                                       &c->arena, "%s" RESTS "expect memory grows below %lluK\n",
                                       first, (unsigned long long)bytes / 1024) };
}

/* Compressed by hand: it may become a thousand times as much. */
static bool may_inflate(const struct fuzz_session *s)
{
    bool by_hand = false;

    for (size_t i = 0; i < s->n_steps; i++)
        by_hand |= s->steps[i].kind == FUZZ_RAW || (s->steps[i].rsv & WS_RSV1) != 0;
    return s->extension != FUZZ_PLAIN && by_hand;
}

static uint64_t bytes_of_turn(const struct fuzz_session *s)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < s->n_steps; i++)
        bytes += fuzz_step_bytes(&s->steps[i]) + WS_HEAD_MAX;
    return bytes;
}

/* Of each round some lines stand in the log of the case, which has room for 20000. */
#define ROUNDS_MAX 2100

/* A sanitizer keeps what was freed for a while, 256M of it as a rule: a leak has to be larger than
 * that. Frames over and over on one connection may be kept by right, a message in fragments or
 * answers that wait: all that is sent is little against the limit, and nothing inflates. */
static size_t leak_trials(struct convict *c, const struct stand *stand,
                          struct convict_trial trials[CONVICT_TRIALS_MAX])
{
    const struct fuzz_session *s = &c->minimise.best;
    const uint64_t limit = stand->options->memory_bytes / 4 * 5;
    const uint32_t turns = c->suspicion.turns;
    size_t n = 0;

    if (!may_inflate(s) && bytes_of_turn(s) * turns <= limit / 8) {
        trials[n] = below_memory(c, served(stand), limit);
        trials[n].one_connection = true;
        trials[n++].turns = turns;
    }
    if (stand->options->role == ROLE_SERVER && turns <= ROUNDS_MAX) {
        trials[n] = below_memory(c, "", limit);
        trials[n++].turns = turns;
    }
    return n;
}

size_t convict_trials(struct convict *c, const struct stand *stand,
                      struct convict_trial trials[CONVICT_TRIALS_MAX])
{
    const struct fuzz_options *o = stand->options;
    size_t n = 0;

    switch (c->suspicion.kind) {
    case SUSPICION_DIFFERENCE: trials[n++] = as_it_is; break;
    case SUSPICION_CUT: return cut_trials(trials);
    case SUSPICION_DEATH:
        trials[n++] = unharmed(c, stand);
        trials[n++] = unharmed(c, stand);
        trials[n++] = unharmed(c, stand);
        trials[1].close = true; /* it may fall over the Close that ends a quick session, */
        trials[2].shut = true;  /* or over the end of a connection */
        break;
    case SUSPICION_HANG:
        /* Who computes for long is told by no clock on the wall; but where others compute too, he
         * seems to rest in between, and only an answer tells that he is done. */
        if (o->command)
            trials[n++] = below_cpu(c, "", o->cpu_ms);
        if (o->command && o->role == ROLE_SERVER)
            trials[n++] = below_cpu(c, SERVED, o->cpu_ms);
        trials[n++] = alive(stand);
        trials[n++] = as_it_is;
        break;
    case SUSPICION_MEMORY:
        if (c->suspicion.turns > 0)
            return leak_trials(c, stand, trials);
        trials[n++] = below_memory(c, served(stand), stand_memory_max(stand));
        break;
    case SUSPICION_LEAK: return leak_trials(c, stand, trials);
    case SUSPICION_CPU: trials[n++] = below_cpu(c, served(stand), o->cpu_ms); break;
    case SUSPICION_NONE:
    case SUSPICION_KINDS: break;
    }
    return n;
}
