#include "ws/rules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

Test(ws_rules, every_row_has_a_name_and_a_sentence)
{
    for (enum ws_rule rule = WS_RULE_NONE; rule < WS_RULE_COUNT; rule++) {
        const struct ws_rule_row *row = ws_rule_row(rule);
        cr_assert_eq(ws_rule_named(bytes_str(row->name)), rule, "%s stands there twice", row->name);
        cr_assert_gt(strlen(row->sentence), 10, "%s", row->name);
        cr_assert_leq(strlen(row->sentence), 123, "%s does not fit a Close frame", row->name);
        cr_assert(row->close_code == 0 || (row->close_code >= 1002 && row->close_code <= 1009),
                  "%s", row->name);
    }
    cr_assert_eq(ws_rule_named(BYTES_LIT("NO_SUCH_RULE")), WS_RULE_NONE);
    cr_assert_eq(ws_rule_named(BYTES_LIT("")), WS_RULE_NONE);
}

Test(ws_rules, names_levels)
{
    cr_assert_str_eq(ws_level_name(WS_MAY), "MAY");
    cr_assert_str_eq(ws_level_name(WS_SHOULD), "SHOULD");
    cr_assert_str_eq(ws_level_name(WS_MUST), "MUST");
}

static struct bytes read_catalogue(char *text, size_t room)
{
    FILE *file = fopen("cases/requirements.tsv", "rb");

    if (!file)
        cr_skip_test("no cases/requirements.tsv here");
    const size_t len = fread(text, 1, room, file);
    fclose(file);
    cr_assert(len > 0 && len < room);
    return bytes_of(text, len);
}

Test(ws_rules, each_requirement_stands_in_the_catalogue)
{
    static char text[1 << 20];
    const struct bytes catalogue = read_catalogue(text, sizeof text);

    for (enum ws_rule rule = WS_RULE_NONE + 1; rule < WS_RULE_COUNT; rule++) {
        char line_start[64];
        snprintf(line_start, sizeof line_start, "\n%s\t", ws_rule_row(rule)->requirement);
        cr_assert_lt(bytes_find(catalogue, bytes_str(line_start)), catalogue.len, "%s names %s",
                     ws_rule_row(rule)->name, ws_rule_row(rule)->requirement);
    }
}
