#include "cli/autobahn/autobahn.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/file.h"

/* From the name of a spec file to the cases that it means. */

static const char *const default_paths[] = { "./fuzzingclient.json", "./fuzzingserver.json",
                                             "./massconnect.json" };

static bool write_default(enum spec_kind kind, const char *path, struct err *err)
{
    if (!io_file_write(path, bytes_str(report_spec_default(kind)), err))
        return false;
    printf("there was no spec: wrote %s\n", path);
    return true;
}

static void show_remarks(const char *path, const struct spec *spec)
{
    struct buf line;

    buf_init(&line, 4096);
    for (size_t i = 0; i < spec->n_remarks; i++) {
        buf_clear(&line);
        if (text_quote(bytes_str(spec->remarks[i]), 200, &line))
            fprintf(stderr, "%s: warning: %.*s\n", path, BYTES_ARG(buf_bytes(&line)));
    }
    buf_free(&line);
}

bool autobahn_spec_load(enum spec_kind kind, const struct autobahn_options *o, struct arena *a,
                        struct spec *out, struct err *err)
{
    const char *path = o->spec ? o->spec : default_paths[kind];
    struct buf text;

    if (!o->spec && !io_file_exists(path) && !write_default(kind, path, err))
        return false;
    buf_init(&text, SPEC_FILE_MAX);
    bool ok = io_file_read(path, SPEC_FILE_MAX, &text, err);
    if (!ok && err->code == ERR_SYSTEM)
        err->code = ERR_USAGE; /* the name was wrong, not the machine */
    if (ok && !report_spec_read(kind, buf_bytes(&text), a, out, err)) {
        char what[sizeof err->text];
        memcpy(what, err->text, sizeof what);
        if (err->line == 0)
            err_set(err, err->code, "%.200s: %.300s", path, what);
        else
            snprintf(err->file, sizeof err->file, "%s", path);
        ok = false;
    }
    buf_free(&text);
    if (ok)
        show_remarks(path, out);
    return ok;
}

/* An id that no case has may be a slip of the finger; a pattern for cases that are not there is
 * usual ("11.*" stands in many a spec). */
static void show_misses(const struct autobahn_selection *s)
{
    for (size_t i = 0; i < s->n_unknown; i++)
        fprintf(stderr, "warning: there is no case %.60s\n", s->unknown[i]);
    for (size_t i = 0; i < s->n_idle; i++)
        fprintf(stderr, "remark: no case matches %.60s\n", s->idle[i]);
}

bool autobahn_plan_load(struct autobahn_plan *p, enum spec_kind kind,
                        const struct autobahn_options *o, struct err *err)
{
    enum case_role role = kind == SPEC_FUZZINGSERVER ? ROLE_CLIENT : ROLE_SERVER;

    if (!autobahn_spec_load(kind, o, &p->arena, &p->spec, err) ||
        !source_load(&p->source, o->cases_from, err))
        return false;
    if (!autobahn_select(&p->source.suite, role, p->spec.cases, p->spec.exclude_cases, &p->arena,
                         &p->selection))
        return err_memory(err, "the chosen cases");
    show_misses(&p->selection);
    return p->selection.count > 0 || err_set(err, ERR_USAGE,
                                             "no case is left to run: look at \"cases\" and "
                                             "\"exclude-cases\" of the spec");
}

void autobahn_plan_free(struct autobahn_plan *p)
{
    source_free(&p->source);
    arena_free(&p->arena);
}

void autobahn_session(struct session *s, const struct autobahn_plan *p,
                      const struct autobahn_options *o, const struct spec_options *options,
                      enum case_role role)
{
    memset(s, 0, sizeof *s);
    session_defaults(&s->o, role);
    s->shared = &p->source;
    s->numbered = &p->selection;
    s->o.jobs = o->jobs;
    s->o.verbose = o->debug;
    s->o.quiet = !o->debug;
    if (options->timeout_ms > s->o.timeout_ms)
        s->o.timeout_ms = options->timeout_ms;
    if (s->o.case_ms < 4 * s->o.timeout_ms)
        s->o.case_ms = 4 * s->o.timeout_ms;
}
