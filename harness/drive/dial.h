#ifndef DRIVE_DIAL_H
#define DRIVE_DIAL_H

#include "drive/profile.h"

/* How the client of one case is called: where we listen for it, which certificate it is shown, and
 * what its command says in addition. */

/* Why this cannot be done for a case; NULL: it can. The text lives in `a`. */
const char *dial_lacks(const struct profile *p, const struct target_options *target,
                       const struct script_case *c, struct arena *a);

/* On the port that the case names, or any; with the certificate that it asks for, or as a plain
 * proxy. */
NODISCARD struct io_listener *dial_listen(const struct target *t, const struct script_case *c,
                                          void *owner, struct err *err);

/* What ${host}, ${port} and ${base} are where a case listens on `port`. False: no memory. */
NODISCARD bool dial_places(const struct target *t, uint16_t port, struct arena *a,
                           struct payload_env *env);

/* Starts the client for the case that listens on `port`, with the address, headers and words of its
 * profile that the case wants. `a` holds texts. */
NODISCARD struct io_process *dial_start(struct target *t, const struct script_case *c,
                                        uint16_t port, struct arena *a, struct err *err);

#endif
