#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/fuzz/options.h"
#include "cli/session/session.h"
#include "fuzz/live/driver.h"

/* `wsproof fuzz-engine`: one of the processes that `wsproof fuzz` starts. Its options are those of
 * `fuzz`; what it prints is for that (fuzz/trial/news.h). It is not for people. */

static int trouble(struct engine *e, const struct err *err)
{
    struct fuzz_news news = { .kind = FUZZ_NEWS_TROUBLE };
    int code = session_exit_of(err);

    if (e)
        engine_close(e);
    news.code = (uint64_t)code;
    snprintf(news.text, sizeof news.text, "%.*s", FUZZ_NEWS_TEXT - 1, err->text);
    engine_tell(&news);
    return code;
}

static int run(const struct fuzz_options *o)
{
    static struct engine e; /* large */
    struct err err = { 0 };

    /* The driver comes back only when it has not begun. */
    if (!driver_there(&err) || !engine_open(&e, o, &err) || !driver_run(&e, session_exit_of, &err))
        return trouble(&e, &err);
    return EXIT_OK;
}

int command_fuzz_engine(int argc, char **argv)
{
    static struct fuzz_words words; /* large */
    struct arg_row rows[FUZZ_ROWS];
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_command command = {
        "fuzz-engine", "wsproof fuzz-engine [URL | --exec CMD] [options]",
        "One engine of `wsproof fuzz`, which starts it and reads what it prints.", NULL, rows
    };

    fuzz_defaults(&words);
    fuzz_rows(&words, rows);
    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (!fuzz_take(&words, &rest, &err))
        return trouble(NULL, &err);
    if (words.o.seed == UINT64_MAX)
        words.o.seed = 1;
    return run(&words.o);
}
