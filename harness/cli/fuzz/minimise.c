#define _POSIX_C_SOURCE 200809L /* isatty, fileno */
#include "cli/fuzz/minimise.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/options/exit_code.h"
#include "cli/session/session.h"
#include "fuzz/session/session_case.h"
#include "fuzz/trial/convict.h"
#include "io/clock.h"
#include "io/file.h"
#include "script/parse.h"

#define CANDIDATES_MAX 500 /* each is a case run alone: some take seconds */
#define ENDING ".case"

struct small {
    struct fuzz_options o;
    const char *path, *beside;
    struct arena arena;
    struct stand stand;
    struct convict convict;
    struct script_file file;
    struct fuzz_session session;
    size_t tried;
};

static void show_mistakes(const char *path, struct bytes text, const struct diagnostics *diags)
{
    struct buf out;

    buf_init(&out, SCRIPT_FILE_MAX);
    for (size_t i = 0; i < diags->count && i < SCRIPT_ERRORS_MAX; i++)
        if (!script_diag_print(path, text, &diags->list[i], &out))
            break;
    fprintf(stderr, "%.*s", BYTES_ARG(buf_bytes(&out)));
    buf_free(&out);
}

static bool read_case(struct small *s, const char *path, struct err *err)
{
    struct diagnostics diags = { 0 };
    struct bytes text = { 0 };
    struct buf file;

    buf_init(&file, SCRIPT_FILE_MAX);
    bool ok = io_file_read(path, SCRIPT_FILE_MAX, &file, err);
    if (ok)
        text = arena_copy(&s->arena, buf_bytes(&file));
    buf_free(&file);
    if (!ok) {
        err->code = ERR_USAGE;
        return false;
    }
    if (!text.ptr)
        return err_memory(err, path);
    if (!script_parse(&s->arena, path, text, NULL, &s->file, &diags)) {
        show_mistakes(path, text, &diags);
        return err_set(err, ERR_SYNTAX, "%s has mistakes", path);
    }
    return s->file.n_cases == 1 ||
           err_set(err, ERR_SYNTAX, "--minimise takes a file with one case; %s has %zu", path,
                   s->file.n_cases);
}

/* Which of a case's expectations its smaller forms have to break: the others change with what is
 * sent. */
static enum suspicion_kind kind_of(const struct script_case *c, struct fuzz_options *o)
{
    enum suspicion_kind kind = SUSPICION_DIFFERENCE;

    for (size_t i = 0; i < c->n_steps; i++) {
        const struct expect *e = &c->steps[i].as.expect;
        if (c->steps[i].op != OP_EXPECT)
            continue;
        if (e->kind == EXPECT_MEMORY) {
            o->memory_bytes = e->limit;
            return SUSPICION_MEMORY; /* what stands before it is there to wait */
        }
        if (e->kind == EXPECT_CPU) {
            o->cpu_ms = e->limit;
            kind = SUSPICION_CPU;
        }
        if (e->kind == EXPECT_ALIVE && kind == SUSPICION_DIFFERENCE)
            kind = SUSPICION_DEATH;
    }
    return kind;
}

static const char *name_of(const struct script_case *c)
{
    const char *slash = strrchr(c->id, '/');

    return slash ? slash + 1 : c->id;
}

static bool must_fail(struct small *s, const struct script_case *c, struct err *err)
{
    struct outcome outcome;

    if (!stand_run(&s->stand, c, &outcome, err))
        return false;
    transcript_free(&outcome.transcript);
    return outcome.verdict.result == VERDICT_FAIL ||
           err_set(err, ERR_USAGE, "%s does not fail: it is %s%s%s", s->path,
                   verdict_name(outcome.verdict.result), outcome.verdict.reason ? ": " : "",
                   outcome.verdict.reason ? outcome.verdict.reason : "");
}

/* The fuzzer's way of saying it has to fail as well, or nothing smaller could be judged. */
static bool begin(struct small *s, const struct script_case *c, struct err *err)
{
    struct suspicion suspicion = { .kind = kind_of(c, &s->o) };

    snprintf(suspicion.signature, sizeof suspicion.signature, "%s", name_of(c));
    snprintf(suspicion.what, sizeof suspicion.what, "%s", c->title);
    if (!convict_begin(&s->convict, &suspicion, &s->session))
        return err_memory(err, "a session");
    s->convict.path = s->beside;
    if (!convict_judge(&s->convict, &s->stand, err))
        return false;
    return s->convict.result == CONVICT_GUILTY ||
           err_set(err, ERR_USAGE, "as a session of the fuzzer it does not fail: %s",
                   s->convict.why);
}

static void show(const struct small *s, bool end)
{
    if (isatty(fileno(stdout)))
        printf("\r\033[K%zu tried, %zu frames left%s", s->tried, s->convict.minimise.best.n_steps,
               end ? "\n" : "");
    fflush(stdout);
}

static bool shrink(struct small *s, struct err *err)
{
    uint64_t until = s->o.time_ms > 0 ? io_elapsed_ms() + s->o.time_ms : UINT64_MAX;
    const struct fuzz_session *candidate;
    bool shows;

    s->convict.candidates_max = s->o.runs > 0 ? (size_t)s->o.runs : CANDIDATES_MAX;
    while (io_elapsed_ms() < until && convict_next(&s->convict, &candidate)) {
        if (!convict_try(&s->convict, &s->stand, candidate, &shows, err))
            return false;
        convict_told(&s->convict, shows);
        s->tried++;
        show(s, false);
    }
    show(s, true);
    return convict_judge(&s->convict, &s->stand, err);
}

/* "x.case" -> "x.min.case" */
static bool choose_name(struct small *s, const char *path, struct err *err)
{
    size_t len = strlen(path), ending = strlen(ENDING);
    bool named = len > ending && strcmp(path + len - ending, ENDING) == 0;

    s->path = path;
    s->beside = arena_print(&s->arena, "%.*s.min" ENDING, (int)(named ? len - ending : len), path);
    return s->beside || err_memory(err, "a file name");
}

static bool write_beside(struct small *s, struct err *err)
{
    if (s->convict.result != CONVICT_GUILTY)
        return err_set(err, ERR_TARGET, "it does not fail every time: %s", s->convict.why);
    if (!io_file_write(s->beside, buf_bytes(&s->convict.text), err))
        return false;
    printf("%s: %zu of %zu frames left, after %zu tries\n", s->beside,
           s->convict.minimise.best.n_steps, s->session.n_steps, s->tried);
    return true;
}

static bool minimise(struct small *s, struct err *err)
{
    const struct script_case *c = s->file.cases;

    return stand_probe(&s->stand, err) && must_fail(s, c, err) && begin(s, c, err) &&
           shrink(s, err) && write_beside(s, err);
}

int fuzz_minimise_file(const struct fuzz_words *w)
{
    static struct small s; /* large */
    struct err err = { 0 };

    memset(&s, 0, sizeof s);
    s.o = w->o;
    bool ok = choose_name(&s, w->minimise, &err) && read_case(&s, w->minimise, &err) &&
              fuzz_session_from_case(s.file.cases, &s.arena, &s.session, &err);
    if (ok) {
        ok = stand_open(&s.stand, &s.o, &err) && minimise(&s, &err);
        stand_close(&s.stand);
    }
    if (!ok)
        session_complain(&err);
    convict_free(&s.convict);
    arena_free(&s.arena);
    return ok ? EXIT_OK : session_exit_of(&err);
}
