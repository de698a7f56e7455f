#include "report/escape.h"

#include <criterion/criterion.h>

static void assert_escapes(bool (*escape)(struct bytes, struct buf *), struct bytes in,
                           const char *want)
{
    struct buf out;

    buf_init(&out, 4096);
    cr_assert(escape(in, &out));
    cr_assert(bytes_eq_str(buf_bytes(&out), want), "got %.*s, expected %s",
              BYTES_ARG(buf_bytes(&out)), want);
    buf_free(&out);
}

#define FFFD "\xEF\xBF\xBD"

Test(report_escape, json)
{
    assert_escapes(report_escape_json, BYTES_LIT("a\"b\\c\n\r\t\x01\x7f"),
                   "a\\\"b\\\\c\\n\\r\\t\\u0001\\u007f");
    assert_escapes(report_escape_json, BYTES_LIT("\0"), "\\u0000");
    assert_escapes(report_escape_json, BYTES_LIT("ä€😀"), "ä€😀");
    assert_escapes(report_escape_json, BYTES_LIT("\xff|\xe2\x82|\xc0\xaf"),
                   FFFD "|" FFFD FFFD "|" FFFD FFFD);
}

Test(report_escape, json_of_python_is_ascii)
{
    assert_escapes(report_escape_json_ascii, BYTES_LIT("a\"\\/\b\f\n\r\t\x01\x7f"),
                   "a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f");
    assert_escapes(report_escape_json_ascii, BYTES_LIT("ä€😀\xEF\xBF\xBF"),
                   "\\u00e4\\u20ac\\ud83d\\ude00\\uffff");
    assert_escapes(report_escape_json_ascii, BYTES_LIT("\xff|"), "\\ufffd|");
}

Test(report_escape, xml_holds_only_what_xml_can)
{
    assert_escapes(report_escape_xml, BYTES_LIT("<a b='c'>&\"]]>"),
                   "&lt;a b=&#39;c&#39;&gt;&amp;&quot;]]&gt;");
    assert_escapes(report_escape_xml, BYTES_LIT("\x00\x1b\x08|\n\t\r"),
                   FFFD FFFD FFFD "|\n\t&#13;");
    assert_escapes(report_escape_xml, BYTES_LIT("\xEF\xBF\xBF\xff"), FFFD FFFD);
    assert_escapes(report_escape_xml_attribute, BYTES_LIT("a\nb\tc"), "a&#10;b&#9;c");
}

Test(report_escape, html_shows_what_would_hide_or_turn_the_text)
{
    assert_escapes(report_escape_html, BYTES_LIT("</style><img src=x onerror='a(\"b\")'>&"),
                   "&lt;/style&gt;&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;");
    assert_escapes(report_escape_html,
                   BYTES_LIT("a\xE2\x80\xAE"
                             "b\xE2\x80\xA8\x1b\0\n"),
                   "a\\u{202e}b\\u{2028}\\u{1b}\\u{0}\n");
    assert_escapes(report_escape_html,
                   BYTES_LIT("\xfe"
                             "é"),
                   FFFD "é");
}

Test(report_escape, html_of_lines_is_ascii_and_begins_no_line)
{
    assert_escapes(report_escape_html_lines, BYTES_LIT("<b a='\"'>&amp;\nx\n\ny\n"),
                   "&lt;b a='\"'>&amp;amp;\n  x\n\n  y\n");
    assert_escapes(report_escape_html_lines, BYTES_LIT("ä€😀\xE2\x80\xAE\xff"),
                   "&#228;&#8364;&#128512;\\u{202e}&#65533;");
}

Test(report_escape, takes_a_character_at_a_time)
{
    static const struct {
        const char *in;
        size_t len;
        uint32_t character;
    } rows[] = {
        { "a", 1, 'a' },
        { "é", 2, 0xE9 },
        { "€", 3, 0x20AC },
        { "😀", 4, 0x1F600 },
        { "\x80", 1, 0xFFFD },
        { "\xc3", 1, 0xFFFD },
        { "\xc3z", 1, 0xFFFD },
        { "\xed\xa0\x80", 1, 0xFFFD },
        { "\xf5\x80\x80\x80", 1, 0xFFFD },
        { "\xEF\xBF\xBD", 3, 0xFFFD },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t character;
        cr_assert_eq(report_escape_next(bytes_str(rows[i].in), &character), rows[i].len, "%zu", i);
        cr_assert_eq(character, rows[i].character, "%zu", i);
    }
}
