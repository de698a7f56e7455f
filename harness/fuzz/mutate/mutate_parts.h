#ifndef FUZZ_MUTATE_PARTS_H
#define FUZZ_MUTATE_PARTS_H

#include "fuzz/mutate/mutate.h"

/* What the files of the mutator share. A change says false when it cannot be made, and has then
 * done nothing; limits of single steps are kept by fuzz_session_tidy afterwards. */
struct mutator {
    struct fuzz_session *s;
    const struct coverage_word *word; /* NULL: none */
    struct rand *rand;
    struct arena *arena;
};

/* A row of a table of changes: how often it is taken beside the others. */
struct mutation {
    unsigned weight;
    bool (*change)(struct mutator *m);
};

/* mutate_pick.c: choosing, and making room for what was chosen. */

/* One of the table, by weight; others when it cannot. False: none of several could. */
bool fuzz_mutate_by(struct mutator *m, const struct mutation *table, size_t count);

size_t fuzz_pick(struct mutator *m, size_t count); /* 0..count-1; count > 0 */
bool fuzz_one_in(struct mutator *m, size_t n);
uint64_t fuzz_pick_length(struct mutator *m); /* at the bounds of the wire format, or anywhere */

/* A payload of exactly so many bytes: what is there is cut, or something plain put behind it. */
bool fuzz_resize(struct mutator *m, struct fuzz_step *step, uint64_t len);

/* The size of an array. */
#define FUZZ_COUNT(array) (sizeof(array) / sizeof(array)[0])

/* `in` with `put` in the place of `drop` bytes at `at`. Without memory, or past FUZZ_PAYLOAD_MAX:
 * false, `in` as it was. */
NODISCARD bool fuzz_splice(struct mutator *m, struct bytes *in, size_t at, size_t drop,
                           struct bytes put);

/* Any step, or any frame; NULL: there is none. */
struct fuzz_step *fuzz_pick_step(struct mutator *m);
struct fuzz_step *fuzz_pick_frame(struct mutator *m);

/* A place in front of a step or behind the last; room for `count` steps there,
 * which are zeroed; the steps from there on taken away; a step put there. */
size_t fuzz_pick_place(struct mutator *m);
bool fuzz_open_gap(struct fuzz_session *s, size_t at, size_t count);
void fuzz_close_gap(struct fuzz_session *s, size_t at, size_t count);
bool fuzz_insert(struct mutator *m, size_t at, struct fuzz_step step);
bool fuzz_is_data(const struct fuzz_step *step); /* and no control frame */

/* mutate_insert.c: a ping or pong, now and then as large as they may be. */
struct fuzz_step fuzz_new_control(struct mutator *m);

bool fuzz_mutate_insert(struct mutator *m);  /* mutate_insert.c: a new step */
bool fuzz_mutate_order(struct mutator *m);   /* mutate_order.c: the steps that are there */
bool fuzz_mutate_field(struct mutator *m);   /* mutate_frame.c: one field of a frame */
bool fuzz_mutate_payload(struct mutator *m); /* mutate_payload.c: the bytes of a step */
bool fuzz_mutate_edits(struct mutator *m);   /* mutate_edits.c: lines of our handshake */
bool fuzz_mutate_word(struct mutator *m);    /* mutate_word.c: what the target compares with */
bool fuzz_add_key(struct mutator *m);        /* mutate_line.c: another key, as good as ours */
bool fuzz_change_line(struct mutator *m);    /* a line that has to be there, otherwise */
/* One more of them; false: there is no room. */
bool fuzz_add_edit(struct mutator *m, struct fuzz_edit edit);

/* A header field's name, and a value that some field of a handshake may have: mutate_head.c. */
struct bytes fuzz_pick_name(struct rand *rand);
struct bytes fuzz_pick_value(struct rand *rand);

/* One of the streams of DEFLATE, good or bad, that mutate_payload.c knows. */
struct bytes fuzz_pick_stream(struct mutator *m);
struct bytes fuzz_pick_word(struct mutator *m); /* a short payload of text */
uint16_t fuzz_pick_code(struct mutator *m);     /* of a Close, good or bad */
uint64_t fuzz_pick_lie(struct mutator *m); /* a length that a header may tell and nobody sends */
uint8_t fuzz_pick_reserved(struct mutator *m); /* an opcode that RFC 6455 gives no meaning */

#endif
