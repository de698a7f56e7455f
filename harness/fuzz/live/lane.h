#ifndef FUZZ_LANE_H
#define FUZZ_LANE_H

#include "drive/target.h"
#include "fuzz/oracle/account.h"
#include "fuzz/session/head.h"
#include "fuzz/session/wire.h"

/* One session after the other with a live target, as fast as it answers. No session waits for
 * silence: where a Close can stand it is said and the target's end awaited, else our side of TCP
 * ends. A server is connected to; a client is listened for and started as often as it ends. */
enum lane_cuts {
    LANE_CUTS_OF_SESSION, /* in the writes that the session asks for */
    LANE_CUTS_NONE,       /* all in one write */
    LANE_CUTS_SINGLE      /* byte by byte */
};
#define LANE_WRITES_MAX 256 /* what is left then is one write */

enum lane_end {
    LANE_ENDED,     /* the target ended the connection; it is well as far as one can see */
    LANE_DROPPED,   /* we did, as the session wanted */
    LANE_STOPPED,   /* we did: it sends without end */
    LANE_LINGERED,  /* all was said, by it too, but it does not end the connection */
    LANE_HUNG,      /* silent for `timeout_ms` */
    LANE_DIED,      /* its process has ended by itself: see the target */
    LANE_REPORTED,  /* a sanitizer spoke, and the process goes on, or was one of several */
    LANE_UNREACHED, /* a client that did not come */
    LANE_ENDS
};

struct lane_options {
    struct target *target; /* a server runs and accepts when a session begins */
    const struct ws_header *headers;
    size_t n_headers;
    const char *const *protocols;
    size_t n_protocols;
    uint64_t timeout_ms;
    uint64_t seed; /* of masking keys */
    bool echoes;   /* the target does */
};

/* What came of a session, beside its account. */
struct lane_word {
    enum lane_end end;
    bool heard;        /* anything at all came back */
    bool serves;       /* LANE_HUNG: others are served */
    bool closed;       /* behind the session's frames we said Close 1000 */
    bool patient;      /* our side stayed open until theirs ended */
    bool murky;        /* our head has no clear end: who can say which bytes are frames? */
    uint64_t took_us;  /* from the request to the end */
    uint64_t received; /* bytes behind its head */
};

struct lane {
    struct lane_options o;
    struct io_loop *loop;
    struct io_conn *conn; /* of the session, or opened ahead of the next */
    bool up;              /* it is connected */
    uint64_t opened_ms;
    struct io_listener *listener; /* for a client */
    struct io_conn *next;         /* it came while we talked to it */
    struct http1_head request;    /* that as it was sent; views into `said` */
    struct buf said;              /* our head */
    struct buf heard;             /* theirs, and what came with it */
    struct fuzz_wire wire;        /* of the last session: what was sent behind the head */
    struct ws_permessage agreed;  /* in the last session, where `compressed` */
    bool offered, compressed;
    struct fuzz_listener *ear; /* behind their head */
    char key[WS_KEY_TEXT + 1]; /* of our requests */
    uint64_t usual_us;         /* how long a session takes as a rule */
    unsigned lingered;         /* clients in a row that did not end */
    uint64_t sessions, starts;
};

/* Keeps `options` and what it points to. lane_close is right in either case. */
NODISCARD bool lane_open(struct lane *l, const struct lane_options *options, struct err *err);
void lane_close(struct lane *l);

/* Says one session. A target that has died or hung is started anew, if it is ours, before the next
 * one begins.
 *
 *   account  cleared, then what came; it has an end only when the target made one
 *
 * False: the target cannot be reached or started any more (ERR_TARGET), a signal came (`err` says
 * SCHEDULE_INTERRUPTED), or the system refuses. */
NODISCARD bool lane_say(struct lane *l, const struct fuzz_session *s, enum lane_cuts cuts,
                        struct fuzz_account *account, struct lane_word *out, struct err *err);

/* The target may have been started anew, or others have talked to it: nothing of before holds. */
void lane_forget(struct lane *l);

#endif
