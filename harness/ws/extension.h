#ifndef WS_EXTENSION_H
#define WS_EXTENSION_H

#include "base/bytes.h"
#include "ws/status.h"

/* One element of Sec-WebSocket-Extensions. Grammar only: what an extension's parameters mean is
 * that extension's business. Views look into the value. RFC 6455 9.1. */
#define WS_EXTENSION_PARAMS_MAX 16 /* permessage-deflate has four */

struct ws_extension_param {
    struct bytes name;
    struct bytes value; /* without its quotes; a backslash pair stays as it was sent */
    bool has_value, quoted;
};

struct ws_extension {
    struct bytes name;
    struct ws_extension_param params[WS_EXTENSION_PARAMS_MAX];
    size_t n_params;
};

/* The next element of a header value. `rest` starts as the value and moves on.
 * WS_OK; WS_MORE at the end of the value; WS_BROKEN at a breach of the grammar, with *bad_at the
 * index in the bytes that `rest` held at this call. A value without any element is for the caller
 * to refuse: the first call then gives WS_MORE. */
enum ws_status ws_extension_next(struct bytes *rest, struct ws_extension *out, size_t *bad_at);

/* The parameter of that name (extension parameters compare with case); NULL when there is none. */
const struct ws_extension_param *ws_extension_param(const struct ws_extension *e, const char *name);

#endif
