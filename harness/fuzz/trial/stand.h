#ifndef FUZZ_STAND_H
#define FUZZ_STAND_H

#include "drive/schedule.h"
#include "fuzz/trial/options.h"
#include "verdict/requirements.h"

/* Where the target stands: what a suspect is tried on by the ordinary runner, with the same rules
 * as `wsproof test`. An engine, the supervisor and --minimise have one each. */
#define STAND_HEADERS_MAX 256

struct stand {
    const struct fuzz_options *options;
    struct arena arena;
    struct io_loop *loop;
    struct io_tls *tls;
    char dir[IO_DIR_PRIVATE_MAX]; /* clients: holds whom they have to trust; "": not made */
    char cacert[IO_DIR_PRIVATE_MAX + 16];
    struct target target;
    struct profile profile; /* nothing: what fuzzing needs is probed */
    struct probe probe;     /* of the last stand_ready */
    struct requirements requirements;
    struct ws_header headers[STAND_HEADERS_MAX];
    struct schedule_options schedule;
    bool shadowed;         /* the target has a sanitizer's shadow */
    bool afresh;           /* the server may still be at what it failed in: start another */
    struct schedule *last; /* holds the texts of the last outcome */
};

/* Reads headers, makes TLS, checks URL and command; starts nothing yet. `options` must outlive it.
 * False: ERR_USAGE or ERR_SYSTEM. stand_close is right in either case. */
NODISCARD bool stand_open(struct stand *s, const struct fuzz_options *options, struct err *err);
void stand_close(struct stand *s);

/* Starts the server of --exec if it does not run, and waits until it accepts. */
NODISCARD bool stand_ready(struct stand *s, struct err *err);

/* stand_ready, and learns what it is like: whether it echoes, whether it takes compression. */
NODISCARD bool stand_probe(struct stand *s, struct err *err);

/* So much may one connection make the target's memory grow; 0: as it likes. Behind a sanitizer,
 * twice what the options say: its shadow takes an eighth of what the target reserves, touched or
 * not. */
uint64_t stand_memory_max(const struct stand *s);

/* Runs one case as `wsproof test` does: a fail counts only when it comes again alone and without
 * barriers. The outcome's transcript is the reader's to free; its texts live until the next call of
 * stand_run. False: the target cannot be reached any more, or a signal came (`err`). */
NODISCARD bool stand_run(struct stand *s, const struct script_case *c, struct outcome *out,
                         struct err *err);

#endif
