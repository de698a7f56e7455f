#ifndef FUZZ_FINDINGS_H
#define FUZZ_FINDINGS_H

#include "fuzz/trial/convict.h"

/* The folder of findings: NAME.case for each fault, named by its signature. A file that is there
 * already, of an earlier run or of an engine beside us, is never written over: the fault is known.
 * What did not happen again when its case was run lies in unconfirmed/. */
#define FINDINGS_UNCONFIRMED "unconfirmed"

enum findings_stored {
    FINDINGS_NEW,
    FINDINGS_AGAIN /* that file is there */
};

struct findings {
    const char *dir;
    struct arena arena;
    struct findings_row {
        char signature[80];
        uint64_t seen;   /* suspicions */
        uint64_t next;   /* of them that is worth a trial */
        unsigned trials; /* that cleared it */
        bool old;        /* its file is of an earlier run: who knows whether it still is so */
        bool known;      /* convicted in this run, by us or an engine beside us */
    } * rows;
    size_t count, cap;
};

/* Makes the folder with its parents and tries whether one can write in it. `dir` must outlive it.
 */
NODISCARD bool findings_open(struct findings *f, const char *dir, struct err *err);
void findings_free(struct findings *f);

/* What is to be done with a suspicion: nothing (KNOWN: it was convicted in this run; TIRED: trials
 * have cleared it so often that they have become rare), or a trial (RETRY: one has cleared it
 * already, so that there is no hurry). A file of an earlier run convicts nobody: the fault may be
 * mended by now. */
enum findings_advice { FINDINGS_TRY, FINDINGS_RETRY, FINDINGS_KNOWN, FINDINGS_TIRED };
enum findings_advice findings_advice(struct findings *f, const char *signature);

/* There is a file for it, of this run or an earlier one: making the session small is a waste. */
bool findings_there(struct findings *f, const char *signature);

/* Stores what a trial gave: a file for GUILTY and NOT_AGAIN, a count for CLEARED and FAILED. `path`
 * (room for FINDINGS_PATH) tells the file. */
#define FINDINGS_PATH 512
NODISCARD bool findings_store(struct findings *f, const struct convict *c,
                              enum findings_stored *stored, char path[FINDINGS_PATH],
                              struct err *err);

#endif
