#include "report/spec.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz/targets/target.h"

/* Spec files: the same JSON, parsed and laid out anew by jansson, is the same spec; an error tells
 * what is wrong. Input: what kind of spec it is, then its text. */
static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same_texts(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
    for (size_t i = 0; i < n_a && i < n_b; i++)
        if (!same_text(a[i], b[i]))
            return false;
    return n_a == n_b;
}

static bool same_options(const struct spec_options *a, const struct spec_options *b)
{
    return a->timeout_ms == b->timeout_ms &&
           same_texts(a->origins, a->n_origins, b->origins, b->n_origins);
}

static bool same_server(const struct spec_server *a, const struct spec_server *b)
{
    return same_text(a->url, b->url) && same_text(a->agent, b->agent) &&
           same_text(a->hostname, b->hostname) && same_text(a->origin, b->origin) &&
           same_texts(a->protocols, a->n_protocols, b->protocols, b->n_protocols) &&
           same_options(&a->options, &b->options);
}

static void compare(const struct spec *a, const struct spec *b)
{
    MUST(same_text(a->outdir, b->outdir) && same_text(a->url, b->url), "outdir, url");
    MUST(same_text(a->key, b->key) && same_text(a->cert, b->cert), "key, cert");
    MUST(a->enable_ssl == b->enable_ssl && same_options(&a->options, &b->options), "options");
    MUST(same_texts(a->protocols, a->n_protocols, b->protocols, b->n_protocols), "protocols");
    MUST(same_texts(a->cases.list, a->cases.count, b->cases.list, b->cases.count), "cases");
    MUST(same_texts(a->exclude_cases.list, a->exclude_cases.count, b->exclude_cases.list,
                    b->exclude_cases.count),
         "exclude-cases");
    MUST(a->n_servers == b->n_servers && a->n_exclude_agents == b->n_exclude_agents, "lists");
    for (size_t i = 0; i < a->n_servers; i++)
        MUST(same_server(&a->servers[i], &b->servers[i]), "server %zu", i);
    MUST(a->connections == b->connections && a->batch_size == b->batch_size &&
             a->batch_delay_ms == b->batch_delay_ms && a->retry_delay_ms == b->retry_delay_ms,
         "massconnect");
    MUST(same_texts(a->remarks, a->n_remarks, b->remarks, b->n_remarks), "remarks");
}

/* In the order of the text, so that lists stay as they are. NULL: no memory. */
static char *laid_out_anew(struct bytes text)
{
    const struct bytes mark = BYTES_LIT("\xEF\xBB\xBF"); /* which the reader passes over */
    json_error_t error;

    text = bytes_skip(text, bytes_starts(text, mark) ? mark.len : 0);
    json_t *value = json_loadb((const char *)text.ptr, text.len, 0, &error);
    char *out = value ? json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;

    json_decref(value);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    const enum spec_kind kind = (enum spec_kind)(steer(&text) % (SPEC_MASSCONNECT + 1));
    struct arena arena = { 0 };
    struct spec spec, again;
    struct err err = { 0 };

    if (report_spec_read(kind, text, &arena, &spec, &err)) {
        char *anew = laid_out_anew(text);
        MUST(anew, "jansson reads it for us and not for us");
        MUST(report_spec_read(kind, bytes_str(anew), &arena, &again, &err), "%s in\n%s", err.text,
             anew);
        compare(&spec, &again);
        alloc_free(anew); /* the reader has told jansson to take memory there */
    } else {
        MUST(err.code == ERR_SYNTAX && err.text[0], "refused without a word");
    }
    arena_free(&arena);
    return 0;
}
