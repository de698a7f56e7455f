#include "verdict/baseline_update.h"

#include <string.h>

#include "fuzz/targets/target.h"

#define OUT_MAX (8u << 20)

/* Baselines: one that is read is written as it was; made new by a run, it can be read, and under it
 * that run is as expected. Input: what two cases gave, then the file. */
struct run {
    struct script_case cases[2];
    const struct script_case *list[2];
    struct suite suite;
    struct verdict verdicts[2];
    struct baseline_now now[2];
    struct baseline_run run;
};

static void make_run(struct run *r, struct bytes *text)
{
    static const char *const ids[] = { "g/a", "g/b" };

    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < 2; i++) {
        uint8_t byte = steer(text);
        r->cases[i] = (struct script_case){ .id = ids[i], .role = ROLE_SERVER };
        r->list[i] = &r->cases[i];
        r->verdicts[i] = (struct verdict){ .result = (enum verdict_kind)(byte % VERDICT_KINDS),
                                           .severity = (enum severity)(byte >> 6) };
        r->now[i] = (struct baseline_now){ ids[i], &r->verdicts[i], SEVERITY_MINOR,
                                           r->verdicts[i].result == VERDICT_FAIL };
    }
    r->suite = (struct suite){ .cases = r->list, .by_id = r->list, .n_cases = 2 };
    r->run = (struct baseline_run){ .suite = &r->suite,
                                    .role = ROLE_SERVER,
                                    .cases = r->now,
                                    .count = 2,
                                    .tally = { "--long", 2, 1, steer(text) & 1 },
                                    .target = "t" };
}

/* Line ends apart. */
static void same_as_written(const struct baseline *b, struct bytes text)
{
    for (size_t i = 0; i < b->count; i++) {
        size_t end = bytes_index(text, 0, '\n');
        struct bytes line = bytes_take(text, end);
        bool cr = line.len > 0 && line.ptr[line.len - 1] == '\r';
        MUST(bytes_eq_str(bytes_take(line, line.len - cr), b->lines[i].text), "line %zu", i + 1);
        text = bytes_skip(text, end + 1);
    }
    MUST(text.len == 0, "%zu bytes are left", text.len);
}

static void made_new(const struct baseline *old, const struct run *r, struct arena *a)
{
    struct baseline b;
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, OUT_MAX);
    MUST(baseline_update(old, &r->run, a, &out), "no memory");
    if (old->count < BASELINE_LINES_MAX - 4) {
        MUST(baseline_parse(a, "new", buf_bytes(&out), &b, &err), "%u: %s in\n%.*s", err.line,
             err.text, BYTES_ARG(buf_bytes(&out)));
        MUST(baseline_check(&b, &r->suite, ROLE_SERVER, &err), "%s", err.text);
        MUST(!baseline_drift(&b, &r->run.tally, a), "drifts");
        for (size_t i = 0; i < 2; i++) {
            enum known_as as = baseline_judge(&b, r->now[i].id, &r->verdicts[i], SEVERITY_MINOR).as;
            MUST(as != KNOWN_STALE && as != KNOWN_WORSE, "%s is %s", r->now[i].id, known_name(as));
            MUST(as != KNOWN_NOT || !r->now[i].gates, "%s is not known", r->now[i].id);
        }
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    struct arena a = { 0 };
    struct baseline b;
    struct err err = { 0 };
    struct run run;

    make_run(&run, &text);
    if (baseline_parse(&a, "base", text, &b, &err)) {
        same_as_written(&b, text);
        made_new(&b, &run, &a);
    } else {
        MUST(err.code == ERR_SYNTAX && err.line > 0 && err.col > 0, "refused without a place");
    }
    arena_free(&a);
    return 0;
}
