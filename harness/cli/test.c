#include "cli/commands.h"

#include <string.h>

#include "cli/session.h"

/* test and test-client differ in who is under test, and in what they say about it. */
static int test(const struct arg_command *command, struct session *s, enum case_role role, int argc,
                char **argv)
{
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false;

    if (!arg_parse(command, argc, argv, &rest, &help, &err))
        return arg_fail(command, &err);
    if (help) {
        arg_help(command);
        return EXIT_OK;
    }
    if (rest.count > (role == ROLE_SERVER ? 1u : 0u)) {
        err_set(&err, ERR_USAGE, "unexpected \"%s\"", rest.items[rest.count - 1]);
        return arg_fail(command, &err);
    }
    s->argc = argc;
    s->argv = argv;
    bool ok =
        session_open(s, role, rest.count ? rest.items[0] : NULL, &err) && session_run(s, &err);
    return session_close(s, ok ? NULL : &err);
}

int command_test(int argc, char **argv)
{
    static struct session s; /* large */
    struct arg_row rows[SESSION_ROWS];
    const struct arg_command command = {
        "test", "wsproof test [URL | --exec CMD [URL]] [options]",
        "Tests a WebSocket server. Without URL and --exec: the built-in reference server.",
        "  wsproof test ws://localhost:9001/\n"
        "  wsproof test --exec 'python3 echo.py {port}' --cases rfc6455/5.1-masking/\n"
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
        "test-client", "wsproof test-client [--exec CMD] [options]",
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
