#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "run/listener.h"
#include "run/pattern.h"
#include "run/speaker.h"
#include "run/talk.h"
#include "ws/handshake.h"

/* One case under way, without I/O: it is told what came and what time it is, and says what to do
 * next. It records all that happened in a transcript; how good that was is the verdict's business.
 *
 *     while run_next(r, now, &act) gives something to do: do it
 *     then wait for the connection, or until act.until_us
 *
 * The same case, bytes and times give the same acts. All times are microseconds of one clock. */
enum run_act_kind {
    RUN_WAIT,  /* nothing to do before until_us, or before something comes */
    RUN_OPEN,  /* make a connection (or let the client make one): run_opened or run_ended follows */
    RUN_WRITE, /* one write of `data`; then run_written */
    RUN_SHUTDOWN, /* half-close */
    RUN_RESET,
    RUN_CLOSE,   /* the connection is done with */
    RUN_READ,    /* reading `on` or off */
    RUN_ANOTHER, /* go on with the client's further connection: run_opened follows at once */
    RUN_ALIVE,   /* try a fresh connection: run_alive */
    RUN_MEMORY,  /* look: run_memory */
    RUN_CPU,     /* look: run_cpu */
    RUN_DONE
};

struct run_act {
    enum run_act_kind kind;
    struct bytes data; /* until the next run_next */
    uint64_t until_us;
    bool on;
};

struct run_options {
    enum case_role role; /* who is under test */
    const char *host, *path, *port,
        *base; /* "localhost:9001", "/", "9001", "ws://localhost:9001" */
    const struct ws_header *headers;
    size_t n_headers;
    const char *const *protocols;
    size_t n_protocols;
    uint64_t seed;               /* of the run; the case's own comes from it and the id */
    uint64_t cut;                /* bytes a write for everything; 0: as the case says */
    uint64_t pace_us;            /* between the small writes of such a cut, once it is open */
    uint64_t expect_us;          /* how long an expectation waits */
    uint64_t quiet_us;           /* how long nothing comes before a barrier is sent */
    bool barriers;               /* send them at all */
    bool echoes;                 /* the target is known to echo */
    bool tells_url;              /* a client is told the case's `url` when it starts */
    const struct setup *setup;   /* what the target is set up for; NULL: nothing */
    const struct embedded *data; /* files of the suite */
};

enum run_state {
    RUN_STATE_START,
    RUN_STATE_OPENING,  /* RUN_OPEN is out */
    RUN_STATE_TURNING,  /* to the client's further connection */
    RUN_STATE_GREETING, /* waits for the client's request */
    RUN_STATE_STEPS,
    RUN_STATE_WAITING, /* `wait` */
    RUN_STATE_AWAITING,
    RUN_STATE_CLOSING,
    RUN_STATE_OVER,
    RUN_STATE_DONE
};

/* How far a barrier has come while a pattern is awaited. */
enum run_barrier {
    BARRIER_QUIET, /* not sent: as long as things come, none is needed */
    BARRIER_SENT,
    BARRIER_PASSED,
    BARRIER_MARKED, /* a message that only who goes on would echo is out */
    BARRIER_CLOSED, /* our Close is out */
    BARRIER_NONE    /* can do no more */
};

#define RUN_BLOCKS_MAX 16   /* what the parser allows */
#define RUN_GREETING_MAX 64 /* request, extension, … before a connect */

/* A block under way: together, repeat, measure, or the second branch of a choice. */
struct run_block {
    size_t step, end, exit; /* pc == end: back to step + 1 while rounds are left, then to exit */
    uint64_t left;
    uint64_t entered_us;
    uint64_t turn; /* of repeat, from 0 */
};

/* The turn of a repeat that is under way: see turns.c. */
struct run_turn {
    bool watched; /* it may be folded */
    bool odd;     /* something about it is worth keeping */
    struct transcript_mark began;
    size_t echoes; /* taken before it began */
};

struct run {
    const struct script_case *c;
    struct run_options options;
    struct transcript *t;
    struct arena scratch;
    uint64_t start_us, now_us;
    enum run_state state;
    const struct step *steps; /* of the case, or of a round of `each` */
    size_t n_steps, pc;
    struct run_block blocks[RUN_BLOCKS_MAX];
    size_t n_blocks;
    struct run_turn turn;
    uint32_t connection, round; /* round of `each`, from 1; 0: outside */
    const struct step *each;    /* under way; NULL: none */
    size_t each_greeting;       /* request, extension, … before it, which count for every round */
    struct arena round_arena;   /* of the round's steps */
    uint64_t round_began_us;
    bool round_missed;       /* something awaited did not come in it, or was wrong */
    uint64_t rounds_lost_us; /* in such rounds */

    struct payload_env env;
    char nonce_key[WS_KEY_TEXT + 1], accept[WS_ACCEPT_TEXT + 1];
    char *client_key;
    const struct step *greeting[RUN_GREETING_MAX];
    size_t n_greeting;
    bool raw;
    bool may_stay_away;                /* the case expects that the client does not come */
    bool keeps_takeover, keeps_window; /* what the case cannot do without, for what we send */
    const char *answer;                /* to a client's offer of permessage-deflate; NULL: none */
    bool wants_deflate; /* the case offered permessage-deflate, or answered with it */

    struct speaker speaker;
    struct listener listener;
    struct buf out; /* waits to be written */
    size_t writing; /* of it, in the write under way */
    uint64_t cut, pace_us, write_after_us;
    unsigned paced;     /* writes that were held back for options.pace_us, or for the case's own */
    size_t together;    /* depth: nothing is written before it ends */
    struct buf replies; /* frames of the runner's own that wait for a boundary */
    bool blocked;       /* the socket is full */
    uint64_t blocked_since_us;
    bool up, open, shut, ended, tcp_closed; /* of the connection */
    bool asked_open, reconnecting;
    bool owes_close; /* their Close is to be answered, with this code (0: none) */
    uint16_t owed_code;

    struct cursor cursor;
    size_t await_from, await_to, await_since;
    size_t await_timed; /* its time begins anew with that step; await_from: no more */
    uint64_t await_deadline_us, await_start_us;
    enum run_barrier barrier;
    uint64_t barrier_us;
    char barrier_ping[24], marker[40];
    unsigned barriers_sent;
    uint64_t pings_out, pings_answered; /* of the case */
    unsigned asked; /* of enum pattern_wants: what was looked at beside the connection */
    uint64_t cpu_us, cpu_seen_us; /* the last look, and when it was; 0: none */
    bool was_silent;              /* an expectation ran out of time: no closing is judged too */
    bool mismatched, no_memory, unsupported;
    const char *turned_away; /* why the client did not get through TLS; NULL: it did */
    const char *trouble;     /* why the case cannot be judged; NULL: it can */
    uint64_t wait_until_us;
};

NODISCARD bool run_init(struct run *r, const struct script_case *c,
                        const struct run_options *options, struct transcript *t, uint64_t now_us);
void run_free(struct run *r); /* not the transcript */

void run_next(struct run *r, uint64_t now_us, struct run_act *act);

/* `tls` and `sni` (what the client asked for in it): NULL without. */
void run_opened(struct run *r, const char *tls, const char *sni, uint64_t now_us);
/* A client did not get through TLS, for what it did itself. */
void run_turned_away(struct run *r, const char *why, uint64_t now_us);
/* The client has a further connection, and has said something on it. Once for each: RUN_ANOTHER
 * takes them in this order. */
void run_another(struct run *r, uint64_t now_us);
void run_feed(struct run *r, uint8_t *data, size_t len, uint64_t now_us);
void run_ended(struct run *r, enum entry_end end, const char *why, uint64_t now_us);
void run_written(struct run *r, bool waits); /* the socket is full: wait for run_drained */
void run_drained(struct run *r);
void run_alive(struct run *r, bool alive, const char *why, uint64_t now_us);
/* `bytes`: how far its memory has grown since the case began, at its highest. */
void run_memory(struct run *r, uint64_t bytes, uint64_t now_us);
/* `cpu_us`: CPU time that it has used since the case began; `busy`: it would use more at once. */
void run_cpu(struct run *r, uint64_t cpu_us, bool busy, uint64_t now_us);
void run_output(struct run *r, bool is_stderr, const char *line, uint64_t now_us);
void run_process(struct run *r, bool died, const char *what, uint64_t now_us);

/* Ends it from outside: the time of the whole case is up. */
void run_stop(struct run *r, const char *why, uint64_t now_us);

#endif
