#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (!err)
        return false;
    *err = (struct err){ .code = code };
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return false;
}

bool err_memory(struct err *err, const char *what_for)
{
    return err_set(err, ERR_MEMORY, "out of memory for %s", what_for);
}

bool err_at(struct err *err, const char *file, unsigned line, unsigned col)
{
    if (!err || err->line != 0)
        return false;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
    err->col = col;
    return false;
}
