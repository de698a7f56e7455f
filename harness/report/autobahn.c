#include "report/autobahn.h"

#include <ctype.h>

#include "report/escape.h"

/* Python's way: all that is no letter or digit is a blank, and those around the name are cut off.
 * A character counts once, however many bytes it has. */
static bool cleaned(struct bytes name, struct buf *out)
{
    size_t blanks = 0;
    bool begun = false;

    while (name.len > 0) {
        uint32_t c;
        name = bytes_skip(name, report_escape_next(name, &c));
        if (c >= 0x80 || !isalnum((int)c)) {
            blanks++;
            continue;
        }
        for (; begun && blanks > 0; blanks--)
            if (!buf_push(out, '_'))
                return false;
        blanks = 0;
        begun = true;
        if (!buf_push(out, (uint8_t)tolower((int)c)))
            return false;
    }
    return true;
}

bool autobahn_file_name(const char *agent, const char *id, const char *ending, struct buf *out)
{
    if (!cleaned(bytes_str(agent), out) || !buf_append(out, BYTES_LIT("_case_")))
        return false;
    for (; *id; id++)
        if (!buf_push(out, isalnum((unsigned char)*id) ? (uint8_t)*id : '_'))
            return false;
    return buf_print(out, ".%s", ending);
}
