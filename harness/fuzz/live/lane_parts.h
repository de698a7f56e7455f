#ifndef FUZZ_LANE_PARTS_H
#define FUZZ_LANE_PARTS_H

#include "fuzz/live/lane.h"

/* Inside of lane. */

/* lane_wait.c: waiting, and what ends it. */

/* The next event of the session's connection, IO_TIME, IO_ACCEPTED, or the end of the target's
 * process; all else is taken. False as for lane_say. */
NODISCARD bool lane_wait(struct lane *l, uint64_t until_ms, struct io_event *out, struct err *err);

/* How long a target may think before we end our side, where we cannot know whether it wants more:
 * many times what it needs as a rule. */
uint64_t lane_patience_ms(const struct lane *l);

/* A session took so long, and none of it was our patience with a silent target: what is learned
 * from waiting would make us wait longer and longer. One that is slow by itself counts little. */
void lane_learn(struct lane *l, uint64_t took_us);

void lane_hang_up(struct lane *l, bool reset);

/* lane_talk.c: one session on a connection that is there or being opened, to its end. Fills all of
 * `out` but what only the process can tell. *regular: it ended as it should, and no process died.
 */
NODISCARD bool lane_talk(struct lane *l, const struct fuzz_session *s, enum lane_cuts cuts,
                         struct fuzz_account *account, struct lane_word *out, bool *regular,
                         struct err *err);

/* lane_frames.c: writes what the wire holds, and a Close 1000 as our role says it. */
void lane_write_frames(struct lane *l, enum lane_cuts cuts);
void lane_write_close(struct lane *l);

/* lane_reach.c: the server side of the target. lane_ready: it runs, and a connection is under way.
 * lane_look: after a session, whether the process still lives. */
NODISCARD bool lane_ready(struct lane *l, struct err *err);
NODISCARD bool lane_look(struct lane *l, bool regular, struct lane_word *out, struct err *err);

/* lane_client.c: the same for a client. */
NODISCARD bool lane_client_listen(struct lane *l, struct err *err);
NODISCARD bool lane_client_ready(struct lane *l, struct err *err);
NODISCARD bool lane_client_look(struct lane *l, struct lane_word *out, struct err *err);

/* Lets the target's process say what it has to say, until it has ended or the time has come. */
NODISCARD bool lane_await_exit(struct lane *l, uint64_t ms, struct err *err);
bool lane_has_report(const struct lane *l); /* of a sanitizer, since the session began */

#endif
