#include "support/case_log.h"

#include <string.h>
#include <zlib.h>

#include "base/text.h"
#include "script/blocks.h"

#define TEXT_MAX ((size_t)4 << 20)

/* blocks { … } as a case writes them, and what a receiver makes of the stream. */
struct made {
    struct arena arena;
    struct script_file file;
    const struct payload *payload;
};

static void make(struct made *m, const char *inside)
{
    struct diagnostics diags;

    *m = (struct made){ 0 };
    const char *text = arena_print(&m->arena,
                                   "let name = \"na\" + \"me\"\ncase a \"A\" { note \"n\"\n"
                                   "send binary blocks { %s } rsv1 }\n",
                                   inside);
    if (!script_parse(&m->arena, "f.case", bytes_str(text), NULL, &m->file, &diags)) {
        case_log_mistakes("f.case", bytes_str(text), &diags);
        cr_assert_fail("does not parse");
    }
    const struct script_case *c = &m->file.cases[0];
    m->payload = c->steps[c->n_steps - 1].as.send.payload;
    cr_assert_eq(m->payload->kind, PAYLOAD_BLOCKS);
    cr_assert_leq(m->payload->bytes.len, blocks_most(m->payload->blocks));
}

/* False when zlib refuses it. What comes behind a final block begins with an empty window. */
static bool unpack_part(z_stream *z, struct bytes in, struct buf *out)
{
    int said;

    z->next_in = (Bytef *)(uintptr_t)in.ptr;
    z->avail_in = (uInt)in.len;
    do {
        cr_assert(buf_reserve(out, 4096));
        const size_t room = out->cap - out->len;
        z->next_out = out->ptr + out->len;
        z->avail_out = (uInt)room;
        said = inflate(z, Z_SYNC_FLUSH);
        out->len += room - z->avail_out;
        if (said == Z_STREAM_END)
            cr_assert_eq(inflateReset(z), Z_OK);
    } while (said != Z_DATA_ERROR && (z->avail_in > 0 || z->avail_out == 0));
    return said != Z_DATA_ERROR;
}

/* As RFC 7692 7.2.2: with the four bytes behind it. */
static bool unpack(struct bytes stream, struct buf *out)
{
    z_stream z = { 0 };

    buf_init(out, TEXT_MAX);
    cr_assert_eq(inflateInit2(&z, -15), Z_OK);
    const bool ok =
        unpack_part(&z, stream, out) && unpack_part(&z, BYTES_LIT("\x00\x00\xff\xff"), out);
    inflateEnd(&z);
    return ok;
}

Test(script_blocks, write_the_bytes_of_rfc_7692_7_2_3)
{
    static const struct {
        const char *inside, *hex;
    } rows[] = {
        { "fixed \"Hello\"", "f2 48 cd c9 c9 07 00" },              /* 7.2.3.1 */
        { "fixed \"H\" match 4 5", "f2 00 11 00 00" },              /* 7.2.3.2 */
        { "stored \"Hello\"", "00 05 00 fa ff 48 65 6c 6c 6f 00" }, /* 7.2.3.3 */
        { "final fixed \"Hello\"", "f3 48 cd c9 c9 07 00 00" },     /* 7.2.3.4 */
        { "fixed \"He\" stored \"\" fixed \"llo\"",
          "f2 48 05 00 00 00 ff ff ca c9 c9 07 00" }, /* 7.2.3.5 */
        { "", "00" },                                 /* 7.2.3.6 */
        { "fixed \"Hello\" keep 1", "f2 48 cd c9 c9 07 00 00" },
        { "fixed \"Hello\" keep 3", "f2 48 cd c9 c9 07 00 00 00 ff" },
        { "fixed \"Hello\" keep 4", "f2 48 cd c9 c9 07 00 00 00 ff ff" },
        { "keep 4", "00 00 00 ff ff" },
        { "fixed \"Hello\" cut", "f2 48 cd c9 c9 07 00" },
        { "stored \"Hello\" cut", "00 05 00 fa ff 48 65 6c 6c 6f" },
        { "cut", "" },
        { "fixed", "02 00" },
        { "final stored \"a\"", "01 01 00 fe ff 61 00" },
        { "reserved", "06" },       /* 011, and 000 of the last block */
        { "final reserved", "07" }, /* 111 */
        { "stored-lie 258 4096", "00 02 01 00 10 00" },
        { "final stored-lie 1 2 \"abc\" cut", "01 01 00 02 00 61 62 63" },
        { "fixed symbol 256 cut", "02 00 00" },             /* 010 0000000 0000000 */
        { "fixed symbol 287 cut", "1a 07 00" },             /* 010 11000111 0000000 */
        { "fixed symbol 257 distance 31 cut", "02 7e 00" }, /* 010 0000001 11111 */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made m;
        struct buf hex;
        make(&m, rows[i].inside);
        buf_init(&hex, 1000);
        cr_assert(text_hex(m.payload->bytes, &hex));
        cr_expect(bytes_eq_str(buf_bytes(&hex), rows[i].hex), "%s\ngave %.*s\nwant %s",
                  rows[i].inside, BYTES_ARG(buf_bytes(&hex)), rows[i].hex);
        buf_free(&hex);
        arena_free(&m.arena);
    }
}

Test(script_blocks, unpack_to_what_they_say)
{
    static const struct {
        const char *inside, *text; /* NULL: refused */
    } rows[] = {
        { "stored \"Hel\" dynamic \"lo\" match 5 5", "HelloHello" },
        { "final fixed \"Hello\" stored \" you\"", "Hello you" },
        { "final dynamic \"Hello\" final stored \" you\" fixed \"!\"", "Hello you!" },
        { "dynamic fixed stored \"\"", "" },
        { "fixed \"a\"\nmatch 4 1 \"b\"\n+ \"c\" match 3 2\n\nstored name * 2",
          "aaaaabcbcbnamename" },
        { "dynamic \"ab\" symbol 99 match 3 3", "abcabc" },
        { "fixed (\"x\" + x\"79\") * 2 \"z\" keep 2", NULL }, /* cut in the middle of a block */
        { "stored-lie 5 65530 \"Hello\"", "Hello" },
        { "stored-lie 5 0 \"Hello\"", NULL },
        { "reserved", NULL },
        { "fixed \"a\" match 10 32768", NULL },
        { "fixed symbol 286", NULL },
        { "fixed \"a\" symbol 257 distance 30", NULL },
        { "bomb 3", "\0\0\0" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made m;
        struct buf text;
        make(&m, rows[i].inside);
        const bool ok = unpack(m.payload->bytes, &text);
        cr_expect_eq(ok, rows[i].text != NULL, "%s", rows[i].inside);
        const struct bytes want =
            strncmp(rows[i].inside, "bomb", 4) == 0 ? BYTES_LIT("\0\0\0") : bytes_str(rows[i].text);
        if (ok)
            cr_expect(bytes_eq(buf_bytes(&text), want), "%s\ngave %.*s", rows[i].inside,
                      BYTES_ARG(buf_bytes(&text)));
        buf_free(&text);
        arena_free(&m.arena);
    }
}

/* Every byte has a code, and no payload is too long for a chunk or a block. */
Test(script_blocks, take_long_payloads_of_any_bytes)
{
    static const char *const rows[] = { "stored sample document 300000", "final stored words 65535",
                                        "dynamic sample document 300000",
                                        "fixed sample document 300000 + words 5000" };
    static uint8_t want[400000];

    for (size_t i = 0; i < 4; i++) {
        struct made m;
        struct buf text;
        make(&m, rows[i]);
        const struct blocks_item *item = &m.payload->blocks->items[0];
        const struct payload *from = item->data ? item->data : item->parts[0].literals;
        const size_t len = (size_t)payload_len(from, NULL);
        payload_read(from, NULL, 0, want, len);
        cr_assert(unpack(m.payload->bytes, &text));
        cr_expect(bytes_eq(buf_bytes(&text), bytes_of(want, len)), "%s", rows[i]);
        buf_free(&text);
        arena_free(&m.arena);
    }
}

Test(script_blocks, a_bomb_is_as_tight_as_it_says)
{
    static const struct {
        const char *inside;
        size_t least, most;
    } rows[] = {
        { "bomb 1M", 1000, 1100 },
        { "bomb 1M ratio 100", 10000, 11000 },
        { "bomb 1M ratio 4", 260000, 264000 },
    };

    for (size_t i = 0; i < 3; i++) {
        struct made m;
        struct buf text;
        make(&m, rows[i].inside);
        cr_expect_geq(m.payload->bytes.len, rows[i].least, "%s", rows[i].inside);
        cr_expect_leq(m.payload->bytes.len, rows[i].most, "%s", rows[i].inside);
        cr_assert(unpack(m.payload->bytes, &text));
        cr_expect_eq(text.len, 1 << 20);
        for (size_t k = 0; k < text.len; k++)
            cr_assert_eq(text.ptr[k], 0);
        buf_free(&text);
        arena_free(&m.arena);
    }
}

/* The text between the braces, printed: the same stream, and the same text again. */
Test(script_blocks, survive_printing)
{
    static const struct {
        const char *inside, *printed;
    } rows[] = {
        { "", "blocks { }" },
        { "cut", "blocks { cut }" },
        { "final  fixed \"a\"\"b\"\nmatch 3 1\n\nsymbol 65 distance 1 keep 4",
          "blocks { final fixed \"a\" \"b\" match 3 1 symbol 65 distance 1 keep 4 }" },
        { "fixed dynamic stored x\"\" reserved bomb 2048 bomb 1025 ratio 9",
          "blocks { fixed dynamic stored x\"\" reserved bomb 2K bomb 1025 ratio 9 }" },
        { "stored-lie 1 2 stored-lie 3 4 name + name",
          "blocks { stored-lie 1 2 stored-lie 3 4 name + name }" },
        { "dynamic (\"a\" + \"b\") * 2 + \"c\" (\"d\")",
          "blocks { dynamic (\"a\" + \"b\") * 2 + \"c\" \"d\" }" },
        { "stored blocks { stored \"a\" }", "blocks { stored blocks { stored \"a\" } }" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made m, again;
        struct buf out;
        make(&m, rows[i].inside);
        buf_init(&out, 10000);
        cr_assert(script_print_step(&m.file.cases[0].steps[m.file.cases[0].n_steps - 1], &out));
        const char *want = arena_print(&m.arena, "send binary %s rsv1", rows[i].printed);
        cr_expect(bytes_eq_str(buf_bytes(&out), want), "gave %.*s", BYTES_ARG(buf_bytes(&out)));
        make(&again,
             arena_print(&m.arena, "%.*s", (int)strlen(rows[i].printed) - 10, rows[i].printed + 8));
        cr_expect(bytes_eq(m.payload->bytes, again.payload->bytes), "%s", rows[i].inside);
        buf_free(&out);
        arena_free(&m.arena);
        arena_free(&again.arena);
    }
}

Test(script_blocks, of_a_file_are_bounded_together)
{
    static const char text[] = "case a \"A\" { note \"n\"\n"
                               "send binary blocks { stored \"a\" * 40M }\n"
                               "send binary blocks { stored \"a\" * 20M }\n"
                               "send binary blocks { stored \"a\" * 10M } }\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    cr_expect_not(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    cr_assert_eq(diags.count, 1);
    cr_expect_eq(diags.list[0].line, 4);
    cr_expect_str_eq(diags.list[0].text, "the blocks of a file may make 64M, and these pass it");
    arena_free(&a);
}
