#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/bytes.h"

/* Why we cannot go on. Never about a peer that broke a rule: that is a struct violation. */
enum err_code {
    ERR_NONE,
    ERR_MEMORY,  /* the heap, or a ceiling of ours */
    ERR_USAGE,   /* the command line */
    ERR_SYNTAX,  /* a case file, a spec, a profile, a results file */
    ERR_SYSTEM,  /* a file, a socket, a process */
    ERR_TARGET,  /* unreachable, would not start */
    ERR_INTERNAL /* a bug of ours */
};

#define ERR_TEXT_MAX 512
#define ERR_FILE_MAX 256

/* A zeroed err says "nothing wrong". `line` and `col` count from 1; 0 means that there is none. */
struct err {
    enum err_code code;
    unsigned line, col;
    char file[ERR_FILE_MAX];
    char text[ERR_TEXT_MAX];
};

/* Fills `err` (NULL is allowed) and gives false, so that `return err_set(…)` reads well. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool err_memory(struct err *err, const char *what_for);

/* Adds a place to an error that has none yet. Gives false. */
bool err_at(struct err *err, const char *file, unsigned line, unsigned col);

#endif
