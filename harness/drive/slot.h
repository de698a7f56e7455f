#ifndef DRIVE_SLOT_H
#define DRIVE_SLOT_H

#include "drive/further.h"
#include "drive/target.h"
#include "run/run.h"

/* One case under way: joins a run to its connection, and in test-client to the client's process. */
enum slot_state {
    SLOT_FREE,
    SLOT_RUNNING,
    SLOT_CHECKING,  /* a server of ours broke off, or is suspected to die of it: has it? */
    SLOT_LINGERING, /* has ended; what it left behind may still kill the target */
    SLOT_OVER
};

struct slot {
    enum slot_state state;
    struct target *target;
    const struct script_case *c;
    size_t index;       /* of the case in the selection */
    unsigned attempt;   /* from 1 */
    bool alone;         /* nothing else runs beside it */
    bool suspect;       /* the target died of it or of another, and now it is its turn */
    struct arena arena; /* the address that the client is told */
    struct run run;
    struct transcript transcript; /* of the run; taken over by who reads the outcome */
    struct io_conn *conn;
    struct io_listener *listener; /* clients: where the client comes to */
    struct io_process *process;   /* clients: it */
    struct further_list further;  /* clients: its connections beside `conn` */
    struct peer_client *fresh;    /* the second connection of `expect alive`, or of CHECKING */
    struct io_mark mark; /* where its process stood when the case began, if it is watched */
    bool fresh_pinged;
    char out_line[512];
    size_t out_len;
    struct buf err_output;
    uint64_t err_from;  /* servers: where its stderr stood when the case began */
    uint64_t opened_us; /* servers: when `conn` was begun, by the loop's clock */
    uint64_t started_us, ended_us, until_us, stop_us;
    /* Its own clock, of which those four are: it stands at a deadline until the loop has told that
     * it passed, and goes on from a little before where bytes came after it. */
    uint64_t now_us, skew_us;
    bool due;      /* it has been told */
    int exit_code; /* of the client; -1: not yet */
    bool not_reached;
    bool unanswered;      /* it ended while a second connection waited for an answer */
    char client_how[352]; /* as target.how */
};

/* `case_us` bounds the whole case. False: no memory or the client would not start (`err`). */
NODISCARD bool slot_begin(struct slot *s, struct target *target, const struct script_case *c,
                          const struct run_options *options, uint64_t case_us, struct err *err);

/* For a case server: the connection is there already, and its first bytes with it. */
NODISCARD bool slot_adopt(struct slot *s, struct target *target, const struct script_case *c,
                          const struct run_options *options, uint64_t case_us, struct io_conn *conn,
                          struct bytes first, struct err *err);

/* Does what the run wants until it waits, or has taken long: then it is due again at once. */
void slot_drive(struct slot *s);

/* When slot_pass_time is due, by the loop's clock; UINT64_MAX: never. */
uint64_t slot_deadline_us(const struct slot *s);

/* The loop has told IO_TIME: a deadline that has passed is one now, and the slot is driven. */
void slot_pass_time(struct slot *s);

/* Neither free nor over: its `until_us` counts, and its target's death concerns it. */
bool slot_busy(const struct slot *s);

/* Ends it: the server died while only this case was under way. */
void slot_target_died(struct slot *s);

/* It is over and ran alone: a report on stderr says that a process of the server's has died, of
 * which the server itself may know nothing. */
void slot_note_report(struct slot *s);

/* If the event is an answer of the server: when the connection was begun that has it, by the loop's
 * clock; else 0. The server has lived since. Before slot_take. */
uint64_t slot_shows_life(const struct slot *s, const struct io_event *event);

/* Takes an event that is this slot's; slot_drive follows. */
bool slot_take(struct slot *s, const struct io_event *event);

/* Hangs up and forgets; the transcript too, unless it was taken (zeroed). */
void slot_free(struct slot *s);

#endif
