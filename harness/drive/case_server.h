#ifndef DRIVE_CASE_SERVER_H
#define DRIVE_CASE_SERVER_H

#include "drive/schedule.h"

/* A server that clients come to, one connection a case, in a loop of their own: /getCaseCount, then
 * /runCase?case=N&agent=NAME for each, then /updateReports?agent=NAME. These control paths are
 * those of the Autobahn suite, so that its clients work unchanged. */
#define CASE_SERVER_CASES_MAX 64 /* under way at a time */
#define CASE_SERVER_AGENT_MAX 128

struct case_server_options {
    struct run_options run;
    struct verdict_options verdict;
    uint64_t case_us;
    const char *host;
    uint16_t port;
    const struct io_tls *tls;
};

enum case_server_event_kind {
    CASE_SERVER_RESULT, /* `outcome` of `agent` */
    CASE_SERVER_REPORT, /* `agent` asks for its report; `last`: and that we stop then */
    CASE_SERVER_STOP    /* /stopServer, or a signal */
};

struct case_server_event {
    enum case_server_event_kind kind;
    char agent[CASE_SERVER_AGENT_MAX];
    struct outcome outcome;
    bool last;
};

struct case_server;

NODISCARD struct case_server *
case_server_new(struct io_loop *loop, const struct script_case *const *cases, size_t n_cases,
                const struct case_server_options *options, struct err *err);
void case_server_free(struct case_server *s);
uint16_t case_server_port(const struct case_server *s);

/* The next event; waits for it. False only when waiting itself fails. */
NODISCARD bool case_server_next(struct case_server *s, struct case_server_event *out,
                                struct err *err);

#endif
