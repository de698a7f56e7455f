#include "cli/commands.h"

#include <string.h>

#include "cli/session/session.h"

/* "[FILE.case] [URL]" in front of or among the options; a client has no URL. */
static bool take_rest(struct session *s, enum case_role role, const struct arg_list *rest,
                      const char **url, struct err *err)
{
    for (size_t i = 0; i < rest->count; i++) {
        if (source_is_case_file(rest->items[i]) && !s->o.cases_from)
            s->o.cases_from = rest->items[i];
        else if (role == ROLE_SERVER && !*url)
            *url = rest->items[i];
        else
            return err_set(err, ERR_USAGE, "unexpected \"%s\"", rest->items[i]);
    }
    return true;
}

/* test and test-client differ in who is under test, and in what they say about it. */
static int test(const struct arg_command *command, struct session *s, enum case_role role, int argc,
                char **argv)
{
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    const char *url = NULL;
    bool help = false;

    if (!arg_parse(command, argc, argv, &rest, &help, &err))
        return arg_fail(command, &err);
    if (help) {
        arg_help(command);
        return EXIT_OK;
    }
    if (!take_rest(s, role, &rest, &url, &err))
        return arg_fail(command, &err);
    s->argc = argc;
    s->argv = argv;
    bool ok = session_open(s, role, url, &err) && session_run(s, &err);
    return session_close(s, ok ? NULL : &err);
}

int command_test(int argc, char **argv)
{
    static struct session s; /* large */
    struct arg_row rows[SESSION_ROWS];
    const struct arg_command command = {
        "test", "wsproof test [FILE.case] [URL | --exec CMD [URL]] [options]",
        "Tests a WebSocket server. Without URL and --exec: the built-in reference server.",
        "  wsproof test ws://localhost:9001/\n"
        "  wsproof test --exec 'python3 echo.py {port}' --cases rfc6455/5.1-masking/\n"
        "  wsproof test own.case ws://localhost:9001/ -v\n"
        "  wsproof test wss://localhost:9443/ --cacert ca.pem --junit junit.xml\n",
        rows
    };

    memset(&s, 0, sizeof s);
    session_defaults(&s.o, ROLE_SERVER);
    session_rows(&s.o, ROLE_SERVER, rows);
    return test(&command, &s, ROLE_SERVER, argc, argv);
}

int command_test_client(int argc, char **argv)
{
    static struct session s;
    struct arg_row rows[SESSION_ROWS];
    const struct arg_command command = {
        "test-client", "wsproof test-client [FILE.case] [--exec CMD] [options]",
        "Tests a WebSocket client: CMD is started once for each case and shall connect, echo\n"
        "what comes and end when the connection ends. Exit code 89 says \"not implemented\".\n"
        "Without --exec: the built-in reference client.",
        "  wsproof test-client --exec 'node client.js {url}'\n"
        "  wsproof test-client --exec './client --port {port}' --jobs 1 -v\n",
        rows
    };

    memset(&s, 0, sizeof s);
    session_defaults(&s.o, ROLE_CLIENT);
    session_rows(&s.o, ROLE_CLIENT, rows);
    return test(&command, &s, ROLE_CLIENT, argc, argv);
}
