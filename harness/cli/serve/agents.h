#ifndef CLI_SERVE_AGENTS_H
#define CLI_SERVE_AGENTS_H

#include "cli/session/session.h"
#include "drive/case_server.h"

/* The clients that came to a case server, by the names that they give themselves. */
#define AGENTS_MAX 64

/* What one client got; each has a report of its own. */
struct agent {
    char *name, *dir;
    struct run_report report;
    size_t cap;
    uint64_t first_ms;
    bool changed; /* since its report was written */
};

/* Zero but for `s`, whose report folder holds a folder for each. */
struct agents {
    struct session *s;
    struct agent list[AGENTS_MAX];
    size_t count;
};

/* Takes a result over. A case that is asked for again takes the place of its old result. */
NODISCARD bool agents_add(struct agents *all, struct case_server_event *e, struct err *err);

/* The reports of those that have changed. `changed` stays for the caller to clear. */
NODISCARD bool agents_write(struct agents *all, struct err *err);

/* The report as it stands now, whether or not the agent goes on. */
void agents_settle(struct agent *a);

/* A summary of each on stdout; the exit code that is due to them. Frees the results. */
int agents_summary(struct agents *all);

#endif
