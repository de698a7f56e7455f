#ifndef CLI_OPTIONS_MESSAGE_H
#define CLI_OPTIONS_MESSAGE_H

#include "base/err.h"
#include "ws/conn.h"

/* --max-message of the reference server and client. A limit there always is, for a message is held
 * as a whole; the option starts as the usual one. */
#define MESSAGE_MAX_USUAL WS_CONN_MESSAGE_MAX
/* What is sent back has to wait as a whole, beside what waits already: see WS_CONN_OUT_MAX. */
#define MESSAGE_MAX_ECHOED (62u << 20)
#define MESSAGE_MAX_TAKEN (1u << 30)

/* `echoes`: messages are sent back. False with ERR_USAGE: there is no such limit. */
NODISCARD bool message_max_check(uint64_t max, bool echoes, struct err *err);

#endif
