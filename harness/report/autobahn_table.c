#include "report/autobahn_table.h"

#include <string.h>

#include "report/web.h"

struct bytes autobahn_table(void)
{
    return web_file("autobahn-cases.tsv");
}

static struct bytes cut(struct bytes *rest, uint8_t at)
{
    size_t end = bytes_index(*rest, 0, at);
    struct bytes part = bytes_take(*rest, end);

    *rest = bytes_skip(*rest, end + 1);
    return part;
}

bool autobahn_table_next(struct bytes *table, struct autobahn_row *out)
{
    while (table->len > 0) {
        struct bytes line = cut(table, '\n');
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        out->id = cut(&line, '\t');
        out->category = cut(&line, '\t');
        out->subcategory = cut(&line, '\t');
        out->title = line;
        return true;
    }
    return false;
}

bool autobahn_table_find(const char *id, struct autobahn_row *out)
{
    struct bytes table = autobahn_table();

    while (autobahn_table_next(&table, out))
        if (bytes_eq_str(out->id, id))
            return true;
    return false;
}

bool autobahn_is_compressed(const char *id)
{
    return strncmp(id, "12.", 3) == 0 || strncmp(id, "13.", 3) == 0;
}

bool autobahn_is_timed(const char *id)
{
    return strncmp(id, "9.", 2) == 0 || autobahn_is_compressed(id);
}
