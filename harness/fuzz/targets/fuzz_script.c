#include "script/parse.h"

#include <stdio.h>

#include "fuzz/targets/target.h"
#include "script/embedded_cases.h"
#include "script/print.h"

/* Case files: what does not parse is told with a place in it; what does is printed, parsed and
 * printed the same; its canonical form is stable and has the same cases. */
#define CASES_LOOKED_AT 8 /* of a `for`, which makes thousands from a line */
#define TEXT_MAX (1u << 20)

static struct buf once, twice, formatted;
static struct script_file file, again;
static struct diagnostics diags, later;

static void check_diagnostics(struct bytes text)
{
    MUST(diags.count > 0, "refused without a word");
    for (size_t i = 0; i < diags.count && i < SCRIPT_ERRORS_MAX; i++) {
        const struct diagnostic *d = &diags.list[i];
        buf_clear(&once);
        MUST(d->line > 0 && d->col > 0 && d->len > 0 && d->text[0], "mistake %zu", i);
        MUST(script_diag_print("f.case", text, d, &once), "%s", d->text);
    }
}

/* Printed, it is one case, which is printed the same. */
static void check_case(const struct script_case *c)
{
    struct arena arena = { 0 };

    buf_clear(&once);
    buf_clear(&twice);
    if (!script_print_case(c, &once))
        return; /* larger than a file may be */
    const bool ok = script_parse(&arena, c->path, buf_bytes(&once), embedded_cases, &again, &later);
    MUST(ok && again.n_cases == 1, "%s in\n%.*s", later.list[0].text, BYTES_ARG(buf_bytes(&once)));
    MUST(script_print_case(&again.cases[0], &twice), "printed anew");
    MUST_PRINT_THE_SAME(&once, &twice);
    arena_free(&arena);
}

static void check_format(struct bytes text, const struct script_file *parsed)
{
    struct arena arena = { 0 };

    buf_clear(&formatted);
    buf_clear(&twice);
    if (!script_format(text, &formatted, &later))
        return;
    MUST(script_format(buf_bytes(&formatted), &twice, &later), "%s in\n%.*s", later.list[0].text,
         BYTES_ARG(buf_bytes(&formatted)));
    MUST_PRINT_THE_SAME(&formatted, &twice);
    const bool ok =
        script_parse(&arena, "a/f.case", buf_bytes(&formatted), embedded_cases, &again, &later);
    MUST(ok && again.n_cases == parsed->n_cases, "%s: %zu cases, were %zu", later.list[0].text,
         again.n_cases, parsed->n_cases);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes text = bytes_of(data, size);
    struct arena arena = { 0 };

    buf_init(&once, TEXT_MAX);
    buf_init(&twice, TEXT_MAX);
    buf_init(&formatted, TEXT_MAX);
    diags = later = (struct diagnostics){ 0 };
    if (script_parse(&arena, "a/f.case", text, embedded_cases, &file, &diags)) {
        MUST(diags.count == 0, "%s", diags.list[0].text);
        for (size_t i = 0; i < file.n_cases && i < CASES_LOOKED_AT; i++)
            check_case(&file.cases[i]);
        check_format(text, &file);
    } else {
        check_diagnostics(text);
    }
    buf_free(&once);
    buf_free(&twice);
    buf_free(&formatted);
    arena_free(&arena);
    return 0;
}
