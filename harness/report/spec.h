#ifndef REPORT_SPEC_H
#define REPORT_SPEC_H

#include "base/arena.h"
#include "base/err.h"
#include "script/autobahn_select.h"

/* Spec files: what to do, as Autobahn|Testsuite's users write it down in JSON. */
#define SPEC_FILE_MAX (4u << 20)
#define SPEC_DEFAULT_SERVER "ws://127.0.0.1:9001"

enum spec_kind { SPEC_FUZZINGCLIENT, SPEC_FUZZINGSERVER, SPEC_MASSCONNECT };

/* What of "options" means something to us; the rest of what Autobahn knows is taken in silence. */
struct spec_options {
    uint64_t timeout_ms;  /* the longest of the handshake and drop timeouts; 0: none is set */
    const char **origins; /* "allowedOrigins", patterns; none: any */
    size_t n_origins;
};

/* A server to be tested, or in massconnect to be connected to. */
struct spec_server {
    const char *url;      /* "uri" in massconnect */
    const char *agent;    /* "name" in massconnect; NULL: it tells itself */
    const char *hostname; /* for SNI; NULL: that of the URL */
    const char *origin;   /* NULL: none is sent */
    const char **protocols;
    size_t n_protocols;
    struct spec_options options; /* its own over those of the file */
};

/* A zeroed spec is that of an empty file. Texts live in the arena that it was read into. */
struct spec {
    const char *outdir; /* never NULL: "./reports/servers" or "./reports/clients" */
    const char *url;    /* fuzzingserver: where it listens */
    const char *key, *cert;
    bool enable_ssl;
    const char **protocols; /* fuzzingserver */
    size_t n_protocols;
    struct spec_server *servers;
    size_t n_servers;
    struct autobahn_patterns cases, exclude_cases;
    struct autobahn_exclusion *exclude_agents;
    size_t n_exclude_agents;
    struct spec_options options;
    uint64_t connections, batch_size, batch_delay_ms, retry_delay_ms; /* massconnect */
    const char **remarks; /* of things that nobody knows: a line each, for stderr */
    size_t n_remarks;
};

/* Read a spec file. False with ERR_SYNTAX: no JSON (with line and column), a wrong type (with the
 * way to it), "cases" or "url" missing, or massconnect without a server. A fuzzingclient's list of
 * servers may be missing: the command line can name one. The caller puts the file's name into the
 * error. */
NODISCARD bool report_spec_read(enum spec_kind kind, struct bytes text, struct arena *a,
                                struct spec *out, struct err *err);

/* What is written when there is no spec file. */
const char *report_spec_default(enum spec_kind kind);

#endif
