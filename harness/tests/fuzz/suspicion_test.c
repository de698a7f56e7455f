#include "fuzz/trial/suspicion.h"

#include <criterion/criterion.h>
#include <string.h>

static const char asan[] =
    "listening on 9001\n"
    "=================================================================\n"
    "==4711==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000018 at pc 0x4c\n"
    "READ of size 1 at 0x602000000018 thread T0\n"
    "    #0 0x4c3a11 in ws_read /src/frame.c:123:9\n"
    "    #1 0x4c3b22 in main /src/main.c:9:5\n"
    "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/frame.c:123:9 in ws_read\n";

Test(fuzz_suspicion, a_crash_is_named_by_its_class_and_place)
{
    struct suspicion s;

    suspicion_of_death("was killed by signal 6 (Aborted)", bytes_str(asan), &s);
    cr_expect_eq(s.kind, SUSPICION_DEATH);
    cr_expect_str_eq(s.signature, "crash-heap-buffer-overflow-ws-read");
    cr_expect(strstr(s.what, "heap-buffer-overflow"), "%s", s.what);
    cr_expect_eq(strncmp(s.words, "==4711==ERROR: AddressSanitizer", 31), 0, "%s", s.words);
}

Test(fuzz_suspicion, a_death_without_a_report_is_named_by_its_status)
{
    struct suspicion s;

    suspicion_of_death("was killed by signal 11 (Segmentation fault)", bytes_str("hello\n"), &s);
    cr_expect_str_eq(s.signature, "crash-killed-by-signal-11");
    suspicion_of_death("exited with 3", bytes_str(""), &s);
    cr_expect_str_eq(s.signature, "crash-exited-with-3");
}

Test(fuzz_suspicion, a_signature_is_a_name_for_a_case_and_a_file)
{
    struct fuzz_finding f = { .difference = FUZZ_WRONG_ANSWER,
                              .what = "odd",
                              .signature = "../Wrong answer//PONG--x." };
    struct suspicion s;

    suspicion_of_finding(&f, &s);
    cr_expect_eq(s.kind, SUSPICION_DIFFERENCE);
    cr_expect(strspn(s.signature, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(s.signature),
              "%s", s.signature);
    cr_expect(s.signature[0] != '.' && s.signature[0] != '-', "%s", s.signature);
}

Test(fuzz_suspicion, what_is_alike_is_none)
{
    struct fuzz_finding f = { .difference = FUZZ_SAME };
    struct suspicion s;

    suspicion_of_finding(&f, &s);
    cr_expect_eq(s.kind, SUSPICION_NONE);
}

Test(fuzz_suspicion, another_place_is_another_fault)
{
    struct suspicion a, b;

    suspicion_of_death("was killed by signal 6 (Aborted)", bytes_str(asan), &a);
    suspicion_of_death("was killed by signal 6 (Aborted)", bytes_str("hello\n"), &b);
    cr_expect(suspicion_same(&a, &a));
    cr_expect_not(suspicion_same(&a, &b));
    suspicion_of_hang(2000, &b);
    cr_expect_not(suspicion_same(&a, &b));
}

Test(fuzz_suspicion, last_words_hold_no_nul)
{
    struct suspicion s;

    suspicion_of_death(NULL, BYTES_LIT("a\0b"), &s);
    cr_expect_str_eq(s.words, "a?b");
}

Test(fuzz_suspicion, what_many_turns_show_is_named_apart)
{
    struct suspicion one, pile, leak;

    suspicion_of_memory(300 << 20, &one);
    suspicion_of_pile(16 << 20, 32, &pile);
    suspicion_of_leak(256 << 10, 2048, &leak);
    cr_expect_str_eq(one.signature, "memory");
    cr_expect_str_eq(pile.signature, "memory-of-many-frames");
    cr_expect_str_eq(leak.signature, "leak");
    cr_expect_eq(one.turns, 0);
    cr_expect_eq(pile.turns, 32);
    cr_expect_eq(leak.turns, 2048);
    cr_expect(!suspicion_same(&one, &pile) && !suspicion_same(&pile, &leak));
}
