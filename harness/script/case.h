#ifndef SCRIPT_CASE_H
#define SCRIPT_CASE_H

#include "script/grade.h"
#include "script/payload.h"

/* A case after parsing: plain data in an arena, read by everybody, changed by nobody. */

enum script_op {
#define OP(name, word, block, expects) OP_##name,
#include "script/ops.def"
#undef OP
    OP_COUNT
};

const char *script_op_word(enum script_op op);
bool script_op_is_block(enum script_op op);
bool script_op_expects(enum script_op op);

/* What a header value is made of. */
enum value_kind {
    VALUE_TEXT,         /* text, with places */
    VALUE_ACCEPT_LOWER, /* accept(lower ${key}): the right one in lower case */
    VALUE_ACCEPT_FLIP,  /* accept(flip ${key}): its first character changed */
    VALUE_ACCEPT_OF     /* accept(of "KEY"): right for another key */
};

struct value {
    enum value_kind kind;
    struct bytes text;
};

enum edit_kind {
    EDIT_LINE,   /* line "GET …": the start line */
    EDIT_HEADER, /* replaces all of that name, or adds */
    EDIT_ADD,
    EDIT_OMIT,
    EDIT_RAWLINE, /* a line as it is, CRLF added */
    EDIT_BODY     /* bytes behind the head */
};

/* One line of request { … } or response { … }. */
struct edit {
    enum edit_kind kind;
    const char *name;
    struct value value;
    unsigned line;
};

struct head_edits {
    struct edit *edits;
    size_t count;
};

/* extension "permessage-deflate" { ours_max_window_bits 9 }; `value` NULL: none. */
struct ext_param {
    const char *name, *value;
};

struct ext_offer {
    const char *name;
    struct ext_param *params;
    size_t n_params;
};

enum mask_choice { MASK_BY_ROLE, MASK_ON, MASK_OFF, MASK_KEY };

/* send … and its options. `opcode` 0..15, or SEND_RAW. */
#define SEND_RAW 255

struct send {
    uint8_t opcode;
    const struct payload *payload; /* NULL: none */
    bool has_code;                 /* send close CODE [REASON]: payload is the reason */
    uint16_t code;
    bool fin;
    uint8_t rsv; /* WS_RSV1… of ws/frame.h: 4, 2, 1 */
    enum mask_choice mask;
    uint8_t key[4];
    unsigned len_form; /* 0: the shortest; 7, 16, 64 */
    bool declares;
    uint64_t declare;  /* the length that the header tells */
    uint64_t fragment; /* payload bytes a frame; 0: one frame */
    bool deflate;
    uint64_t cut; /* bytes a write; 0: one write */
    uint64_t pace_ms;
    bool holds;
    uint64_t hold; /* payload bytes sent now behind the header */
};

/* send more N | rest */
struct send_more {
    bool rest;
    uint64_t count;
};

enum expect_kind {
    EXPECT_OPEN, /* the opening handshake succeeds (also implied by connect) */
    EXPECT_TEXT,
    EXPECT_BINARY,
    EXPECT_ECHO,
    EXPECT_PING,
    EXPECT_PONG,
    EXPECT_FRAME,
    EXPECT_CLOSE,
    EXPECT_EOF,
    EXPECT_FAIL,
    EXPECT_NOTHING,
    EXPECT_ALIVE,
    EXPECT_MEMORY,
    EXPECT_CPU,
    EXPECT_REFUSED,
    EXPECT_RESPONSE,
    EXPECT_REQUEST,
    EXPECT_REPORT,
    EXPECT_NO_REQUEST, /* the client does not begin an opening handshake */
    EXPECT_ANOTHER     /* a further connection of it, which the case goes on with */
};

const char *script_expect_word(enum expect_kind kind);

enum cond_kind {
    COND_IS,
    COND_HAS,
    COND_LACKS,
    COND_ABSENT,
    COND_LINE,
    COND_SNI,   /* the name that the client asked for in TLS */
    COND_NO_SNI /* sni absent */
};

/* line VALUE, the whole start line; sni VALUE|absent; or header NAME is|has|lacks|absent VALUE.
 * `is`: some line of that name equals it, blanks aside; `has`: one of the list elements over all
 * lines equals it without case, or its name does, or one of its parameters; `lacks`: none of all
 * these. */
struct cond {
    enum cond_kind kind;
    const char *name;   /* of a header; NULL for `line` and `sni` */
    struct bytes value; /* with places */
};

/* A status as `expect response` and `expect refused` name it: 426, or a class as 4 for 4xx. */
struct status_range {
    uint16_t from, to;
};

struct expect {
    enum expect_kind kind;
    const struct payload *payload; /* TEXT BINARY PING PONG FRAME; CLOSE: the reason; NULL: any */
    uint16_t *codes;               /* CLOSE, FAIL: any of these; none: any */
    size_t n_codes;
    bool no_code;  /* expect close none: an empty Close (beside the codes) */
    bool any;      /* expect close any: any Close, an empty one too */
    bool provoked; /* expect close provoked: as the closer that was sent says */
    bool clean;    /* expect eof clean */
    struct status_range *statuses;
    size_t n_statuses;
    struct cond *conds; /* RESPONSE REFUSED REQUEST */
    size_t n_conds;
    bool later;       /* ANOTHER: it took longer to come than the one before */
    uint64_t limit;   /* MEMORY: bytes; CPU: milliseconds */
    const char *text; /* REPORT */
    /* FRAME: fields given; -1: any */
    int opcode, fin, rsv, masked, len_form;
    uint64_t within_ms; /* 0: the usual */
    bool implied;       /* put there by the parser */
};

/* let NAME = PAYLOAD, the latest first. */
struct let {
    const struct let *next;
    const char *name;
    const struct payload *payload;
    unsigned line, col;
    bool used;
};

/* A value of `for` or `each`: a number or a text for each name. */
struct binding {
    const char *name;
    const char *text;
};

struct step {
    enum script_op op;
    unsigned line, col;
    bool implied; /* put there by the parser: a connect that nobody wrote, and its expect open */
    const char *proves; /* what `expect model` has become: the row of it; else NULL */
    size_t end;         /* blocks: index behind the last step of the block */
    union {
        struct head_edits head;
        struct ext_offer extension;
        const char *text; /* SUBPROTOCOL URL MEASURE, TLS: which certificate, PROVOKE: what */
        struct send send;
        struct send_more more;
        struct expect expect;
        struct {
            uint64_t count;
            bool until_stalled;
        } repeat;
        struct table {
            const char **names; /* `width` of them */
            size_t width;
            const char **values; /* `count` rows, one text a name */
            size_t count;
            size_t from; /* where the first name stands in the case's source */
            size_t at;   /* of the block's brace there */
        } each;
        uint64_t wait_ms;
        struct {
            const char *name, *value;
        } header;      /* HEADER: what the client is told to send along */
        uint16_t port; /* LISTEN */
        bool on;       /* READ */
        struct {
            bool has_code;
            uint16_t code;
        } close;
        struct {
            enum grade grade;
            const char *why; /* NULL for the good one */
        } branch;
    } as;
};

enum case_role { ROLE_SERVER = 1, ROLE_CLIENT = 2, ROLE_BOTH = 3 }; /* who is under test */
enum case_level { LEVEL_BY_REQUIREMENT, LEVEL_MAY, LEVEL_SHOULD, LEVEL_MUST };
enum severity { SEVERITY_PEDANTIC, SEVERITY_MINOR, SEVERITY_MAJOR, SEVERITY_CRITICAL };

const char *script_severity_name(enum severity severity);

/* also autobahn 12.4.1 { ok { … } nonstrict { … } } */
struct also {
    const char *suite; /* "autobahn" */
    const char *id;
    struct step
        *steps; /* a flat array: BRANCH pass for ok, BRANCH warn for nonstrict; NULL: none */
    size_t n_steps;
};

struct script_case {
    const char *id; /* "rfc6455/5.2-reserved-bits/rsv2-on-text" */
    const char *title;
    const char *group; /* the file's */
    const char *path;  /* of the file, below the suite's root */
    unsigned line, last_line;
    struct bytes source; /* the case's own text in the file */
    const char **proves;
    size_t n_proves;
    struct also *also;
    size_t n_also;
    enum case_role role;
    const char **needs;
    size_t n_needs;
    enum case_level level;
    enum severity severity;
    const char **tags;
    size_t n_tags;
    uint64_t timeout_ms; /* 0: the usual */
    const char *note, *contested;
    bool manual, cut_off;
    struct binding *bindings; /* of `for` */
    size_t n_bindings;
    const struct let *lets; /* of the file, as far as they stand before the case */
    struct step *steps;
    size_t n_steps;
};

bool script_case_has_tag(const struct script_case *c, const char *tag);
bool script_case_needs(const struct script_case *c, const char *need);
bool script_case_expects(const struct script_case *c, enum expect_kind kind);

/* Is it something that the target has to be set up for, and no probe finds out? */
bool script_need_is_set_up(const char *need);

#endif
