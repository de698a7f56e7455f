#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include "fuzz/oracle/account.h"
#include "ws/permessage.h"

/* What RFC 6455 and RFC 7692 say of an account: the reference engine gets the same bytes, and what
 * the implementation made of them is held against what the engine did, with the freedoms that the
 * RFCs leave: a rule may be noticed late, of several pings the latest is answered, what follows a
 * Close is nobody's business, a peer may give up any time with a code that says so (1001, 1008,
 * 1009, 1011, 1013), rules of no MUST may be kept or not. A pure function. */
enum fuzz_difference {
    FUZZ_SAME,
    FUZZ_WRONG_ACCEPTANCE, /* the application got what must not be delivered, or it went on */
    FUZZ_WRONG_REFUSAL,    /* it failed a connection on which all was well */
    FUZZ_WRONG_CODE,       /* it failed it, and told another reason than the RFC names */
    FUZZ_WRONG_ANSWER,     /* a message came out otherwise, a pong or Close is missing or differs */
    FUZZ_LAW_BROKEN,       /* what it sent breaks a rule by itself */
    FUZZ_CUT_DEPENDENT,    /* the same bytes, cut otherwise, gave another account */
    FUZZ_DIFFERENCES
};

struct fuzz_finding {
    enum fuzz_difference difference;
    enum ws_rule rule;  /* that is broken, by it or by us; WS_RULE_NONE where none is */
    char what[200];     /* a sentence for people */
    char signature[80]; /* equal for what is the same fault: of letters, digits, '.' and '-' */
};

/* How the bytes were given, and what the account can know. */
struct fuzz_terms {
    enum case_role role; /* who is under test */

    /* What both have agreed on; NULL: no compression. */
    const struct ws_permessage *agreed;

    /* The account holds the messages that its application got: it echoes them, or tells. */
    bool messages;

    /* It runs in our process: nothing gets lost on the way to the account, and it has answered all
     * that it will when the account ends. */
    bool linked;

    bool closed; /* behind the bytes we said Close 1000, when it had said none itself */

    /* Our side of the connection stayed open until the account ended, neither shutdown nor reset:
     * what is missing is missing. */
    bool patient;

    bool strict;          /* also differences of a SHOULD, and unusual close codes */
    bool ignores_utf8;    /* it does not look at text, and says so */
    uint64_t message_max; /* bytes that it promises to take; 0: nobody knows */
};

/*   wire      what was said behind the handshake, without that Close
 *   account   without FUZZ_HEARD_END it is of one who is willing to go on
 *
 * Where the target declined the extension, `agreed` is NULL and the wire was made so; where it
 * agreed to something else than was offered, `agreed` is that. False: no memory. Writes `out`
 * always then; FUZZ_SAME when there is nothing to say. */
NODISCARD bool fuzz_oracle(struct bytes wire, const struct fuzz_terms *terms,
                           const struct fuzz_account *account, struct fuzz_finding *out);

/* Two accounts of the same bytes. Order counts within messages and within pongs; an end that is
 * late and what is lost behind a failed connection do not. */
void fuzz_oracle_cuts(const struct fuzz_account *whole, const struct fuzz_account *cut,
                      struct fuzz_finding *out);

/* The requirement that the tested one breaks: of what it sent the rule's own, of what it let pass
 * the receiver's. "" for WS_RULE_NONE. */
const char *fuzz_row_broken(enum fuzz_difference difference, enum ws_rule rule);

const char *fuzz_difference_name(enum fuzz_difference difference); /* "wrong-acceptance" */

#endif
