#include "support/case_log.h"
#include <string.h>

#include "script/embedded_cases.h"
#include "script/lint.h"

/* cases/README.md, the manual: each example is right, and nothing of the language is left out. */

#define MANUAL "cases/README.md" /* tests run in the project's folder */

static struct bytes read_manual(void)
{
    static char text[1 << 20];
    FILE *f = fopen(MANUAL, "rb");

    cr_assert_not_null(f, "no " MANUAL);
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    return bytes_of(text, len);
}

static struct bytes catalogue(void)
{
    for (const struct embedded *f = embedded_cases; f->path; f++)
        if (strcmp(f->path, "requirements.tsv") == 0)
            return bytes_of(f->ptr, f->len);
    return (struct bytes){ 0 };
}

static void check_example(struct bytes text)
{
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    if (!script_parse(&a, "manual.case", text, NULL, &file, &diags) ||
        !script_lint(&file, catalogue(), &diags)) {
        case_log_mistakes("manual.case", text, &diags);
        cr_expect(false, "an example of the manual has mistakes");
    }
    arena_free(&a);
}

/* The text of the next ```FENCE block; false: there is none. */
static bool next_block(struct bytes *rest, const char *fence, struct bytes *block)
{
    size_t at = bytes_find(*rest, bytes_str(fence));

    if (at == rest->len)
        return false;
    *rest = bytes_skip(*rest, at + strlen(fence));
    *block = bytes_take(*rest, bytes_find(*rest, BYTES_LIT("\n```")));
    *rest = bytes_skip(*rest, block->len + 4);
    return true;
}

Test(script_manual, each_case_in_it_is_right)
{
    struct bytes rest = read_manual(), block;
    size_t count = 0;

    for (; next_block(&rest, "\n```case\n", &block); count++)
        check_example(block);
    cr_expect_gt(count, 5);
}

Test(script_manual, each_row_of_steps_in_it_is_right)
{
    struct bytes rest = read_manual(), block;
    size_t count = 0;

    for (; next_block(&rest, "\n```steps\n", &block); count++) {
        struct arena a = { 0 };
        char *text = arena_print(&a, "case x \"X\" {\nnote \"n\"\n%.*s\n}\n", BYTES_ARG(block));
        check_example(bytes_str(text));
        arena_free(&a);
    }
    cr_expect_gt(count, 5);
}

static void check_named(struct bytes manual, const char *word)
{
    cr_expect_lt(bytes_find(manual, bytes_str(word)), manual.len, "the manual lacks \"%s\"", word);
}

Test(script_manual, names_every_step_and_expectation)
{
    struct bytes manual = read_manual();
    char word[64];

    for (enum script_op op = 0; op < OP_COUNT; op++)
        if (op != OP_BRANCH)
            check_named(manual, script_op_word(op));
    for (int kind = EXPECT_OPEN; kind <= EXPECT_ANOTHER; kind++) {
        snprintf(word, sizeof word, "expect %s", script_expect_word((enum expect_kind)kind));
        check_named(manual, word);
    }
}
