#ifndef FUZZ_REFERENCE_H
#define FUZZ_REFERENCE_H

#include "fuzz/oracle/account.h"
#include "ws/permessage.h"

/* What the reference engine makes of bytes, in the place of who is under test. */
enum fuzz_reference_end {
    FUZZ_REFERENCE_OPEN,   /* all is well, as far as the bytes go */
    FUZZ_REFERENCE_CLOSED, /* a good Close came */
    FUZZ_REFERENCE_FAILED, /* `broken`: who takes that is wrong */
    FUZZ_REFERENCE_UNKNOWN /* from here on the RFC does not say, or a limit of ours was reached */
};

struct fuzz_reference {
    struct fuzz_account account; /* messages, and the pongs that are answers */
    enum fuzz_reference_end end;
    bool has_code; /* CLOSED: what that Close says */
    uint16_t code;
    struct violation broken; /* FAILED, UNKNOWN: what ours sees first */
    struct violation blamed; /* FAILED: what also those must see who look at whole messages */
    bool more;               /* bytes stand behind the frame that ended it */
    uint64_t due_at;         /* FAILED: with so many bytes they must; UINT64_MAX: not with these */
    bool mixed;              /* FAILED: other breaches may be seen before or beside that one */
    bool closed_behind;      /* FAILED: a good Close stands behind the breach, with `code_behind` */
    uint16_t code_behind;    /* 0: it has none */
    uint64_t behind_at;      /* where it begins */
    bool vague;              /* OPEN: the bytes end where a breach may be seen that ours does not */
    bool has_data;           /* of messages, whole or not */
    uint64_t largest;        /* payload that a header told, or message so far: limits may apply */
};

/*   role     who is under test
 *   agreed   on compression; NULL: none
 *   strict   what somebody has to take for broken where the RFC says so only of the sender, or
 *            with a SHOULD, counts as FAILED too
 *
 * False: no memory. fuzz_reference_free ends it in either case; `out` was zeroed or made before. */
NODISCARD bool fuzz_reference_make(struct bytes wire, enum case_role role,
                                   const struct ws_permessage *agreed, bool strict,
                                   struct fuzz_reference *out);
void fuzz_reference_free(struct fuzz_reference *r);

#endif
