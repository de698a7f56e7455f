#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/session/session.h"

/* A run alone that came out better than the one beside others was settled by the schedule, with
 * what it knew of both: one transcript cannot tell that. */
static bool settled_by_two_runs(const struct result *r)
{
    return r->attempts > 1 && r->verdict.result == VERDICT_INFO;
}

/* Why a case was passed over, or came to nothing, is no matter of what was said. */
static bool was_judged(const struct result *r)
{
    return r->transcript.count > 0 && r->verdict.result != VERDICT_SKIP &&
           r->verdict.result != VERDICT_ERROR && !settled_by_two_runs(r);
}

static bool same(const struct verdict *a, const struct verdict *b)
{
    return a->result == b->result && a->behaviour == b->behaviour && a->closing == b->closing &&
           a->rule == b->rule;
}

static const char *plain_id(struct arena *a, const char *id)
{
    return arena_str(a, bytes_take(bytes_str(id), bytes_index(bytes_str(id), 0, '@')));
}

struct replay {
    struct source source;
    struct arena arena;
    struct run_report report;
    struct verdict_options options;
    size_t agreed, differ, unknown;
};

static bool judge_again(struct replay *r, const struct result *result, struct err *err)
{
    const char *id = plain_id(&r->arena, result->id);
    const struct script_case *c = id ? suite_case(&r->source.suite, id) : NULL;
    struct verdict again;

    if (!was_judged(result))
        return true;
    if (!c) {
        r->unknown++;
        printf("unknown  %s: the suite has no such case\n", result->id);
        return true;
    }
    if (!verdict_judge(c, &result->transcript, &r->options, &r->arena, &again))
        return err_memory(err, "a verdict");
    if (same(&again, &result->verdict)) {
        r->agreed++;
        return true;
    }
    r->differ++;
    printf("differs  %s: was %s (%s), is %s (%s)\n", result->id,
           verdict_name(result->verdict.result),
           result->verdict.reason ? result->verdict.reason : "-", verdict_name(again.result),
           again.reason ? again.reason : "-");
    return true;
}

static bool replay_results(struct replay *r, const char *path, struct err *err)
{
    bool ok = outputs_read(path, &r->arena, &r->report, err);

    r->options.role = ok && strcmp(r->report.role, "client") == 0 ? ROLE_CLIENT : ROLE_SERVER;
    r->options.requirements = &r->source.requirements;
    r->options.data = r->source.files;
    for (size_t i = 0; ok && i < r->report.n_results; i++)
        ok = judge_again(r, &r->report.results[i], err);
    return ok;
}

/* A finding against a client says so: all of its cases are for clients alone. */
static bool is_for_clients(const char *path)
{
    struct source source;
    struct suite_fault fault = { 0 };
    struct err err = { 0 };
    bool clients = false;

    if (source_files(&source, path, &err) && suite_load(&source.suite, source.files, &fault)) {
        clients = source.suite.n_cases > 0;
        for (size_t i = 0; i < source.suite.n_cases; i++)
            clients &= source.suite.cases[i]->role == ROLE_CLIENT;
    }
    source_free(&source); /* what is wrong with the file, who runs it will tell */
    return clients;
}

int command_replay(int argc, char **argv)
{
    static struct replay r; /* large */
    const char *cases_from = NULL;
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_row rows[] = {
        { "--cases-from", 0, ARG_TEXT, &cases_from, "PATH",
          "the cases that the run was made with" },
        { "--strict", 0, ARG_FLAG, &r.options.strict, NULL, "contested cases may fail" },
        { 0 },
    };
    const struct arg_command command = {
        "replay", "wsproof replay RESULTS [options] | FILE.case [URL] [options of test]",
        "Judges the saved conversations of a run again, without a target, and tells where\n"
        "the verdict is another now: 0 nowhere, 1 somewhere. A case file is run as\n"
        "`wsproof test FILE.case` runs it, one for clients as `wsproof test-client`.",
        "  wsproof replay wsproof-report/results.json\n"
        "  wsproof replay finding.case ws://localhost:9001/\n",
        rows
    };

    if (argc > 2 && source_is_case_file(argv[2]))
        return is_for_clients(argv[2]) ? command_test_client(argc, argv) : command_test(argc, argv);
    memset(&r, 0, sizeof r);
    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (rest.count != 1) {
        err_set(
            &err, ERR_USAGE,
            "one results.json or FILE.case is expected, as wsproof-report/results.json, found %zu",
            rest.count);
        return arg_fail(&command, &err);
    }
    bool ok = source_load(&r.source, cases_from, &err) && replay_results(&r, rest.items[0], &err);
    if (ok)
        printf("%zu judged again and the same, %zu differ, %zu unknown\n", r.agreed, r.differ,
               r.unknown);
    else
        session_complain(&err);
    for (size_t i = 0; i < r.report.n_results; i++)
        result_free(&r.report.results[i]);
    source_free(&r.source);
    arena_free(&r.arena);
    return !ok ? session_exit_of(&err) : r.differ > 0 ? EXIT_UNEXPECTED : EXIT_OK;
}
