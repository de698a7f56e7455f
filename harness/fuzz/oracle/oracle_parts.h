#ifndef FUZZ_ORACLE_PARTS_H
#define FUZZ_ORACLE_PARTS_H

#include "fuzz/oracle/oracle.h"

/* What the files of the oracle share. */

/* Writes a finding. Its signature is the difference and the rule's requirement, or `mark` where no
 * rule of the table is broken. */
PRINTF_LIKE(5, 6)
void oracle_find(struct fuzz_finding *out, enum fuzz_difference difference, enum ws_rule rule,
                 const char *mark, const char *fmt, ...);

#endif
