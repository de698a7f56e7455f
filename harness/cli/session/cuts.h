#ifndef CLI_SESSION_CUTS_H
#define CLI_SESSION_CUTS_H

#include "cli/session/session.h"

/* `--cut 1,2,7,whole`: every case is run with each size, and has one result. An answer that changes
 * with the cut, and does so again when the case runs alone, is a finding of its own. The first size
 * is what the others are held against. */
NODISCARD bool session_cuts(struct session *s, struct err *err);

#endif
