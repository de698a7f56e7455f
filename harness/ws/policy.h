#ifndef WS_POLICY_H
#define WS_POLICY_H

#include "ws/handshake.h"
#include "ws/http1.h"

/* Whom a server lets in of those whose request is right: RFC 6455 4.2.2. All zero: everybody.
 * The texts must outlive what uses it. */
struct ws_policy {
    const char *const
        *origins; /* others are refused; a request without Origin comes from no page */
    size_t n_origins;
    const char *const *paths; /* others are not there */
    size_t n_paths;
    const char *token;          /* asked for as `Authorization: Bearer TOKEN`; NULL: none */
    const char *const *guarded; /* paths that ask for it; they are served */
    size_t n_guarded;           /* 0: all do */
};

/* A refusal ready to be written. */
struct ws_refusal {
    unsigned status;
    const char *why;
    const struct ws_header *headers;
    size_t n_headers;
};

/* NULL: welcome. Else the first that is wrong of path (404), origin (403) and token (401, with a
 * challenge as RFC 9110 11.6.1 wants it). `head` is a request that breaks no rule. */
const struct ws_refusal *ws_policy_judge(const struct ws_policy *p, const struct http1_head *head);

#endif
