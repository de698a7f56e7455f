#include <stdio.h>
#include <string.h>

#include "fuzz/live/engine_parts.h"
#include "io/clock.h"

/* So many sessions back the blame for a death goes at most. */
#define BLAME_MAX 8
#define BLAME_LATE_MAX 64 /* where each of them is waited for */
/* Making a session small takes no longer; a hang or a restart costs its time with each try. */
#define MINIMISE_MS 15000

static void tell_note(const struct suspicion *s, const char *why)
{
    struct fuzz_news news = { .kind = FUZZ_NEWS_NOTE };

    snprintf(news.text, sizeof news.text, "%s: %s", s->signature, why);
    engine_tell(&news);
}

static bool is_end(const struct suspicion *s)
{
    return s->kind == SUSPICION_DEATH || s->kind == SUSPICION_HANG;
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

/* A death may be noticed late, by another session than the one that brought it, or come late. */
static bool find_guilty(struct engine *e, enum suspicion_kind wanted,
                        const struct fuzz_session *suspect, struct fuzz_session *guilty,
                        struct suspicion *shown, struct err *err)
{
    e->lingers = false;
    if (!find_among(e, wanted, wanted == SUSPICION_DEATH ? BLAME_MAX : 0, suspect, guilty, shown,
                    err))
        return false;
    e->lingers = wanted == SUSPICION_DEATH && shown->kind != wanted;
    return !e->lingers || find_among(e, wanted, BLAME_LATE_MAX, suspect, guilty, shown, err);
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

static bool make_small(struct engine *e, struct convict *c, struct err *err)
{
    uint64_t until = io_elapsed_ms() + MINIMISE_MS;
    const struct fuzz_session *candidate;
    struct suspicion shown;

    while (io_elapsed_ms() < until && convict_next(c, &candidate)) {
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
    bool ok = convict_begin(&c, shown, s) || err_memory(err, "a trial");

    ok = ok && (!shows_again || make_small(e, &c, err)) && judge(e, &c, err);
    convict_free(&c);
    return ok;
}

bool engine_trial(struct engine *e, const struct fuzz_session *s, const struct suspicion *suspicion,
                  struct err *err)
{
    static struct fuzz_session guilty; /* large */
    struct suspicion shown;

    e->suspects++;
    if (findings_advice(&e->findings, suspicion->signature) != FINDINGS_TRY)
        return true;
    if (!find_guilty(e, suspicion->kind, s, &guilty, &shown, err))
        return false;
    bool again = shown.kind == suspicion->kind;
    if (!again && !is_end(suspicion)) {
        tell_note(suspicion, "seen once, and not again");
        return true;
    }
    if (!again)
        return convict(e, s, suspicion, false, err);
    return findings_advice(&e->findings, shown.signature) != FINDINGS_TRY ||
           convict(e, &guilty, &shown, true, err);
}
