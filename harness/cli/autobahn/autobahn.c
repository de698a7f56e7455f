#include "cli/autobahn/autobahn.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

/* The command itself: its options, and which mode they mean. */

struct mode {
    const char *name;
    int (*run)(const struct autobahn_options *o);
};

static const struct mode modes[] = {
    { "fuzzingclient", autobahn_fuzzingclient },
    { "fuzzingserver", autobahn_fuzzingserver },
    { "echoserver", autobahn_echoserver },
    { "echoclient", autobahn_echoclient },
    { "broadcastserver", autobahn_broadcastserver },
    { "broadcastclient", autobahn_broadcastclient },
    { "testeeserver", autobahn_echoserver },
    { "testeeclient", autobahn_testeeclient },
    { "massconnect", autobahn_massconnect },
};

#define MODES (sizeof modes / sizeof *modes)

/* The options' places are filled in place: one mode a program. */
static struct autobahn_options given = { .webport = 8080, .jobs = 32 };

static const struct arg_row rows[] = {
    { "--mode", 'm', ARG_TEXT, &given.mode, "MODE",
      "fuzzingclient, fuzzingserver, echoserver, echoclient, broadcastserver, broadcastclient, "
      "testeeserver, testeeclient, massconnect" },
    { "--spec", 's', ARG_TEXT, &given.spec, "FILE",
      "what to do (./MODE.json, which is written if it is not there)" },
    { "--wsuri", 'w', ARG_TEXT, &given.url, "URL", "where to connect to, or to listen" },
    { "--webport", 'u', ARG_NUMBER, &given.webport, "N",
      "fuzzingserver: pages for people on this port; 0: none (8080)" },
    { "--ident", 'i', ARG_TEXT, &given.ident, "NAME", "what a testee calls itself" },
    { "--key", 'k', ARG_TEXT, &given.key, "FILE", "servers: wss:// with this key (PEM)" },
    { "--cert", 'c', ARG_TEXT, &given.cert, "FILE", "and its certificate" },
    { "--outfile", 'o', ARG_TEXT, &given.outfile, "FILE", "taken and not used" },
    { "--testset", 't', ARG_TEXT, &given.testset, "NAME", "taken and not used" },
    { "--debug", 'd', ARG_FLAG, &given.debug, NULL, "tell more" },
    { "--autobahnversion", 'a', ARG_FLAG, &given.version, NULL, "like --version" },
    { "--version", 0, ARG_FLAG, &given.version, NULL, "print the version and end" },
    { "--strict-exit", 0, ARG_FLAG, &given.strict_exit, NULL, "exit 1 when a case failed" },
    { "--jobs", 'j', ARG_NUMBER, &given.jobs, "N", "fuzzingclient: cases at a time (32)" },
    { "--cases-from", 0, ARG_TEXT, &given.cases_from, "PATH",
      "cases from a folder or a .case file, not the built-in ones" },
    { 0 },
};

static const struct arg_command command = {
    .name = "autobahn",
    .usage = "wsproof autobahn -m MODE [options]   (also as: wstest -m MODE [options])",
    .about = "Does what Autobahn|Testsuite's wstest does: the same spec files, case numbers, "
             "control paths and reports. As there, the exit status of a run that came to its end "
             "is 0 whatever it found; --strict-exit makes it 1 when a case failed. A server that "
             "cannot be reached is an error in any case.",
    .examples = "  wsproof autobahn -m fuzzingclient -s fuzzingclient.json\n"
                "  wsproof autobahn -m fuzzingclient -w ws://127.0.0.1:9001 --strict-exit\n"
                "  wstest --mode fuzzingserver --spec fuzzingserver.json --webport=0\n"
                "  wstest -m testeeclient -w ws://127.0.0.1:9001 -i 'my client'\n",
    .rows = rows,
};

int autobahn_fail(const struct err *err)
{
    return arg_fail(&command, err);
}

static const struct mode *mode_named(const char *name)
{
    for (size_t i = 0; i < MODES; i++)
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    return NULL;
}

static int no_such_mode(const char *name)
{
    const char *names[MODES + 1] = { 0 };
    struct err err = { 0 };

    for (size_t i = 0; i < MODES; i++)
        names[i] = modes[i].name;
    const char *near = name ? arg_nearest(name, names) : NULL;
    if (!name)
        err_set(&err, ERR_USAGE, "which mode? for example: -m fuzzingclient");
    else if (near)
        err_set(&err, ERR_USAGE, "there is no mode %s; did you mean %s?", name, near);
    else
        err_set(&err, ERR_USAGE, "there is no mode %s; wsproof autobahn --help lists them", name);
    return autobahn_fail(&err);
}

int command_autobahn(int argc, char **argv)
{
    struct arg_list rest;
    struct err err = { 0 };
    bool help;

    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return autobahn_fail(&err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (given.version) {
        printf("wsproof %s\n", WSPROOF_VERSION);
        return EXIT_OK;
    }
    if (rest.count > 0 || given.webport > 65535) {
        err_set(&err, ERR_USAGE, rest.count ? "what is \"%s\"? only options are expected" : "%s",
                rest.count ? rest.items[0] : "--webport goes up to 65535");
        return autobahn_fail(&err);
    }
    const struct mode *mode = given.mode ? mode_named(given.mode) : NULL;
    return mode ? mode->run(&given) : no_such_mode(given.mode);
}
