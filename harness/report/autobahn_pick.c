#include "report/autobahn_pick.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    const struct result *x = *(const struct result *const *)a;
    const struct result *y = *(const struct result *const *)b;
    int order = strcmp(x->autobahn, y->autobahn);

    return order ? order : (x > y) - (x < y);
}

/* Number for number; what is none ends it, and the text decides. */
static int by_number(const void *a, const void *b)
{
    const char *x = (*(const struct result *const *)a)->autobahn;
    const char *y = (*(const struct result *const *)b)->autobahn;

    while (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
        char *x_end, *y_end;
        unsigned long m = strtoul(x, &x_end, 10), n = strtoul(y, &y_end, 10);
        if (m != n)
            return m < n ? -1 : 1;
        x = x_end + (*x_end == '.');
        y = y_end + (*y_end == '.');
    }
    return by_text(a, b);
}

bool autobahn_results(const struct run_report *r, enum autobahn_order order, struct arena *a,
                      const struct result ***out, size_t *count)
{
    const struct result **list = arena_array(a, r->n_results, sizeof *list);
    size_t n = 0, kept = 0;

    if (!list)
        return false;
    for (size_t i = 0; i < r->n_results; i++)
        if (r->results[i].autobahn && r->results[i].dropin)
            list[n++] = &r->results[i];
    qsort(list, n, sizeof(const struct result *), order == AUTOBAHN_BY_TEXT ? by_text : by_number);
    for (size_t i = 0; i < n; i++) {
        bool again = i + 1 < n && strcmp(list[i]->autobahn, list[i + 1]->autobahn) == 0;
        if (!again)
            list[kept++] = list[i];
    }
    *out = list;
    *count = kept;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct autobahn_agent *x = *(const struct autobahn_agent *const *)a;
    const struct autobahn_agent *y = *(const struct autobahn_agent *const *)b;
    int order = strcmp(x->agent, y->agent);

    return order ? order : (x > y) - (x < y);
}

bool autobahn_agents(const struct autobahn_agent *agents, size_t n, struct arena *a,
                     const struct autobahn_agent ***out, size_t *count)
{
    const struct autobahn_agent **list = arena_array(a, n, sizeof *list);
    size_t kept = 0;

    if (!list)
        return false;
    for (size_t i = 0; i < n; i++)
        list[i] = &agents[i];
    qsort(list, n, sizeof(const struct autobahn_agent *), by_name);
    for (size_t i = 0; i < n; i++) {
        bool again = i + 1 < n && strcmp(list[i]->agent, list[i + 1]->agent) == 0;
        if (!again)
            list[kept++] = list[i];
    }
    *out = list;
    *count = kept;
    return true;
}
