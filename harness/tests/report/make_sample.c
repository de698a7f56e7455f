#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/autobahn.h"
#include "report/json.h"
#include "report/writers.h"
#include "sample.h"

/* make_sample REQUIREMENTS FOLDER [CASES]: a made-up run in every format, for the browser test. */
#define FILE_MAX (64u << 20)
#define CASES_USUAL 340

static bool read_file(struct arena *a, const char *path, struct bytes *out)
{
    static uint8_t text[1 << 20];
    FILE *f = fopen(path, "rb");

    if (!f)
        return false;
    *out = arena_copy(a, bytes_of(text, fread(text, 1, sizeof text, f)));
    fclose(f);
    return out->ptr != NULL;
}

static bool write_file(const char *folder, const char *name, struct buf *text)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(text->ptr, 1, text->len, f) == text->len;
    ok = f && fclose(f) == 0 && ok;
    if (!strstr(name, "_case_"))
        printf("%-14s %zu bytes\n", name, text->len);
    buf_free(text);
    buf_init(text, FILE_MAX);
    return ok;
}

static bool write_case(const struct autobahn_agent *agent, const struct result *r,
                       const char *folder, struct buf *out)
{
    struct buf name;
    bool ok = true;

    for (int i = 0; ok && i < 2; i++) {
        buf_init(&name, 4096);
        ok = autobahn_file_name(agent->agent, r->autobahn, i ? "html" : "json", &name) &&
             buf_push(&name, '\0') &&
             (i ? autobahn_case_html : autobahn_case_json)(agent, r, out) &&
             write_file(folder, (const char *)name.ptr, out);
        buf_free(&name);
    }
    return ok;
}

static bool write_autobahn(const struct run_report *run, const char *folder, struct buf *out)
{
    struct autobahn_agent agents[] = { { "sample/1.0 <b>\xff \xc3\xa4\xf0\x9f\x98\x80", run },
                                       { "Second", run } };
    bool ok = autobahn_index_json(agents, 2, out) && write_file(folder, "index.json", out) &&
              autobahn_index_html(agents, 2, out) && write_file(folder, "index.html", out);

    for (size_t i = 0; ok && i < run->n_results; i++)
        if (run->results[i].autobahn)
            ok = write_case(&agents[0], &run->results[i], folder, out);
    return ok;
}

static bool write_journal(const struct run_report *run, struct buf *out)
{
    bool ok = report_journal_run(run, out);

    for (size_t i = 0; i < run->n_results; i++)
        ok = ok && report_journal_result(&run->results[i], out);
    return ok;
}

/* Targets that differ here and there, the last ones with cases missing, all with names that would
 * like to be markup; two earlier runs of the first. */
#define TARGETS 12
#define TARGET_CASES 130

static void differ(struct run_report *run, size_t target)
{
    run->target = sample_hostile(target);
    run->server_header = sample_hostile(target + 5);
    for (size_t i = 0; i < run->n_results; i++) {
        struct result *r = &run->results[i];
        if (r->verdict.result != VERDICT_PASS || i * target % 31 != 4)
            continue;
        r->verdict.result = target % 2 ? VERDICT_FAIL : VERDICT_WARN;
        r->verdict.severity = SEVERITY_MAJOR;
        r->verdict.requirement = r->proves[0];
        r->verdict.reason = sample_hostile(i + target);
    }
}

static bool write_matrix(const struct requirements *requirements, const char *folder)
{
    struct sample samples[TARGETS];
    struct run_report runs[TARGETS];
    struct buf out;
    size_t n = 0;
    bool ok = true;

    for (; ok && n < TARGETS; n++) {
        ok = sample_make(&samples[n], TARGET_CASES - n / 2, 7);
        if (ok)
            differ(&samples[n].run, n);
        runs[n] = samples[n].run;
    }
    struct report_past past[] = {
        { .target = runs[0].target, .version = "0.0.9", .started_s = 1 },
        { .target = runs[0].target, .version = "0.0.8", .started_s = 0 }
    };
    const struct report_book book = { runs, n, past, 2 };
    for (size_t i = 0; i < 2; i++)
        run_report_count(&runs[i + 1], &past[i].counts);
    buf_init(&out, FILE_MAX);
    ok = ok && report_html_book(&book, requirements, &out) &&
         write_file(folder, "matrix.html", &out);
    buf_free(&out);
    for (size_t i = 0; i < n; i++)
        sample_free(&samples[i]);
    return ok;
}

static bool write_all(const struct run_report *run, const struct requirements *requirements,
                      const char *folder)
{
    struct buf out;

    buf_init(&out, FILE_MAX);
    bool ok = report_json(run, &out) && write_file(folder, "results.json", &out) &&
              write_journal(run, &out) && write_file(folder, "results.jsonl", &out) &&
              report_junit(run, &out) && write_file(folder, "junit.xml", &out) &&
              report_tap(run, &out) && write_file(folder, "results.tap", &out) &&
              report_html(run, requirements, &out) && write_file(folder, "report.html", &out) &&
              write_autobahn(run, folder, &out) && write_matrix(requirements, folder);
    buf_free(&out);
    return ok;
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    struct sample sample;
    struct bytes table;
    struct requirements requirements;
    struct err err = { 0 };

    if (argc < 3) {
        fprintf(stderr, "usage: make_sample REQUIREMENTS FOLDER [CASES]\n");
        return 2;
    }
    size_t cases = argc > 3 ? strtoul(argv[3], NULL, 10) : CASES_USUAL;
    bool ok = read_file(&a, argv[1], &table) &&
              requirements_parse(&a, table, &requirements, &err) &&
              sample_make(&sample, cases, 7) && write_all(&sample.run, &requirements, argv[2]);
    if (!ok)
        fprintf(stderr, "make_sample: %s\n", err.text[0] ? err.text : "could not read or write");
    sample_free(&sample);
    arena_free(&a);
    return ok ? 0 : 1;
}
