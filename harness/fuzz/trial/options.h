#ifndef FUZZ_OPTIONS_H
#define FUZZ_OPTIONS_H

#include "script/case.h"

/* What `wsproof fuzz` was told, as its engines see it too. */
struct fuzz_options {
    enum case_role role; /* who is under test */
    const char *url;     /* NULL with `command`: ws://127.0.0.1:{port}/ */
    const char *command; /* of --exec; NULL: it runs already */
    const char *corpus;  /* folder of encoded sessions; NULL: none is kept */
    const char *findings;
    uint64_t seed, runs, time_ms;  /* 0: no limit */
    uint64_t timeout_ms;           /* a target that is silent for so long hangs */
    uint64_t memory_bytes, cpu_ms; /* that one session may cost */
    bool no_coverage, no_grammar, strict, verbose;
    bool pedantic;              /* readings that most deployed peers break are findings too */
    bool first;                 /* the first finding is enough */
    bool all_cores;             /* the target is not kept to ours */
    const char *const *headers; /* "Name: value" */
    size_t n_headers;
    const char *const *protocols;
    size_t n_protocols;
    const char *sni, *cacert;
    bool tls; /* wss, where no URL says so */
    bool insecure;
};

#endif
