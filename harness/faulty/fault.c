#include "faulty/fault.h"

#include <string.h>

static const struct {
    const char *name;
    enum fault_role role;
    const char *requirements, *sentence;
} rows[] = {
#define FAULT(name, role, requirements, sentence) { #name, FAULT_##role, requirements, sentence },
#include "faulty/faults.def"
#undef FAULT
};

static enum fault chosen = FAULT_CLEAN;

/* As the command line has it: "TAKES_RSV1" is "takes-rsv1". */
static char plain(char c)
{
    if (c == '_')
        return '-';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct fault_row fault_row(enum fault fault)
{
    struct fault_row row = { .role = rows[fault].role,
                             .requirements = rows[fault].requirements,
                             .sentence = rows[fault].sentence };

    for (size_t i = 0; i < FAULT_NAME_MAX - 1 && rows[fault].name[i]; i++)
        row.name[i] = plain(rows[fault].name[i]);
    return row;
}

bool fault_find(const char *name, enum fault *out)
{
    for (unsigned i = 0; i < FAULTS; i++) {
        if (strcmp(fault_row((enum fault)i).name, name) != 0)
            continue;
        *out = (enum fault)i;
        return true;
    }
    return false;
}

void fault_choose(enum fault fault)
{
    chosen = fault;
}

bool fault_is(enum fault fault)
{
    return chosen == fault;
}

bool fault_among(enum fault first, enum fault last)
{
    return chosen >= first && chosen <= last;
}

unsigned fault_nth(enum fault first)
{
    return (unsigned)chosen - (unsigned)first;
}
