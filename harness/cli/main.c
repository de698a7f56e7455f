#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options/args.h"

#define WORDS_MAX 100 /* of wstest's command line, which has a dozen options */

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
};

/* In the order of the help text: what a person looks for first comes first. */
static const struct command commands[] = {
    { "test", command_test, "test a WebSocket server" },
    { "test-client", command_test_client, "test a WebSocket client" },
    { "serve-cases", command_serve_cases, "be the server that clients are tested against" },
    { "fuzz", command_fuzz, "fuzz a live server or client" },
    { "replay", command_replay, "run a case, or judge saved conversations again" },
    { "report", command_report, "make, merge and compare reports" },
    { "cases", command_cases, "list, show and check test cases" },
    { "requirements", command_requirements, "what the RFCs demand, and which case tests it" },
    { "serve", command_serve, "the reference server: echoes" },
    { "connect", command_connect, "the reference client: talk to a server" },
    { "autobahn", command_autobahn, "what Autobahn|Testsuite's wstest does, drop-in" },
    { NULL, NULL, NULL },
};

static void print_help(void)
{
    printf("usage: wsproof COMMAND [options]\n\n"
           "Proves WebSocket servers and clients against RFC 6455 and RFC 7692.\n\n");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-14s%s\n", c->name, c->about);
    printf("\n  wsproof test ws://localhost:9001/                   a server that runs\n"
           "  wsproof test --exec 'node server.js {port}'         one to be started\n"
           "  wsproof test-client --exec 'node client.js {url}'   a client\n");
    printf("\nwsproof help COMMAND tells more. Exit status: 0 as expected, 1 an unexpected\n"
           "result, 2 usage, 3 the target or the environment, 4 a bug of wsproof.\n");
}

/* What stands where a command should. */
static int no_such_command(const char *word)
{
    const char *names[sizeof commands / sizeof *commands + 2] = { "--help", "--version" };
    const char *kind = word[0] == '-' ? "option" : "command";

    for (size_t i = 0; commands[i].name; i++)
        names[i + 2] = commands[i].name;
    const char *near = arg_nearest(word, names);
    fprintf(stderr, "wsproof: there is no %s %s; ", kind, word);
    if (near)
        fprintf(stderr, "did you mean %s?\n", near);
    else if (word[0] == '-')
        fprintf(stderr, "other options than --help and --version stand behind a command\n");
    else
        fprintf(stderr, "wsproof --help lists them\n");
    return EXIT_USAGE;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int run_command(const char *name, int argc, char **argv)
{
    /* What `fuzz` starts; no word of the help text. */
    if (strcmp(name, "fuzz-engine") == 0)
        return command_fuzz_engine(argc, argv);
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(name, c->name) == 0)
            return c->run(argc, argv);
    }
    return no_such_command(name);
}

/* "wsproof help COMMAND" is "wsproof COMMAND --help". */
static int help(int argc, char **argv)
{
    char *words[] = { argv[0], argc > 2 ? argv[2] : NULL, (char *)"--help", NULL };

    if (argc > 3) {
        fprintf(stderr, "wsproof: help takes one command at a time\n");
        return EXIT_USAGE;
    }
    if (argc > 2 && !is_one_of(argv[2], "--help", "-h", "help"))
        return run_command(argv[2], 3, words);
    print_help();
    return EXIT_OK;
}

static bool called_wstest(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, "wstest") == 0;
}

/* "wstest -m MODE" is "wsproof autobahn -m MODE". */
static int run_as_wstest(int argc, char **argv)
{
    static char *words[WORDS_MAX + 3] = { NULL, (char *)"autobahn" };

    if (argc > WORDS_MAX) {
        fprintf(stderr, "wstest: more than %d arguments\n", WORDS_MAX);
        return EXIT_USAGE;
    }
    words[0] = argv[0];
    memcpy(words + 2, argv + 1, (size_t)argc * sizeof *argv);
    return command_autobahn(argc + 1, words);
}

static int run(int argc, char **argv)
{
    if (argc > 0 && called_wstest(argv[0]))
        return run_as_wstest(argc, argv);
    if (argc < 2) {
        print_help();
        return EXIT_USAGE;
    }
    if (is_one_of(argv[1], "--help", "-h", "help"))
        return help(argc, argv);
    if (is_one_of(argv[1], "--version", "-V", "version")) {
        printf("wsproof %s\n", WSPROOF_VERSION);
        return EXIT_OK;
    }
    return run_command(argv[1], argc, argv);
}

/* A list on a full disk is no list. A reader that has seen enough is no trouble: `… | head`. */
int main(int argc, char **argv)
{
    int code = run(argc, argv);

    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
        return code;
    fprintf(stderr, "wsproof: standard output was not written in full%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return code < EXIT_TARGET ? EXIT_TARGET : code;
}
