#ifndef DRIVE_CASE_SERVER_H
#define DRIVE_CASE_SERVER_H

#include "drive/profile.h"
#include "drive/schedule.h"
#include "drive/web_site.h"
#include "script/autobahn_select.h"

/* A server that clients come to, one connection a case, in a loop of their own: /getCaseCount, then
 * /runCase?case=N&agent=NAME for each, then /updateReports?agent=NAME. These control paths are
 * those of the Autobahn suite, so that its clients work unchanged. */
#define CASE_SERVER_CASES_MAX 64 /* under way at a time */
#define CASE_SERVER_AGENT_MAX 128

struct case_server_options {
    struct run_options run;
    struct verdict_options verdict;
    uint64_t case_us;
    const struct profile *profile; /* what clients are set up for; NULL: nothing */
    const char *host;
    uint16_t port;
    const struct io_tls *tls;
    struct bytes page; /* what a browser gets for /; empty: a sentence. Must outlive the server */
    /* The rest may be NULL or 0. */
    const struct autobahn_selection *numbered; /* the numbers that the same cases go by */
    const struct autobahn_exclusion *exclusions;
    size_t n_exclusions;
    const char *const *origins; /* patterns; a browser from elsewhere is refused */
    size_t n_origins;
    const struct web_site *site; /* for who speaks no WebSocket; in place of `page` and /reports/ */
    struct web_server *web;      /* a port of its own, which is looked after */
};

struct visitor;

enum case_server_event_kind {
    CASE_SERVER_RESULT,  /* `outcome` of `agent` */
    CASE_SERVER_REPORT,  /* `agent` asks for its report, and is told at the next call that it is
                            there; `last`: and that we stop then */
    CASE_SERVER_PAGE,    /* a browser asks for /reports/, of `agent` if not "": case_server_show */
    CASE_SERVER_COMMAND, /* `visitor` says `text`: direct command mode */
    CASE_SERVER_STOP     /* /stopServer, or a signal */
};

struct case_server_event {
    enum case_server_event_kind kind;
    char agent[CASE_SERVER_AGENT_MAX];
    struct outcome outcome;
    bool last;
    struct visitor *visitor; /* who asked for the page, or commands; until the next call */
    struct bytes text;       /* likewise */
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

/* Answers a CASE_SERVER_PAGE, before the next event is asked for. `html` may be dropped at once. */
void case_server_show(struct case_server *s, const struct case_server_event *e, struct bytes html);

#endif
