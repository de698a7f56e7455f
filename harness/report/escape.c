#include "report/escape.h"

#include "ws/utf8.h"

#define REPLACEMENT 0xFFFD

static size_t length_by_first(uint8_t first)
{
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t report_escape_next(struct bytes in, uint32_t *character)
{
    size_t len = length_by_first(in.ptr[0]);
    struct bytes one = bytes_take(in, len);
    static const uint8_t first_bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };

    if (one.len < len || !ws_utf8_valid(one)) {
        *character = REPLACEMENT;
        return 1;
    }
    *character = one.ptr[0] & first_bits[len];
    for (size_t i = 1; i < len; i++)
        *character = *character << 6 | (one.ptr[i] & 0x3F);
    return len;
}

/* Writes one character in its new form; `raw` are its bytes as they stand. */
typedef bool (*write_character)(uint32_t character, struct bytes raw, struct buf *out);

static bool each_character(struct bytes in, write_character write, struct buf *out)
{
    while (in.len > 0) {
        uint32_t character;
        size_t len = report_escape_next(in, &character);
        bool replaced = character == REPLACEMENT && len == 1;
        struct bytes raw = replaced ? BYTES_LIT("\xEF\xBF\xBD") : bytes_take(in, len);
        if (!write(character, raw, out))
            return false;
        in = bytes_skip(in, len);
    }
    return true;
}

static bool write_json(uint32_t character, struct bytes raw, struct buf *out)
{
    switch (character) {
    case '"': return buf_append(out, BYTES_LIT("\\\""));
    case '\\': return buf_append(out, BYTES_LIT("\\\\"));
    case '\n': return buf_append(out, BYTES_LIT("\\n"));
    case '\r': return buf_append(out, BYTES_LIT("\\r"));
    case '\t': return buf_append(out, BYTES_LIT("\\t"));
    default: break;
    }
    /* YAML refuses DEL and the C1 controls as they are; JSON takes them either way. */
    if (character < 0x20 || (character >= 0x7F && character < 0xA0))
        return buf_print(out, "\\u%04x", (unsigned)character);
    return buf_append(out, raw);
}

static bool write_json_ascii(uint32_t character, struct bytes raw, struct buf *out)
{
    if (character == '\b')
        return buf_append(out, BYTES_LIT("\\b"));
    if (character == '\f')
        return buf_append(out, BYTES_LIT("\\f"));
    if (character < 0x7F)
        return write_json(character, raw, out);
    if (character < 0x10000)
        return buf_print(out, "\\u%04x", (unsigned)character);
    return buf_print(out, "\\u%04x\\u%04x", 0xD800 + (unsigned)((character - 0x10000) >> 10),
                     0xDC00 + (unsigned)(character & 0x3FF));
}

static bool write_xml(uint32_t character, struct bytes raw, struct buf *out)
{
    switch (character) {
    case '&': return buf_append(out, BYTES_LIT("&amp;"));
    case '<': return buf_append(out, BYTES_LIT("&lt;"));
    case '>': return buf_append(out, BYTES_LIT("&gt;"));
    case '"': return buf_append(out, BYTES_LIT("&quot;"));
    case '\'': return buf_append(out, BYTES_LIT("&#39;"));
    case '\r': return buf_append(out, BYTES_LIT("&#13;"));
    case 0xFFFE:
    case 0xFFFF: return buf_append(out, BYTES_LIT("\xEF\xBF\xBD"));
    default: break;
    }
    if (character < 0x20 && character != '\n' && character != '\t')
        return buf_append(out, BYTES_LIT("\xEF\xBF\xBD"));
    return buf_append(out, raw);
}

/* Without the references a reader would make blanks of the line breaks. */
static bool write_xml_attribute(uint32_t character, struct bytes raw, struct buf *out)
{
    if (character == '\n' || character == '\t')
        return buf_print(out, "&#%u;", (unsigned)character);
    return write_xml(character, raw, out);
}

static bool is_unseen(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0xAD ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF ||
           c >= 0xE0000;
}

static bool write_html(uint32_t character, struct bytes raw, struct buf *out)
{
    switch (character) {
    case '&': return buf_append(out, BYTES_LIT("&amp;"));
    case '<': return buf_append(out, BYTES_LIT("&lt;"));
    case '>': return buf_append(out, BYTES_LIT("&gt;"));
    case '"': return buf_append(out, BYTES_LIT("&quot;"));
    case '\'': return buf_append(out, BYTES_LIT("&#39;"));
    default: break;
    }
    if (is_unseen(character))
        return buf_print(out, "\\u{%x}", (unsigned)character);
    return buf_append(out, raw);
}

/* Text needs fewer references than an attribute. All past ASCII is one: a browser reads a part of a
 * document that is ASCII alone several times as fast. */
static bool write_html_lines(uint32_t character, struct bytes raw, struct buf *out)
{
    if (character == '"' || character == '\'' || character == '>')
        return buf_append(out, raw);
    if (character > 0x7F && !is_unseen(character))
        return buf_print(out, "&#%u;", (unsigned)character);
    return write_html(character, raw, out);
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

static bool write_tap(uint32_t character, struct bytes raw, struct buf *out)
{
    if (is_control(character))
        return buf_push(out, ' ');
    if ((character == '#' || character == '\\') && !buf_push(out, '\\'))
        return false;
    return buf_append(out, raw);
}

static bool write_github(uint32_t character, struct bytes raw, struct buf *out)
{
    if (character == '%' || character == '\n' || character == '\r')
        return buf_print(out, "%%%02X", (unsigned)character);
    return is_control(character) ? buf_push(out, ' ') : buf_append(out, raw);
}

static bool write_github_property(uint32_t character, struct bytes raw, struct buf *out)
{
    if (character == ':' || character == ',')
        return buf_print(out, "%%%02X", (unsigned)character);
    return write_github(character, raw, out);
}

static bool is_plain(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* References are never taken for marks; a comma, a blank, a hyphen or a slash within a line is none
 * anyway, and easier to read as it is. */
static bool write_markdown(uint32_t character, struct bytes raw, struct buf *out)
{
    if (is_control(character))
        return buf_push(out, ' ');
    if (is_unseen(character))
        return buf_print(out, "&#92;u&#123;%x&#125;", (unsigned)character);
    if (character >= 0x80 || is_plain(character) || character == ' ' || character == ',' ||
        character == '-' || character == '/')
        return buf_append(out, raw);
    return buf_print(out, "&#%u;", (unsigned)character);
}

static bool write_path(uint32_t character, struct bytes raw, struct buf *out)
{
    if (is_plain(character) || character == '/' || character == '-' || character == '.' ||
        character == '_' || character == '~')
        return buf_append(out, raw);
    for (size_t i = 0; i < raw.len; i++)
        if (!buf_print(out, "%%%02X", raw.ptr[i]))
            return false;
    return true;
}

bool report_escape_json(struct bytes in, struct buf *out)
{
    return each_character(in, write_json, out);
}

bool report_escape_json_ascii(struct bytes in, struct buf *out)
{
    return each_character(in, write_json_ascii, out);
}

bool report_escape_xml(struct bytes in, struct buf *out)
{
    return each_character(in, write_xml, out);
}

bool report_escape_xml_attribute(struct bytes in, struct buf *out)
{
    return each_character(in, write_xml_attribute, out);
}

bool report_escape_html(struct bytes in, struct buf *out)
{
    return each_character(in, write_html, out);
}

bool report_escape_html_lines(struct bytes in, struct buf *out)
{
    for (bool first = true;; first = false) {
        size_t end = bytes_index(in, 0, '\n');
        if (!first && end > 0 && !buf_append(out, BYTES_LIT("  ")))
            return false;
        if (!each_character(bytes_take(in, end), write_html_lines, out))
            return false;
        if (end >= in.len)
            return true;
        in = bytes_skip(in, end + 1);
        if (!buf_push(out, '\n'))
            return false;
    }
}

bool report_escape_tap(struct bytes in, struct buf *out)
{
    return each_character(in, write_tap, out);
}

bool report_escape_github(struct bytes in, struct buf *out)
{
    return each_character(in, write_github, out);
}

bool report_escape_github_property(struct bytes in, struct buf *out)
{
    return each_character(in, write_github_property, out);
}

bool report_escape_markdown(struct bytes in, struct buf *out)
{
    return each_character(in, write_markdown, out);
}

bool report_escape_path(struct bytes in, struct buf *out)
{
    return each_character(in, write_path, out);
}
