#include "cli/connect/keys.h"

#include "ws/utf8.h"

#define ESCAPE 0x1B
/* No key of a terminal is longer: what is, is passed over. */
#define KEY_MAX 32

/* Those that read on by themselves, and would find nothing, do something else or nothing. */
const struct key keys[] = {
    { "\033[A", "ed-prev-history" },
    { "\033OA", "ed-prev-history" },
    { "\033[B", "ed-next-history" },
    { "\033OB", "ed-next-history" },
    { "\033[C", "ed-next-char" },
    { "\033OC", "ed-next-char" },
    { "\033[D", "ed-prev-char" },
    { "\033OD", "ed-prev-char" },
    { "\033[H", "ed-move-to-beg" },
    { "\033OH", "ed-move-to-beg" },
    { "\033[1~", "ed-move-to-beg" },
    { "\033[7~", "ed-move-to-beg" },
    { "\033[F", "ed-move-to-end" },
    { "\033OF", "ed-move-to-end" },
    { "\033[4~", "ed-move-to-end" },
    { "\033[8~", "ed-move-to-end" },
    { "\033[3~", "ed-delete-next-char" },
    { "\033[1;5C", "em-next-word" },
    { "\033[1;5D", "ed-prev-word" },
    { "\033[1;3C", "em-next-word" },
    { "\033[1;3D", "ed-prev-word" },
    { "\033[5~", "ed-search-prev-history" },
    { "\033[6~", "ed-search-next-history" },
    { "\022", "ed-search-prev-history" },
    { "\026", "ed-unassigned" },
    { "\033x", "ed-unassigned" },
    { "\033X", "ed-unassigned" },
    { 0 },
};

/* ESC [ parameters letter, ESC O letter, or ESC and a character. */
static size_t escape_len(struct bytes in)
{
    if (in.len < 2)
        return 0;
    if (in.ptr[1] == ESCAPE)
        return 1; /* Alt and a key, as some have it: the key is what counts */
    if (in.ptr[1] == 'O')
        return in.len < 3 ? 0 : 3;
    if (in.ptr[1] != '[')
        return 2;
    for (size_t i = 2; i < in.len; i++)
        if ((in.ptr[i] >= 0x40 && in.ptr[i] <= 0x7E) || i == KEY_MAX)
            return i + 1;
    return 0;
}

static bool in_table(struct bytes key)
{
    for (const struct key *k = keys; k->bytes; k++)
        if (bytes_eq_str(key, k->bytes))
            return true;
    return false;
}

static size_t character_len(struct bytes in)
{
    struct ws_utf8 utf8 = { 0 };

    for (size_t i = 0; i < in.len; i++) {
        if (!ws_utf8_feed(&utf8, bytes_of(in.ptr + i, 1)))
            return 1;
        if (ws_utf8_complete(&utf8))
            return i + 1;
    }
    return 0;
}

size_t keys_first(struct bytes typed, bool *known)
{
    const bool escape = typed.len > 0 && typed.ptr[0] == ESCAPE;
    const size_t len = escape ? escape_len(typed) : character_len(typed);

    /* ESC and a character is an old way to say Meta: libedit has verbs for these. */
    *known = !escape || len == 2 || in_table(bytes_take(typed, len));
    return len;
}
