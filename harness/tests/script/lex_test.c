#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "script/lex.h"

static const char *const kind_names[] = { "end",   "word",   "string", "hex",   "open",
                                          "close", "left",   "right",  "comma", "plus",
                                          "star",  "equals", "remark", "bad" };

/* kind@line:col:text, with ^ before what begins a line and _ before what is glued to the last. */
static void log_tokens(const char *text, bool remarks, struct buf *out)
{
    struct lexer lx = { .text = bytes_str(text), .keeps_remarks = remarks };
    struct token t;

    do {
        t = script_lex_next(&lx);
        cr_assert(buf_print(out, "%s%s%s@%u:%u:%.*s\n", t.starts_line ? "^" : "",
                            t.glued && t.at > 0 ? "_" : "", kind_names[t.kind], t.line,
                            script_lex_col(lx.text, t.line_at, t.at), BYTES_ARG(t.text)));
    } while (t.kind != TOKEN_END);
}

Test(script_lex, tokens_have_kind_place_and_text)
{
    static const struct {
        const char *text, *log;
    } rows[] = {
        { "", "^end@1:1:\n" },
        { "send text", "^word@1:1:send\nword@1:6:text\n_end@1:10:\n" },
        { "a\n b # c\nd", "^word@1:1:a\n^word@2:2:b\n^word@3:1:d\n_end@3:2:\n" },
        { "1000..1003 64K+1 a + b", "^word@1:1:1000..1003\nword@1:12:64K+1\nword@1:18:a\nplus@1:20:"
                                    "+\nword@1:22:b\n_end@1:23:\n" },
        { "64K+\"a\"", "^word@1:1:64K\n_plus@1:4:+\n_string@1:5:\"a\"\n_end@1:8:\n" },
        { "close-${code} ${a+1}..9", "^word@1:1:close-${code}\nword@1:15:${a+1}..9\n_end@1:24:\n" },
        { "\"a\\\"b\" x\"0a\"", "^string@1:1:\"a\\\"b\"\nhex@1:8:x\"0a\"\n_end@1:13:\n" },
        { "{}(),=*", "^open@1:1:{\n_close@1:2:}\n_left@1:3:(\n_right@1:4:)\n_comma@1:5:,\n"
                     "_equals@1:6:=\n_star@1:7:*\n_end@1:8:\n" },
        { "\"\xCF\x80\" x", "^string@1:1:\"\xCF\x80\"\nword@1:5:x\n_end@1:6:\n" },
        { "\"no end\nb", "^bad@1:1:\"no end\n^word@2:1:b\n_end@2:2:\n" },
        { "a\\\"", "^word@1:1:a\n_bad@1:2:\\\n_bad@1:3:\"\n_end@1:4:\n" },
        { "\xE2\x82\xAC!", "^bad@1:1:\xE2\x82\xAC\n_bad@1:2:!\n_end@1:3:\n" },
        { "${open", "^bad@1:1:$\n_open@1:2:{\n_word@1:3:open\n_end@1:7:\n" },
        { "a\r\nb\r\n", "^word@1:1:a\n^word@2:1:b\n^end@3:1:\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        buf_init(&out, 4096);
        log_tokens(rows[i].text, false, &out);
        cr_expect(bytes_eq_str(buf_bytes(&out), rows[i].log), "row %zu:\n%.*s", i,
                  BYTES_ARG(buf_bytes(&out)));
        buf_free(&out);
    }
}

Test(script_lex, keeps_remarks_when_asked)
{
    struct buf out;

    buf_init(&out, 4096);
    log_tokens("a # b\n#c", true, &out);
    cr_expect(
        bytes_eq_str(buf_bytes(&out), "^word@1:1:a\nremark@1:3:# b\n^remark@2:1:#c\n_end@2:3:\n"),
        "%.*s", BYTES_ARG(buf_bytes(&out)));
    buf_free(&out);
}

Test(script_lex, gives_the_end_for_ever)
{
    struct lexer lx = { .text = BYTES_LIT("a") };

    (void)script_lex_next(&lx);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(script_lex_next(&lx).kind, TOKEN_END);
}
