#include "fuzz/trial/suspicion.h"

#include <stdio.h>
#include <string.h>

#include "drive/crash_sign.h"

static const char *const names[SUSPICION_KINDS] = {
    [SUSPICION_NONE] = "none", [SUSPICION_DIFFERENCE] = "difference",
    [SUSPICION_CUT] = "cut",   [SUSPICION_DEATH] = "death",
    [SUSPICION_HANG] = "hang", [SUSPICION_MEMORY] = "memory",
    [SUSPICION_LEAK] = "leak", [SUSPICION_CPU] = "cpu",
};

const char *suspicion_name(enum suspicion_kind kind)
{
    return names[kind];
}

static char plain(char c)
{
    bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';

    return fine ? c : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : '-';
}

/* A name for a case and its file: what does not belong there becomes a dash, of several one. */
static void slug(struct suspicion *s, const char *text)
{
    size_t len = strlen(s->signature);

    for (; *text && len < sizeof s->signature - 1; text++) {
        char c = plain(*text);
        if (len == 0 ? c == '-' || c == '.' : c == '-' && s->signature[len - 1] == '-')
            continue;
        s->signature[len++] = c;
    }
    while (len > 0 && (s->signature[len - 1] == '-' || s->signature[len - 1] == '.'))
        len--;
    s->signature[len] = '\0';
}

static void add(struct suspicion *s, const char *text)
{
    size_t len = strlen(s->signature);

    if (!*text)
        return;
    if (len > 0 && len < sizeof s->signature - 2)
        memcpy(s->signature + len, "-", 2);
    slug(s, text);
}

static void begin(struct suspicion *out, enum suspicion_kind kind, const char *first)
{
    memset(out, 0, sizeof *out);
    out->kind = kind;
    slug(out, first);
}

void suspicion_of_finding(const struct fuzz_finding *f, struct suspicion *out)
{
    if (f->difference == FUZZ_SAME) {
        begin(out, SUSPICION_NONE, "");
        return;
    }
    begin(out, f->difference == FUZZ_CUT_DEPENDENT ? SUSPICION_CUT : SUSPICION_DIFFERENCE,
          f->signature);
    out->difference = f->difference;
    out->rule = f->rule;
    snprintf(out->what, sizeof out->what, "%s", f->what);
}

/* "was killed by signal 11 (Segmentation fault)" -> "killed-by-signal-11". */
static void add_how(struct suspicion *out, const char *how)
{
    char word[64];

    if (strncmp(how, "was ", 4) == 0)
        how += 4;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(how, "("), how);
    add(out, word);
}

/* A report from its beginning, where it says what and where; else the end of what was said. */
static struct bytes telling(struct bytes said, size_t room)
{
    static const char *const marks[] = { "==ERROR: ", "WARNING: ThreadSanitizer",
                                         "runtime error: ", "panic: ", "panicked at" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = bytes_find(said, bytes_str(marks[i]));
        if (at == said.len)
            continue;
        while (at > 0 && said.ptr[at - 1] != '\n')
            at--;
        return bytes_take(bytes_skip(said, at), room);
    }
    return bytes_skip(said, said.len > room ? said.len - room : 0);
}

static void keep_words(struct suspicion *out, struct bytes said)
{
    struct bytes end = telling(said, sizeof out->words - 1);

    memcpy(out->words, end.ptr ? (const void *)end.ptr : "", end.len);
    for (size_t i = 0; i < end.len; i++)
        if (out->words[i] == '\0')
            out->words[i] = '?';
}

/* "AddressSanitizer: heap-buffer-overflow /src/a.c:4 in f" -> "heap-buffer-overflow"; of other
 * reports the family is enough, the place tells them apart. */
static void add_class(struct suspicion *out, const struct crash_sign *sign)
{
    const char *behind = strstr(sign->summary, "Sanitizer: ");
    char word[64];

    if (sign->kind == CRASH_UNDEFINED || !behind) {
        add(out, crash_kind_name(sign->kind));
        return;
    }
    behind += strlen("Sanitizer: ");
    snprintf(word, sizeof word, "%.*s", (int)strcspn(behind, " "), behind);
    add(out, word);
}

/* "ws_read frame.c:123": the function, which stays when lines are added above it; a place without a
 * function as it is. */
static void add_site(struct suspicion *out, const char *site)
{
    char word[CRASH_SITE_MAX];

    snprintf(word, sizeof word, "%.*s", (int)strcspn(site, " "), site);
    add(out, word);
}

static bool is_known(const char *how, const struct crash_sign *sign)
{
    return sign->kind != CRASH_NONE && (how || crash_kind_certain(sign->kind));
}

void suspicion_of_death(const char *how, struct bytes said, struct suspicion *out)
{
    struct crash_sign sign;

    (void)crash_sign_find(said, &sign);
    begin(out, SUSPICION_DEATH, "crash");
    keep_words(out, said);
    if (is_known(how, &sign)) {
        add_class(out, &sign);
        add_site(out, sign.site);
        snprintf(out->what, sizeof out->what, "the target crashes%s%.*s: %.120s",
                 *sign.site ? " in " : "", (int)strcspn(sign.site, " "), sign.site, sign.summary);
        return;
    }
    if (how)
        add_how(out, how);
    snprintf(out->what, sizeof out->what, "the target %s", how ? how : "reports an error");
}

void suspicion_of_hang(uint64_t timeout_ms, struct suspicion *out)
{
    begin(out, SUSPICION_HANG, "hang");
    snprintf(out->what, sizeof out->what, "the target is silent for more than %llu ms",
             (unsigned long long)timeout_ms);
}

void suspicion_of_memory(uint64_t bytes, struct suspicion *out)
{
    begin(out, SUSPICION_MEMORY, "memory");
    snprintf(out->what, sizeof out->what, "one connection makes the target's memory grow by %llu K",
             (unsigned long long)bytes / 1024);
}

void suspicion_of_pile(uint64_t bytes, uint32_t turns, struct suspicion *out)
{
    begin(out, SUSPICION_MEMORY, "memory-of-many-frames");
    out->turns = turns;
    snprintf(out->what, sizeof out->what,
             "some frames make the target's memory grow by %llu K, and more of them by more",
             (unsigned long long)bytes / 1024);
}

void suspicion_of_leak(uint64_t bytes, uint32_t turns, struct suspicion *out)
{
    begin(out, SUSPICION_LEAK, "leak");
    out->turns = turns;
    snprintf(out->what, sizeof out->what,
             "each of many such sessions leaves %llu K of memory behind",
             (unsigned long long)bytes / 1024);
}

void suspicion_of_cpu(uint64_t ms, struct suspicion *out)
{
    begin(out, SUSPICION_CPU, "cpu");
    snprintf(out->what, sizeof out->what, "one connection costs the target %llu ms of CPU time",
             (unsigned long long)ms);
}

/* Which comparison fails first may change as a session gets smaller; the place of a crash may not.
 */
bool suspicion_same(const struct suspicion *a, const struct suspicion *b)
{
    return a->kind == b->kind && strcmp(a->signature, b->signature) == 0;
}
