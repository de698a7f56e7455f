#ifndef CLI_SESSION_OWN_PEER_H
#define CLI_SESSION_OWN_PEER_H

#include "script/case.h"

/* What is tested when nobody names a target: our own peer, set up for all that a profile can tell,
 * so that no case is skipped for want of a set-up. */
struct own_peer {
    const char *command;     /* as for --exec */
    const char *tls_command; /* with TLS */
    const char *profile;     /* as in the file of --profile: what the command's options do */
};

const struct own_peer *own_peer(enum case_role role);

#endif
