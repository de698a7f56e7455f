#include "fuzz/trial/stand.h"

#include <stdio.h>
#include <string.h>

#include "script/embedded_cases.h"

static bool read_headers(struct stand *s, struct err *err)
{
    const struct fuzz_options *o = s->options;

    if (o->n_headers > STAND_HEADERS_MAX)
        return err_set(err, ERR_USAGE, "more than %d times --header", STAND_HEADERS_MAX);
    for (size_t i = 0; i < o->n_headers; i++) {
        struct bytes line = bytes_str(o->headers[i]);
        size_t colon = bytes_index(line, 0, ':');
        s->headers[i] =
            (struct ws_header){ bytes_take(line, colon), bytes_trim(bytes_skip(line, colon + 1)) };
        if (colon == line.len || !http1_is_token(s->headers[i].name))
            return err_set(err, ERR_USAGE, "--header expects 'Name: value', found \"%s\"",
                           o->headers[i]);
    }
    return true;
}

static bool read_requirements(struct stand *s, struct err *err)
{
    for (const struct embedded *file = embedded_cases; file->path; file++)
        if (strcmp(file->path, "requirements.tsv") == 0)
            return requirements_parse(&s->arena, bytes_of(file->ptr, file->len), &s->requirements,
                                      err);
    return err_set(err, ERR_INTERNAL, "the suite holds no requirements.tsv");
}

/* What {cacert} in a client's command stands for. */
static bool write_cacert(struct stand *s, struct err *err)
{
    struct buf pem;

    if (!io_dir_private(s->dir, err)) {
        s->dir[0] = '\0';
        return false;
    }
    snprintf(s->cacert, sizeof s->cacert, "%s/cacert.pem", s->dir);
    buf_init(&pem, 1 << 20);
    bool ok =
        io_tls_certificate(s->tls, &pem, err) && io_file_write(s->cacert, buf_bytes(&pem), err);
    buf_free(&pem);
    return ok;
}

/* `tells`: the target chooses its address, which may be a wss:// one. */
static bool make_tls(struct stand *s, bool tells, struct err *err)
{
    const struct fuzz_options *o = s->options;
    struct io_tls_options options = { .server = o->role == ROLE_CLIENT,
                                      .cacert = o->cacert,
                                      .insecure = o->insecure,
                                      .alpn = "http/1.1" };
    struct peer_url url;
    bool wanted = o->tls || tells;

    if (o->url) {
        if (!peer_url_parse(o->url, &url, err))
            return false;
        wanted = url.secure;
    }
    if (!wanted)
        return true;
    s->tls = io_tls_new(&options, err);
    return s->tls && (o->role == ROLE_SERVER || write_cacert(s, err));
}

bool stand_open(struct stand *s, const struct fuzz_options *options, struct err *err)
{
    struct target_options target = { .role = options->role,
                                     .url = options->url,
                                     .command = options->command,
                                     .sni = options->sni,
                                     .cacert = options->cacert,
                                     .profile = &s->profile };

    memset(s, 0, sizeof *s);
    s->options = options;
    bool tells = target_address_of(&target) == TARGET_TELLS;
    if (!read_headers(s, err) || !read_requirements(s, err) || !make_tls(s, tells, err))
        return false;
    target.tls = tells ? NULL : s->tls;
    target.tls_if_told = tells ? s->tls : NULL;
    if (s->cacert[0])
        target.cacert = s->cacert;
    s->loop = io_loop_new(err);
    return s->loop && io_loop_watch_signals(s->loop, err) &&
           target_init(&s->target, s->loop, &target, err);
}

void stand_close(struct stand *s)
{
    schedule_free(s->last);
    if (s->loop)
        target_free(&s->target);
    io_tls_free(s->tls);
    io_loop_free(s->loop);
    if (s->dir[0])
        io_dir_remove(s->dir);
    arena_free(&s->arena);
    memset(s, 0, sizeof *s);
}

/* How `wsproof test` runs a case, whose fail this is to be; it waits no shorter. */
static void fill_schedule(struct stand *s)
{
    const struct fuzz_options *o = s->options;
    struct run_options *run = &s->schedule.run;

    schedule_usual(&s->target, embedded_cases, &s->requirements, &s->schedule);
    run->headers = s->headers;
    run->n_headers = o->n_headers;
    run->protocols = o->protocols;
    run->n_protocols = o->n_protocols;
    run->seed = o->seed;
    if (o->timeout_ms * 1000 > run->expect_us)
        run->expect_us = o->timeout_ms * 1000;
    s->schedule.verdict.strict = o->strict;
}

bool stand_ready(struct stand *s, struct err *err)
{
    bool runs = s->target.process && !s->target.exited;

    if (s->options->role == ROLE_CLIENT) {
        target_stop(&s->target); /* one that somebody else has started; each case has its own */
        s->target.exited = false;
        fill_schedule(s);
        return true;
    }
    if (s->options->command && !runs && !target_start(&s->target, err))
        return false;
    fill_schedule(s);
    return probe_reach(&s->target, err);
}

/* Nobody else reserves terabytes. */
#define SHADOW_LEAST_KIB (4ull << 30)

static void look_for_shadow(struct stand *s)
{
    struct io_usage usage;

    s->shadowed = s->target.process && io_process_usage(s->target.process, &usage) &&
                  usage.reserved_kib >= SHADOW_LEAST_KIB;
}

bool stand_probe(struct stand *s, struct err *err)
{
    if (!stand_ready(s, err) || !probe_target(&s->target, &s->schedule.run, &s->probe, err))
        return false;
    look_for_shadow(s);
    return true;
}

uint64_t stand_memory_max(const struct stand *s)
{
    return s->options->memory_bytes * (s->shadowed ? 2 : 1);
}

bool stand_run(struct stand *s, const struct script_case *c, struct outcome *out, struct err *err)
{
    const struct script_case *cases[] = { c };

    schedule_free(s->last);
    s->last = NULL;
    if (s->afresh)
        target_stop(&s->target);
    s->afresh = false;
    if (!stand_ready(s, err))
        return false;
    s->last = schedule_new(&s->target, cases, 1, &s->schedule, &s->probe, err);
    if (!s->last)
        return false;
    if (schedule_next(s->last, out, err)) {
        s->afresh = out->verdict.result == VERDICT_FAIL;
        return true;
    }
    return err->code == ERR_NONE ? err_set(err, ERR_INTERNAL, "a case gave no outcome") : false;
}
