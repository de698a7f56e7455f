#ifndef DRIVE_CASE_SERVER_PARTS_H
#define DRIVE_CASE_SERVER_PARTS_H

#include "drive/case_server.h"
#include "drive/visitor.h"

/* What the two halves of the case server share: the cases under way (case_server.c) and the
 * visitors, who ask for them and about them (reception.c). */
#define VISITORS_MAX 64 /* control connections at a time; more are turned away */

/* What an agent got in a case: enough to answer /getCaseStatus. */
struct standing {
    char agent[CASE_SERVER_AGENT_MAX];
    size_t index;
    const char *behavior; /* in Autobahn's words; static */
};

struct busy {
    struct slot slot;
    char agent[CASE_SERVER_AGENT_MAX];
};

struct case_server {
    struct io_loop *loop;
    struct io_listener *listener;
    const struct script_case *const *cases;
    size_t n_cases;
    struct case_server_options options;
    struct target target; /* the clients: nothing that we start */
    struct busy busy[CASE_SERVER_CASES_MAX];
    struct visitor visitors[VISITORS_MAX];
    uint64_t visits;
    struct standing *standings;
    size_t n_standings, standings_cap;
    struct arena arena;
    struct buf command; /* the one that was given out last */
};

/* The last result of a case; NULL: there is none. */
struct standing *case_server_standing(struct case_server *s, const char *agent, size_t index);
void case_server_remember(struct case_server *s, const char *agent, size_t index,
                          const char *behavior);

/* Is this case of that agent under way; with index n_cases, any? */
bool case_server_runs(const struct case_server *s, const char *agent, size_t index);

/* The visitor's connection becomes that case's; the visitor is gone. */
void case_server_run(struct case_server *s, struct visitor *v, size_t index);

/* Takes what is a visitor's. True: `out` holds an event. */
bool reception_take(struct case_server *s, const struct io_event *event,
                    struct case_server_event *out);

/* Somebody asks for a report that can be given, or commands something. */
bool reception_due(struct case_server *s, struct case_server_event *out);

/* What the reader of the last event has done is passed on: reports are there, commands obeyed. */
void reception_pass_on(struct case_server *s);

/* Who asked for the status of a case that has just ended gets it now. */
void reception_tell_results(struct case_server *s);

#endif
