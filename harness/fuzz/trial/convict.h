#ifndef FUZZ_CONVICT_H
#define FUZZ_CONVICT_H

#include "fuzz/mutate/minimise.h"
#include "fuzz/trial/stand.h"
#include "fuzz/trial/suspicion.h"

/* From a suspicion to a finding. First the session is made small, with quick sessions that the
 * caller runs; then it is written as a case, and that case is run alone by the ordinary runner.
 * Only what fails there, as everybody can see by running it again, is a finding.
 *
 *     convict_begin(&c, &suspicion, &session)
 *     while (convict_next(&c, &candidate))
 *         convict_told(&c, suspicion_same(what `candidate` showed, &suspicion));
 *     convict_judge(&c, &stand, &err) -> c.result
 *     convict_free(&c)
 */
enum convict_result {
    CONVICT_GUILTY,    /* `text` is the case that fails */
    CONVICT_CLEARED,   /* the ordinary runner has nothing to say, or only by a pedantic reading */
    CONVICT_NOT_AGAIN, /* it died or hung, and does not when the case is run; or the case fails now
                          and then: `text` */
    CONVICT_FAILED     /* the trial came to nothing: `why` */
};

/* A session whose trial takes more candidates than that is small enough. */
#define CONVICT_CANDIDATES_MAX 2000

/* One form in which the case may be put: whichever fails first convicts. */
struct convict_trial {
    const char *expect; /* NULL: what the reference engine says */
    bool recut;         /* all in writes of `cut` bytes; 0: whole */
    uint32_t cut;
    bool close;     /* a Close is said before anything is expected */
    bool shut;      /* our side of TCP ends */
    bool joined;    /* all frames in one write */
    bool spaced;    /* each write some time after the last */
    uint32_t turns; /* as in struct fuzz_text_facts */
    bool one_connection;
};

struct convict {
    struct suspicion suspicion;
    struct arena arena;
    struct fuzz_minimise minimise;
    size_t candidates, candidates_max;
    enum convict_result result;
    struct buf text;            /* the case file, whole, with its remark */
    struct convict_trial trial; /* the last one */
    struct verdict verdict;     /* of the run that convicts; its texts live in `arena` */
    const char *path;           /* where the case will lie; NULL: by its name among the findings */
    char name[80];              /* of the case and its file: from the signature */
    char sentence[240];         /* what is wrong, in a line */
    char why[240];              /* CLEARED, NOT_AGAIN, FAILED: for a note */
};

/* `session` is copied, with its payloads. False: no memory; convict_free is right in either case.
 */
NODISCARD bool convict_begin(struct convict *c, const struct suspicion *suspicion,
                             const struct fuzz_session *session);

/* The next smaller session to try; it lives until convict_told. */
NODISCARD bool convict_next(struct convict *c, const struct fuzz_session **candidate);
void convict_told(struct convict *c, bool still_shows);

/* The trial. Blocks for as long as the case takes, some seconds where a target hangs; nothing else
 * may be asked of the target meanwhile. It may be started anew. False: the target or the machine is
 * gone (ERR_TARGET, or a signal), and nothing can be said. */
NODISCARD bool convict_judge(struct convict *c, struct stand *stand, struct err *err);

/* For who has no quick sessions: the candidate itself is run as a case, and *shows says whether it
 * fails as the last trial did. Slow, and never wrong. After a trial that found it guilty. */
NODISCARD bool convict_try(struct convict *c, struct stand *stand,
                           const struct fuzz_session *candidate, bool *shows, struct err *err);
void convict_free(struct convict *c);

#endif
