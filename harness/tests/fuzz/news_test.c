#include "fuzz/trial/news.h"

#include <criterion/criterion.h>
#include <string.h>

static struct bytes written(const struct fuzz_news *news, struct buf *b)
{
    buf_init(b, 4096);
    cr_assert(fuzz_news_write(news, b));
    cr_assert_eq(b->ptr[b->len - 1], '\n');
    return bytes_take(buf_bytes(b), b->len - 1);
}

Test(fuzz_news, what_is_written_is_read)
{
    const struct fuzz_news news = { .kind = FUZZ_NEWS_PULSE,
                                    .sessions = 12345678901,
                                    .seen = 7,
                                    .edges = 1234,
                                    .corpus = 56,
                                    .suspects = 3,
                                    .coverage = true,
                                    .deflate = true };
    struct fuzz_news back;
    struct buf b;

    cr_assert(fuzz_news_read(written(&news, &b), &back));
    cr_expect_eq(back.kind, FUZZ_NEWS_PULSE);
    cr_expect_eq(back.sessions, 12345678901);
    cr_expect_eq(back.seen, 7);
    cr_expect_eq(back.edges, 1234);
    cr_expect_eq(back.corpus, 56);
    cr_expect_eq(back.suspects, 3);
    cr_expect(back.coverage && back.deflate && !back.echoes);
    buf_free(&b);
}

Test(fuzz_news, a_text_cannot_end_its_line_or_its_field)
{
    const struct fuzz_news news = { .kind = FUZZ_NEWS_FINDING,
                                    .path = "findings/a b.case",
                                    .text = "one\ttext=two\nthree\033[31m = four" };
    struct fuzz_news back;
    struct buf b;
    struct bytes line = written(&news, &b);

    cr_expect_eq(bytes_index(line, 0, '\n'), line.len);
    cr_assert(fuzz_news_read(line, &back));
    cr_expect_eq(back.kind, FUZZ_NEWS_FINDING);
    cr_expect_str_eq(back.path, "findings/a b.case");
    cr_expect_str_eq(back.text, "one?text=two?three?[31m = four");
    buf_free(&b);
}

Test(fuzz_news, every_kind_has_a_name_of_its_own)
{
    for (int kind = 0; kind < FUZZ_NEWS_KINDS; kind++) {
        struct fuzz_news back, news = { .kind = (enum fuzz_news_kind)kind };
        struct buf b;
        cr_assert(fuzz_news_read(written(&news, &b), &back));
        cr_expect_eq((int)back.kind, kind);
        buf_free(&b);
    }
}

Test(fuzz_news, other_lines_are_no_news)
{
    static const char *const lines[] = { "",
                                         "@fuzz",
                                         "@fuzz\t",
                                         "@fuzz\tpulses\tsessions=1",
                                         "@fuzzy\tpulse",
                                         " @fuzz\tpulse",
                                         "#2 INITED cov: 3 ft: 4 corp: 1/1b" };
    struct fuzz_news news;

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_not(fuzz_news_read(bytes_str(lines[i]), &news), "%s", lines[i]);
}

Test(fuzz_news, fields_that_are_unknown_or_broken_are_passed_over)
{
    struct fuzz_news news;

    cr_assert(fuzz_news_read(
        bytes_str("@fuzz\tpulse\tlater=7\tsessions=x\tcorpus=5\t\tseen=99999999999999999999999"),
        &news));
    cr_expect_eq(news.sessions, 0);
    cr_expect_eq(news.corpus, 5);
    cr_expect_eq(news.seen, 0);
}

Test(fuzz_news, a_text_that_is_too_long_is_cut)
{
    struct fuzz_news news;
    char line[2 * FUZZ_NEWS_TEXT];

    memset(line, 'x', sizeof line);
    memcpy(line, "@fuzz\tnote\ttext=", 16);
    cr_assert(fuzz_news_read(bytes_of(line, sizeof line), &news));
    cr_expect_eq(strlen(news.text), FUZZ_NEWS_TEXT - 1);
}
