#include "faulty/fault.h"

#include <criterion/criterion.h>
#include <string.h>

Test(faulty_fault, names_are_found_and_differ)
{
    for (unsigned i = 0; i < FAULTS; i++) {
        struct fault_row row = fault_row((enum fault)i);
        enum fault found;
        cr_assert(fault_find(row.name, &found), "%s", row.name);
        cr_expect_eq(found, (enum fault)i, "%s is there twice", row.name);
        cr_expect_eq(strspn(row.name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(row.name));
        cr_expect(row.role & FAULT_BOTH);
    }
    enum fault none;
    cr_expect_not(fault_find("", &none));
    cr_expect_not(fault_find("no-such-fault", &none));
}

Test(faulty_fault, each_names_what_it_breaks_but_the_clean_one)
{
    for (unsigned i = 0; i < FAULTS; i++) {
        struct fault_row row = fault_row((enum fault)i);
        bool names = strncmp(row.requirements, "RFC", 3) == 0;
        cr_expect_eq(names, i != FAULT_CLEAN, "%s", row.name);
        cr_expect_gt(strlen(row.sentence), 10);
    }
}

Test(faulty_fault, is_what_was_chosen)
{
    cr_expect(fault_is(FAULT_CLEAN));
    fault_choose(FAULT_TAKES_RSV2);
    cr_expect(fault_is(FAULT_TAKES_RSV2));
    cr_expect_not(fault_is(FAULT_CLEAN));
    cr_expect(fault_among(FAULT_TAKES_RSV1, FAULT_TAKES_RSV3));
    cr_expect_not(fault_among(FAULT_TAKES_ALL_RSV, FAULT_TAKES_RSV_ON_EMPTY));
    cr_expect_eq(fault_nth(FAULT_TAKES_RSV1), 1);
}

/* The code counts from the first of a run: the last ones say that none was put in between. */
Test(faulty_fault, runs_of_the_table_are_whole)
{
    cr_expect_eq(FAULT_TAKES_UNMASKED_PONG - FAULT_TAKES_UNMASKED_TEXT, 5);
    cr_expect_eq(FAULT_TAKES_MASKED_PONG - FAULT_TAKES_MASKED_TEXT, 5);
    cr_expect_eq(FAULT_TAKES_RSV3 - FAULT_TAKES_RSV1, 2);
    cr_expect_eq(FAULT_TAKES_RSV_ON_PONG - FAULT_TAKES_RSV_ON_CLOSE, 2);
    cr_expect_eq(FAULT_TAKES_OPCODE_15 - FAULT_TAKES_OPCODE_3, 9);
    cr_expect_eq(FAULT_LOSES_BYTE_OF_65536 - FAULT_LOSES_BYTE_OF_125, 4);
    cr_expect_eq(FAULT_TAKES_FRAGMENTED_PONG - FAULT_TAKES_FRAGMENTED_CLOSE, 2);
    cr_expect_eq(FAULT_TAKES_LONG_PONG - FAULT_TAKES_LONG_CLOSE, 2);
    cr_expect_eq(FAULT_TAKES_CODE_2999 - FAULT_TAKES_CODE_0, 10);
    cr_expect_eq(FAULT_REFUSES_CODE_4999 - FAULT_REFUSES_CODE_1000, 5);
}
