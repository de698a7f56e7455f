#include <stdio.h>
#include <string.h>

#include "fuzz/live/engine_parts.h"
#include "fuzz/live/lane_parts.h"
#include "io/clock.h"

/* So many sessions back the blame for a death goes at most. */
#define BLAME_MAX 8
#define BLAME_LATE_MAX 64 /* where each of them is waited for */
#define SEARCH_US 15000000
#define SEARCH_LEAST_US 3000000
#define SEARCH_SHARE 16
/* What trials have cleared is tried again, but what came to nothing takes no more than this part of
 * all time. */
#define VAIN_SHARE 8

static void tell_note(const struct suspicion *s, const char *why)
{
    struct fuzz_news news = { .kind = FUZZ_NEWS_NOTE };

    snprintf(news.text, sizeof news.text, "%s: %s", s->signature, why);
    engine_tell(&news);
}

/* Does the suspect do it again, or one of the `back` before it? Then *guilty is that. */
static bool find_among(struct engine *e, enum suspicion_kind wanted, size_t back,
                       const struct fuzz_session *suspect, struct fuzz_session *guilty,
                       struct suspicion *shown, struct err *err)
{
    *guilty = *suspect;
    for (size_t i = 0;;) {
        if (!engine_look_for(e, wanted, guilty, shown, err))
            return false;
        if (shown->kind == wanted || ++i > back || i >= e->recent.count)
            return true;
        fuzz_session_decode(recent_at(&e->recent, i), guilty);
    }
}

/* It may have met what one before it brought: does it bring that by itself, to a target that has
 * heard nobody else? */
static bool confirm(struct engine *e, enum suspicion_kind wanted, const struct fuzz_session *guilty,
                    struct suspicion *shown, struct err *err)
{
    return shown->kind != wanted || wanted != SUSPICION_DEATH ||
           engine_look_for(e, wanted, guilty, shown, err);
}

/* A death may be noticed late, by another session than the one that brought it, or come late. */
static bool find_guilty(struct engine *e, enum suspicion_kind wanted,
                        const struct fuzz_session *suspect, struct fuzz_session *guilty,
                        struct suspicion *shown, struct err *err)
{
    e->lingers = false;
    if (!find_among(e, wanted, wanted == SUSPICION_DEATH ? BLAME_MAX : 0, suspect, guilty, shown,
                    err) ||
        !confirm(e, wanted, guilty, shown, err))
        return false;
    e->lingers = wanted == SUSPICION_DEATH && shown->kind != wanted;
    /* What the last of them has brought shall meet none of those that come now. */
    return !e->lingers || (lane_await_exit(&e->lane, ENGINE_LINGER_MS, err) &&
                           find_among(e, wanted, BLAME_LATE_MAX, suspect, guilty, shown, err));
}

/* A smaller session may need more turns. */
static bool count_turns(struct engine *e, struct convict *c, struct err *err)
{
    struct suspicion shown;

    if (c->suspicion.turns == 0)
        return true;
    if (!engine_look_for(e, c->suspicion.kind, &c->minimise.best, &shown, err))
        return false;
    if (suspicion_same(&shown, &c->suspicion))
        c->suspicion = shown;
    return true;
}

uint64_t engine_search_us(const struct engine *e)
{
    const uint64_t us = SEARCH_LEAST_US + (io_now_us() - e->began_us) / SEARCH_SHARE;

    return us < SEARCH_US ? us : SEARCH_US;
}

static bool make_small(struct engine *e, struct convict *c, struct err *err)
{
    uint64_t until = io_now_us() + engine_search_us(e);
    const struct fuzz_session *candidate;
    struct suspicion shown;

    while (io_now_us() < until && convict_next(c, &candidate)) {
        if (!engine_look_for(e, c->suspicion.kind, candidate, &shown, err))
            return false;
        convict_told(c, suspicion_same(&shown, &c->suspicion));
    }
    return count_turns(e, c, err);
}

static void tell_result(const struct convict *c, enum findings_stored stored, const char *path)
{
    struct fuzz_news news = { .kind = FUZZ_NEWS_NOTE };
    const char *text = c->why;

    switch (c->result) {
    case CONVICT_GUILTY:
        news.kind = stored == FINDINGS_NEW ? FUZZ_NEWS_FINDING : FUZZ_NEWS_AGAIN;
        text = c->sentence;
        break;
    case CONVICT_NOT_AGAIN: news.kind = FUZZ_NEWS_DOUBT; break;
    case CONVICT_CLEARED:
    case CONVICT_FAILED: tell_note(&c->suspicion, text); return;
    }
    snprintf(news.path, sizeof news.path, "%s", path);
    snprintf(news.text, sizeof news.text, "%s", text);
    engine_tell(&news);
}

/* It leaves its suspicion where it was: the next one is tried again, even where the case has proved
 * something else. */
static void count_vain(struct engine *e, const struct convict *c, uint64_t from_us)
{
    if (c->result != CONVICT_GUILTY || strcmp(c->name, c->suspicion.signature) != 0)
        e->vain_us += io_now_us() - from_us;
}

static bool judge(struct engine *e, struct convict *c, struct err *err)
{
    enum findings_stored stored = FINDINGS_NEW;
    char path[FINDINGS_PATH] = "";

    lane_forget(&e->lane);
    bool ok =
        convict_judge(c, &e->stand, err) && findings_store(&e->findings, c, &stored, path, err);
    lane_forget(&e->lane);
    e->marked = false;
    if (ok)
        tell_result(c, stored, path);
    return ok;
}

static bool convict(struct engine *e, const struct fuzz_session *s, const struct suspicion *shown,
                    bool shows_again, struct err *err)
{
    static struct convict c; /* large */
    const uint64_t from = io_now_us();
    bool ok = convict_begin(&c, shown, s) || err_memory(err, "a trial");

    e->trying = shown->signature;
    engine_tell_pulse(e);
    ok = ok && (!shows_again || make_small(e, &c, err)) && judge(e, &c, err);
    count_vain(e, &c, from);
    e->trying = NULL;
    convict_free(&c);
    return ok;
}

static bool is_worth_it(struct engine *e, const struct suspicion *s, bool *first)
{
    const enum findings_advice advice = findings_advice(&e->findings, s->signature);

    *first = advice == FINDINGS_TRY;
    return *first ||
           (advice == FINDINGS_RETRY && e->vain_us <= (io_now_us() - e->began_us) / VAIN_SHARE);
}

/* A death that does not come twice is told all the same, and a hang once. */
static bool is_told(const struct suspicion *s, bool first)
{
    return s->kind == SUSPICION_DEATH || (s->kind == SUSPICION_HANG && first);
}

bool engine_trial(struct engine *e, const struct fuzz_session *s, const struct suspicion *suspicion,
                  struct err *err)
{
    static struct fuzz_session guilty; /* large */
    struct suspicion shown;
    bool first;

    e->suspects++;
    if (!is_worth_it(e, suspicion, &first))
        return true;
    if (!find_guilty(e, suspicion->kind, s, &guilty, &shown, err))
        return false;
    bool again = shown.kind == suspicion->kind;
    if (!again && !is_told(suspicion, first)) {
        tell_note(suspicion, "seen once, and not again");
        return true;
    }
    if (!again)
        return convict(e, s, suspicion, false, err);
    return !is_worth_it(e, &shown, &first) || convict(e, &guilty, &shown, true, err);
}
