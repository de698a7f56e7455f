#include "verdict/verdict.h"

#include <assert.h>
#include <string.h>

static const char *const kind_names[VERDICT_KINDS] = {
    [VERDICT_PASS] = "pass", [VERDICT_INFO] = "info", [VERDICT_WARN] = "warn",
    [VERDICT_FAIL] = "fail", [VERDICT_SKIP] = "skip", [VERDICT_ERROR] = "error",
};

static const char *const closing_names[CLOSING_KINDS] = {
    [CLOSING_NONE] = "none",           [CLOSING_CLEAN] = "clean",
    [CLOSING_UNCLEAN] = "unclean",     [CLOSING_WRONG_CODE] = "wrong code",
    [CLOSING_WRONG_END] = "wrong end", [CLOSING_LATE] = "late",
};

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* A case that never ran has nothing to say about the closing. */
static struct verdict not_run(enum verdict_kind kind, const char *reason)
{
    return (struct verdict){
        .result = kind,
        .behaviour = kind,
        .closing_grade = VERDICT_PASS,
        .closing = CLOSING_NONE,
        .reason = reason,
        .entry = ENTRY_NO_STEP,
    };
}

struct verdict verdict_skip(const char *reason)
{
    return not_run(VERDICT_SKIP, reason);
}

struct verdict verdict_error(const char *reason)
{
    return not_run(VERDICT_ERROR, reason);
}

const char *verdict_name(enum verdict_kind kind)
{
    assert(kind < VERDICT_KINDS);
    return kind_names[kind];
}

int verdict_named(const char *name)
{
    return index_of(kind_names, VERDICT_KINDS, name);
}

const char *verdict_closing_name(enum closing closing)
{
    assert(closing < CLOSING_KINDS);
    return closing_names[closing];
}

int verdict_closing_named(const char *name)
{
    return index_of(closing_names, CLOSING_KINDS, name);
}
