#ifndef FUZZ_SESSION_H
#define FUZZ_SESSION_H

#include "base/arena.h"
#include "base/buf.h"
#include "script/case.h"
#include "ws/frame.h"

/* The input of every fuzzer that speaks WebSocket: what our side says on one connection, as data.
 * It holds what a case can say, so that each finding can be written as one
 * (fuzz/session/session_text.h). All views look into the arena or the bytes it was decoded from.
 * Zeroed, it is the empty session: a plain handshake and the usual end. */
#define FUZZ_EDITS_MAX 16
#define FUZZ_STEPS_MAX 64
#define FUZZ_PAYLOAD_MAX (64u << 10) /* bytes of a step as they are stored */
#define FUZZ_SPREAD_MAX (1u << 20)   /* and as they are sent, all `times` of them */

/* One line of our handshake that is not as it should be; `request { … }` or `response { … }`. */
struct fuzz_edit {
    enum edit_kind kind;
    struct bytes name;  /* EDIT_HEADER EDIT_ADD EDIT_OMIT */
    struct bytes value; /* all but EDIT_OMIT; CR and LF in EDIT_RAWLINE and EDIT_BODY alone. Places
                           as ${key} stand for what they stand for in a case */
};

/* permessage-deflate, offered to a server or granted to a client. */
enum fuzz_extension {
    FUZZ_PLAIN,
    FUZZ_DEFLATE,              /* with no parameter */
    FUZZ_DEFLATE_NO_TAKEOVER,  /* for both directions */
    FUZZ_DEFLATE_SMALL_WINDOW, /* ours has 9 bits */
    FUZZ_EXTENSIONS
};

enum fuzz_step_kind { FUZZ_FRAME, FUZZ_RAW, FUZZ_STEP_KINDS };
enum fuzz_mask {
    FUZZ_MASK_RIGHT, /* as the role has to, with a key of the run's */
    FUZZ_MASK_WRONG, /* masked where it must not be, and the other way round */
    FUZZ_MASK_KEY,   /* masked, with `key` */
    FUZZ_MASKS
};

struct fuzz_step {
    enum fuzz_step_kind kind;
    bool fin;
    uint8_t rsv, opcode; /* as in struct ws_head */
    enum fuzz_mask mask;
    uint8_t key[4];
    unsigned len_form; /* 0: the shortest; 7, 16, 64 */
    bool declares;
    uint64_t declare; /* the length that the header tells */
    bool has_code;
    uint16_t code;        /* two bytes in front of the payload: opcode 8 alone */
    struct bytes payload; /* of FUZZ_RAW: the bytes themselves */
    uint32_t times;       /* that payload over and over; 0 counts as 1 */
    bool deflate;         /* compressed as a good peer does it, with RSV1; only with an extension */
    uint32_t cut;         /* bytes a write; 0: one write */
    bool joined;          /* in one write with what follows */
};

/* How our side ends when all is said. */
enum fuzz_end {
    FUZZ_END_USUAL,    /* a Close where one can stand, their end awaited */
    FUZZ_END_SHUTDOWN, /* our side of TCP, without a Close */
    FUZZ_END_DROP,     /* a reset */
    FUZZ_ENDS
};

struct fuzz_session {
    enum fuzz_extension extension;
    enum fuzz_end end;
    struct fuzz_edit edits[FUZZ_EDITS_MAX];
    size_t n_edits;
    struct fuzz_step steps[FUZZ_STEPS_MAX];
    size_t n_steps;
};

/* Any bytes are a session: what does not fit is left out, what is cut off ends where it ends. The
 * form is made for a fuzzer that knows nothing of it: a changed bit is a small change, and a frame
 * begins with the byte that it has on the wire. Views look into `in`. */
void fuzz_session_decode(struct bytes in, struct fuzz_session *out);

/* The bytes of a session: what fuzz_session_decode makes of them is the same session again, if it
 * fits into `cap` bytes. Gives how many were written; 0 when they would not fit. */
size_t fuzz_session_encode(const struct fuzz_session *s, uint8_t *out, size_t cap);

/* The frames that these wire bytes hold, sent to a peer of that `role`, without a handshake: what
 * is no whole frame becomes a FUZZ_RAW at the end. A masking key is kept; payloads are unmasked
 * into `a`. False: no memory. */
NODISCARD bool fuzz_session_from_wire(struct bytes wire, enum case_role role, struct arena *a,
                                      struct fuzz_session *out);

/* Makes a changed session one that its bytes can hold: payloads and repetitions within the limits,
 * header names of tokens, no line break in a value, no code but in a Close, no compression without
 * the extension. What fuzz_session_decode gives is tidy. */
void fuzz_session_tidy(struct fuzz_session *s);

/* The bytes of a step's payload as they are sent, all `times` of them; its code is not in it. */
uint64_t fuzz_step_bytes(const struct fuzz_step *step);

bool fuzz_session_equal(const struct fuzz_session *a, const struct fuzz_session *b);

#endif
