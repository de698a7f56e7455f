#include "cli/options/message.h"

_Static_assert(MESSAGE_MAX_ECHOED + (2u << 20) <= WS_CONN_OUT_MAX, "it can be sent back");

bool message_max_check(uint64_t max, bool echoes, struct err *err)
{
    if (max == 0)
        return err_set(err, ERR_USAGE,
                       "--max-message wants at least 1: going without a limit is not offered");
    if (max > MESSAGE_MAX_TAKEN)
        return err_set(err, ERR_USAGE, "--max-message wants at most 1G");
    if (echoes && max > MESSAGE_MAX_ECHOED)
        return err_set(err, ERR_USAGE,
                       "--max-message wants at most 62M: no larger one could be sent back");
    return true;
}
