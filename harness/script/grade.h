#ifndef SCRIPT_GRADE_H
#define SCRIPT_GRADE_H

/* How well a branch of a case speaks of the target, best first: the worse of two is the larger. */
enum grade { GRADE_PASS, GRADE_INFO, GRADE_WARN, GRADE_FAIL };

static inline enum grade grade_worse(enum grade a, enum grade b)
{
    return a > b ? a : b;
}

#endif
