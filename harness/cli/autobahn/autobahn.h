#ifndef CLI_AUTOBAHN_AUTOBAHN_H
#define CLI_AUTOBAHN_AUTOBAHN_H

#include "cli/session/session.h"
#include "report/spec.h"

/* `wsproof autobahn`, or the program under the name wstest: Autobahn|Testsuite's command line. One
 * function for each mode, in a file for each family of them; each gives the exit code. */
struct autobahn_options {
    const char *mode, *spec, *url, *ident, *key, *cert, *outfile, *testset;
    const char *cases_from; /* ours: other cases than the built-in ones */
    uint64_t webport, jobs;
    bool debug, version, strict_exit;
};

/* wstest's servers listen on every address, whatever host the URL has, and containers rely on that:
 * all addresses of this machine, IPv4 too; where there is no IPv6, only those. */
#define AUTOBAHN_EVERYWHERE "::"
#define AUTOBAHN_EVERYWHERE_IPV4 "0.0.0.0"

int autobahn_fuzzingclient(const struct autobahn_options *o);
int autobahn_fuzzingserver(const struct autobahn_options *o);
int autobahn_echoserver(const struct autobahn_options *o);
int autobahn_echoclient(const struct autobahn_options *o);
int autobahn_broadcastserver(const struct autobahn_options *o);
int autobahn_broadcastclient(const struct autobahn_options *o);
int autobahn_testeeclient(const struct autobahn_options *o);
int autobahn_massconnect(const struct autobahn_options *o);

/* What ended a mode, on stderr; gives its exit code. */
int autobahn_fail(const struct err *err);

/* The spec that -s names, or ./MODE.json, which is written when there is none. Remarks go to
 * stderr. */
NODISCARD bool autobahn_spec_load(enum spec_kind kind, const struct autobahn_options *o,
                                  struct arena *a, struct spec *out, struct err *err);

/* A spec with what it means: the suite, and the cases of it for those who are tested. */
struct autobahn_plan {
    struct arena arena;
    struct spec spec;
    struct source source;
    struct autobahn_selection selection;
};

/* Zeroed before; autobahn_plan_free is right in either case. False also when no case is left. */
NODISCARD bool autobahn_plan_load(struct autobahn_plan *p, enum spec_kind kind,
                                  const struct autobahn_options *o, struct err *err);
void autobahn_plan_free(struct autobahn_plan *p);

/* Options of a session of this plan; the caller adds what is its own. */
void autobahn_session(struct session *s, const struct autobahn_plan *p,
                      const struct autobahn_options *o, const struct spec_options *options,
                      enum case_role role);

#endif
