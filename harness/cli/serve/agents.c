#include "cli/serve/agents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options/exit_code.h"
#include "cli/session/known.h"
#include "io/clock.h"

static bool is_taken(const struct agents *all, const char *dir)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].dir, dir) == 0)
            return true;
    return false;
}

/* A folder name that no agent can leave with: letters and digits, all else "_"; with a number
 * behind it where another agent has it already. */
static char *folder_of(const struct agents *all, const char *name)
{
    struct session *s = all->s;
    char *dir = arena_print(&s->arena, "%s/%s", s->o.report_dir, name), *numbered = dir;
    char *first = dir ? dir + strlen(s->o.report_dir) + 1 : NULL;

    for (char *p = first; p && *p; p++) {
        bool keep = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9') || *p == '-' || (*p == '.' && p > first);
        *p = keep ? *p : '_';
    }
    for (unsigned n = 2; numbered && is_taken(all, numbered); n++)
        numbered = arena_print(&s->arena, "%s-%u", dir, n);
    return numbered;
}

static struct agent *agent_named(struct agents *all, const char *name)
{
    struct session *s = all->s;

    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0)
            return &all->list[i];
    if (all->count == AGENTS_MAX)
        return NULL;
    struct agent *a = &all->list[all->count];
    *a = (struct agent){ .name = arena_str(&s->arena, bytes_str(name)),
                         .dir = folder_of(all, name),
                         .report = s->report,
                         .first_ms = io_now_ms() };
    if (!a->name || !a->dir)
        return NULL;
    a->report.target = a->name;
    all->count++;
    return a;
}

/* A case that a client asks for again takes the place of its old result. */
static struct result *place_for(struct session *s, struct agent *a, const char *id,
                                const char *number)
{
    for (size_t i = 0; i < a->report.n_results; i++) {
        struct result *r = &a->report.results[i];
        if (strcmp(r->id, id) == 0 && (!number || strcmp(r->autobahn, number) == 0)) {
            result_free(r);
            return r;
        }
    }
    if (!arena_grow(&s->arena, (void **)&a->report.results, &a->cap, a->report.n_results + 1,
                    sizeof *a->report.results))
        return NULL;
    return &a->report.results[a->report.n_results++];
}

/* Whoever makes up a new name for each case shall not end the server. */
static bool leave_out(const char *name)
{
    fprintf(stderr, "warning: more than %d agents: what is left out is of ", AGENTS_MAX);
    progress_name(stderr, name);
    fprintf(stderr, "\n");
    return true;
}

bool agents_add(struct agents *all, struct case_server_event *e, struct err *err)
{
    struct session *s = all->s;
    const char *number = s->numbered ? s->numbered->cases[e->outcome.index].id : NULL;
    struct agent *a = agent_named(all, e->agent);
    struct result *r = a ? place_for(s, a, e->outcome.c->id, number) : NULL;

    if (!a && all->count == AGENTS_MAX) {
        transcript_free(&e->outcome.transcript);
        return leave_out(e->agent);
    }
    if (!r) {
        transcript_free(&e->outcome.transcript);
        return err_set(err, ERR_MEMORY, "no room for a result of %.60s", e->agent);
    }
    session_result(s, &e->outcome, r);
    r->again = arena_print(&s->arena, "ask for /runCase?casetuple=%s&agent=%s",
                           number ? number : r->id, a->name);
    a->changed = true;
    const struct progress_at at = { .done = a->report.n_results, .total = s->n_cases };
    progress_result(s->progress, r, &at);
    return true;
}

void agents_settle(struct agent *a)
{
    qsort(a->report.results, a->report.n_results, sizeof *a->report.results, session_order);
    a->report.duration_ms = io_now_ms() - a->first_ms;
    a->report.own_cpu_ms = io_own_cpu_us() / 1000;
    a->report.own_peak_kib = io_own_peak_kib();
}

static bool write_agent(struct agents *all, struct agent *a, struct err *err)
{
    struct session *s = all->s;
    struct outputs outputs = { .dir = a->dir };

    agents_settle(a);
    if (!known_settle(s, &a->report, a->report.n_results, err) ||
        (all->count == 1 && !known_update(s, &a->report, a->report.n_results, err)))
        return false;
    return outputs_end(&outputs, &a->report, &s->source.requirements, &s->arena, err);
}

bool agents_write(struct agents *all, struct err *err)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].changed && !write_agent(all, &all->list[i], err))
            return false;
    return true;
}

static int one_agent_only(const struct agents *all)
{
    fprintf(stderr, "wsproof: --update-baseline wants one agent, and %zu came\n", all->count);
    return EXIT_USAGE;
}

int agents_summary(struct agents *all)
{
    int code = all->count > 0 ? EXIT_OK : EXIT_UNEXPECTED;

    if (all->s->o.update_baseline && all->count > 1)
        code = one_agent_only(all);

    for (size_t i = 0; i < all->count; i++) {
        struct agent *a = &all->list[i];
        int one = session_exit_code(all->s, &a->report);
        progress_name(stdout, a->name);
        printf(": ");
        progress_summary(all->s->progress, &a->report, a->dir);
        known_print(&a->report, all->s->o.quiet, all->s->o.tap ? stderr : stdout);
        code = one > code ? one : code;
        for (size_t k = 0; k < a->report.n_results; k++)
            result_free(&a->report.results[k]);
    }
    return code;
}
