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
    const char *plain; /* a GET that asks for no upgrade is answered 200 with it; NULL: refused */
};

/* A refusal ready to be written. */
struct ws_refusal {
    unsigned status;
    const char *why;
    const struct ws_header *headers;
    size_t n_headers;
};

/* The answer to a request that asks for something else than a WebSocket, and in a way that HTTP
 * knows; NULL: there is none. The request breaks `first`, as seen by ws_handshake_refusal. */
const struct ws_refusal *ws_policy_plain(const struct ws_policy *p, const struct http1_head *head,
                                         enum ws_rule first, struct ws_refusal *room);

/* The path of a target as RFC 9112 3.2 allows it here: "/chat?x=1" or "http://host/chat?x=1". */
struct bytes ws_policy_path(struct bytes target);

/* NULL: welcome. Else the first that is wrong of path (404), origin (403) and token (401, with a
 * challenge as RFC 9110 11.6.1 wants it). `head` is a request that breaks no rule. */
const struct ws_refusal *ws_policy_judge(const struct ws_policy *p, const struct http1_head *head);

#endif
