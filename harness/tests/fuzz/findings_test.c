#include "fuzz/trial/findings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "io/file.h"

/* A trial that has come to its end, without a target. */
static struct convict tried(const char *signature, enum convict_result result, const char *text)
{
    struct convict c = { .result = result };

    snprintf(c.suspicion.signature, sizeof c.suspicion.signature, "%s", signature);
    snprintf(c.name, sizeof c.name, "%s", signature);
    buf_init(&c.text, 4096);
    cr_assert(buf_append(&c.text, bytes_str(text)));
    return c;
}

/* What it was suspected of is not what the case has proved. */
static enum findings_stored store_as(struct findings *f, const char *signature, const char *name,
                                     char *path)
{
    struct convict c = tried(signature, CONVICT_GUILTY, "x");
    enum findings_stored stored;
    struct err err = { 0 };

    snprintf(c.name, sizeof c.name, "%s", name);
    cr_assert(findings_store(f, &c, &stored, path, &err), "%s", err.text);
    buf_free(&c.text);
    return stored;
}

static enum findings_stored store(struct findings *f, const char *signature,
                                  enum convict_result result, const char *text, char *path)
{
    struct convict c = tried(signature, result, text);
    enum findings_stored stored;
    struct err err = { 0 };

    cr_assert(findings_store(f, &c, &stored, path, &err), "%s", err.text);
    buf_free(&c.text);
    return stored;
}

static void expect_file(const char *path, const char *text)
{
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, 4096);
    cr_assert(io_file_read(path, 4096, &b, &err), "%s", err.text);
    cr_expect(bytes_eq_str(buf_bytes(&b), text), "%.*s", BYTES_ARG(buf_bytes(&b)));
    buf_free(&b);
}

static void open_fresh(struct findings *f, char dir[IO_DIR_PRIVATE_MAX])
{
    struct err err = { 0 };

    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    cr_assert(findings_open(f, dir, &err), "%s", err.text);
}

static void end(struct findings *f, const char *dir)
{
    char below[IO_DIR_PRIVATE_MAX + 32];

    findings_free(f);
    snprintf(below, sizeof below, "%s/" FINDINGS_UNCONFIRMED, dir);
    io_dir_remove(below);
    io_dir_remove(dir);
    cr_expect_not(io_file_exists(dir));
}

Test(fuzz_findings, a_finding_is_a_file_by_the_name_of_its_signature)
{
    char dir[IO_DIR_PRIVATE_MAX], path[FINDINGS_PATH], wanted[FINDINGS_PATH];
    struct findings f;

    open_fresh(&f, dir);
    cr_expect_eq(findings_advice(&f, "crash-a"), FINDINGS_TRY);
    cr_expect_eq(store(&f, "crash-a", CONVICT_GUILTY, "one", path), FINDINGS_NEW);
    snprintf(wanted, sizeof wanted, "%s/crash-a.case", dir);
    cr_expect_str_eq(path, wanted);
    expect_file(path, "one");
    cr_expect_eq(findings_advice(&f, "crash-a"), FINDINGS_KNOWN);
    cr_expect_eq(findings_advice(&f, "crash-b"), FINDINGS_TRY);
    end(&f, dir);
}

Test(fuzz_findings, what_is_there_is_never_written_over)
{
    char dir[IO_DIR_PRIVATE_MAX], path[FINDINGS_PATH];
    struct findings f;

    open_fresh(&f, dir);
    cr_expect_eq(store(&f, "crash-a", CONVICT_GUILTY, "one", path), FINDINGS_NEW);
    cr_expect_eq(store(&f, "crash-a", CONVICT_GUILTY, "two", path), FINDINGS_AGAIN);
    expect_file(path, "one");
    end(&f, dir);
}

/* An engine beside us has been faster: its trial counts for both. An old file convicts nobody. */
Test(fuzz_findings, a_file_of_this_run_is_known_and_one_of_an_earlier_run_is_tried)
{
    char dir[IO_DIR_PRIVATE_MAX], path[FINDINGS_PATH];
    struct findings f, other;
    struct err err = { 0 };

    open_fresh(&f, dir);
    cr_assert(findings_open(&other, dir, &err), "%s", err.text);
    cr_expect_eq(store(&other, "crash-a", CONVICT_GUILTY, "one", path), FINDINGS_NEW);
    cr_expect_eq(findings_advice(&f, "crash-a"), FINDINGS_KNOWN);
    findings_free(&other);
    findings_free(&f);

    cr_assert(findings_open(&f, dir, &err), "%s", err.text);
    cr_expect(findings_there(&f, "crash-a"));
    cr_expect_eq(findings_advice(&f, "crash-a"), FINDINGS_TRY);
    cr_expect_eq(store(&f, "crash-a", CONVICT_GUILTY, "two", path), FINDINGS_AGAIN);
    cr_expect_eq(findings_advice(&f, "crash-a"), FINDINGS_KNOWN);
    end(&f, dir);
}

Test(fuzz_findings, what_trials_clear_is_tried_more_rarely_and_never_given_up)
{
    char dir[IO_DIR_PRIVATE_MAX], path[FINDINGS_PATH];
    struct findings f;
    int trials = 0, last = 0;

    open_fresh(&f, dir);
    for (int i = 0; i < 10000; i++) {
        enum findings_advice advice = findings_advice(&f, "odd");
        if (advice == FINDINGS_TIRED)
            continue;
        cr_expect_eq(advice, trials == 0 ? FINDINGS_TRY : FINDINGS_RETRY);
        cr_expect_eq(store(&f, "odd", CONVICT_CLEARED, "x", path), FINDINGS_AGAIN);
        trials++;
        last = i;
    }
    cr_expect(trials > 8 && trials < 30, "%d", trials);
    cr_expect(last > 4000, "%d", last);
    cr_expect_not(findings_there(&f, "odd"));
    end(&f, dir);
}

Test(fuzz_findings, what_does_not_happen_again_lies_apart_until_it_does)
{
    char dir[IO_DIR_PRIVATE_MAX], apart[FINDINGS_PATH], path[FINDINGS_PATH];
    struct findings f;

    open_fresh(&f, dir);
    cr_expect_eq(store(&f, "crash-a", CONVICT_NOT_AGAIN, "one", apart), FINDINGS_NEW);
    cr_expect(strstr(apart, "/" FINDINGS_UNCONFIRMED "/crash-a.case"), "%s", apart);
    expect_file(apart, "one");
    cr_expect_eq(findings_advice(&f, "crash-a"), FINDINGS_RETRY);
    cr_expect_eq(store(&f, "crash-a", CONVICT_GUILTY, "two", path), FINDINGS_NEW);
    expect_file(path, "two");
    cr_expect_not(io_file_exists(apart));
    end(&f, dir);
}

Test(fuzz_findings, a_folder_that_cannot_be_made_is_told)
{
    struct findings f;
    struct err err = { 0 };

    cr_expect_not(findings_open(&f, "/dev/null/findings", &err));
    cr_expect_eq(err.code, ERR_SYSTEM);
    cr_expect(strstr(err.text, "/dev/null"), "%s", err.text);
    findings_free(&f);
}

Test(fuzz_findings, one_row_of_the_law_is_one_finding_whatever_was_suspected)
{
    struct findings f;
    char dir[IO_DIR_PRIVATE_MAX], path[FINDINGS_PATH];

    open_fresh(&f, dir);
    cr_expect_eq(store(&f, "wrong-acceptance.rfc6455-4.2.1-5", CONVICT_GUILTY, "x", path),
                 FINDINGS_NEW);
    cr_expect_eq(store_as(&f, "wrong-answer.message-missing", "fails.rfc6455-4.2.1-5", path),
                 FINDINGS_AGAIN);
    cr_expect(bytes_find(bytes_str(path), bytes_str("wrong-acceptance.rfc6455-4.2.1-5.case")) <
              strlen(path));
    /* There may be more behind the same suspicion. */
    cr_expect_eq(findings_advice(&f, "wrong-answer.message-missing"), FINDINGS_RETRY);
    cr_expect_eq(store_as(&f, "wrong-answer.message-missing", "fails.rfc6455-5.5.2-2", path),
                 FINDINGS_NEW);
    cr_expect_eq(store(&f, "law-broken.rfc6455-5.5.2-2", CONVICT_GUILTY, "x", path),
                 FINDINGS_AGAIN);
    end(&f, dir);
}
