#ifndef VERDICT_ENDING_H
#define VERDICT_ENDING_H

#include "run/transcript.h"
#include "script/case.h"

/* How a connection came to its end, as one endpoint remembers it: ours, while `role` is under test.
 * These are the terms of Autobahn|Testsuite. A correct peer's facts are read so that they say what
 * its endpoint would have said. */
#define ENDING_DROP_US 1000000 /* a server ends TCP within a second of the Closes, or we do */

struct ending {
    bool opened;                 /* the opening handshake was completed */
    bool closed_by_me;           /* our Close was the first, or we hung up without one */
    bool failed_by_me;           /* because the target was wrong, or silent */
    bool dropped_by_me;          /* we ended TCP */
    bool was_clean;              /* its Close came, and TCP was ended by who has to */
    int local_code, remote_code; /* of the Closes; -1: none */
    struct bytes local_reason, remote_reason; /* ptr NULL: none; look into the transcript */
};

/* Of the transcript's last connection. */
void ending_read(const struct transcript *t, enum case_role role, struct ending *out);

#endif
