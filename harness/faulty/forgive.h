#ifndef FAULTY_FORGIVE_H
#define FAULTY_FORGIVE_H

#include "faulty/request.h"

/* Does the fault forgive what is wrong with this request? */
bool forgive_request(enum request_flaw flaw, const struct http1_head *h);

#endif
