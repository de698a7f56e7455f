#include "script/sample.h"

#include <assert.h>
#include <string.h>

#include "base/rand.h"

/* A sample is made block by block, each from its index alone, so that any part can be had without
 * the ones before it. Small ones, since who wants a few bytes pays for those before in the block.
 */
#define BLOCK 1024
#define DOCUMENT_BLOCK 4096 /* a packed stream and a page */
#define SLACK 512           /* no item is longer: it may begin before the block's end and pass it */

#define SEED UINT64_C(0x73616D706C65)
#define TOPIC UINT64_C(0x746F706963)

/* One block while it is written. */
struct ink {
    uint8_t *at, *end;
    const uint8_t *enough; /* up to the end: what is behind it nobody wants */
    uint64_t index;        /* of the block */
    struct rand dice;
    unsigned items;      /* begun in this block, and so an id for each */
    const uint8_t *line; /* PROSE: where this one begins */
    unsigned left;       /* PROSE: words to the end of the sentence */
};

#define PUT(k, text) put(k, text, sizeof(text) - 1)

static inline void put(struct ink *k, const char *text, size_t len)
{
    memcpy(k->at, text, len);
    k->at += len;
}

static unsigned roll(struct ink *k, unsigned sides)
{
    return (unsigned)((rand_next(&k->dice) >> 32) * sides >> 32);
}

static void put_number(struct ink *k, uint64_t n, unsigned min_digits)
{
    char digits[20];
    size_t i = sizeof digits;

    do
        digits[--i] = (char)('0' + n % 10);
    while ((n /= 10) > 0 || sizeof digits - i < min_digits);
    put(k, digits + i, sizeof digits - i);
}

static void put_hex(struct ink *k, uint64_t n, unsigned digits)
{
    for (unsigned i = digits; i-- > 0;)
        *k->at++ = (uint8_t) "0123456789abcdef"[n >> (4 * i) & 15];
}

/* What has names here: people, places, classes of a style sheet. Eight bytes each. */
static const char nouns[64][8] = {
    "anchor",  "basket", "bridge", "button", "candle", "carpet", "castle", "cellar",
    "circle",  "copper", "corner", "cotton", "donkey", "engine", "fabric", "falcon",
    "feather", "ferry",  "forest", "garden", "ginger", "hammer", "harbor", "hazel",
    "island",  "jacket", "kettle", "ladder", "lemon",  "letter", "marble", "market",
    "meadow",  "mirror", "monkey", "needle", "nickel", "orange", "oyster", "paper",
    "parcel",  "pebble", "pencil", "pepper", "pillow", "planet", "pocket", "rabbit",
    "ribbon",  "river",  "rocket", "saddle", "sailor", "shadow", "silver", "spring",
    "summer",  "temple", "ticket", "timber", "tunnel", "velvet", "window", "winter",
};

/* Eight bytes at once; the table has a NUL at the end of each. */
static void put_entry(struct ink *k, const char entry[8])
{
    memcpy(k->at, entry, 8);
    k->at += strlen(entry);
}

static unsigned put_noun(struct ink *k)
{
    const unsigned i = roll(k, 64);

    put_entry(k, nouns[i]);
    return i;
}

static void capital(uint8_t *letter)
{
    if (*letter >= 'a' && *letter <= 'z')
        *letter = (uint8_t)(*letter - 'a' + 'A');
}

static unsigned put_name(struct ink *k)
{
    uint8_t *from = k->at;
    const unsigned i = put_noun(k);

    capital(from);
    return i;
}

static void json_person(struct ink *k)
{
    PUT(k, ", \"name\": \"");
    const unsigned first = put_name(k);
    PUT(k, " ");
    const unsigned last = put_name(k);
    PUT(k, "\", \"email\": \"");
    put_entry(k, nouns[first]);
    PUT(k, ".");
    put_entry(k, nouns[last]);
    PUT(k, "@example.org\"");
}

static void json_record(struct ink *k)
{
    static const char states[4][8] = { "new", "active", "active", "closed" };

    PUT(k, "{\"id\": ");
    put_number(k, 100000 + k->index * 8 + k->items, 1);
    json_person(k);
    PUT(k, ", \"state\": \"");
    put_entry(k, states[roll(k, 4)]);
    PUT(k, "\", \"balance\": ");
    put_number(k, roll(k, 5000), 1);
    PUT(k, ".");
    put_number(k, roll(k, 100), 2);
    PUT(k, ", \"token\": \"");
    put_hex(k, rand_next(&k->dice), 8);
    PUT(k, "\", \"seen\": \"2024-0");
    put_number(k, 1 + roll(k, 9), 1);
    PUT(k, "-1");
    put_number(k, roll(k, 10), 1);
    PUT(k, "T08:");
    put_number(k, roll(k, 60), 2);
    PUT(k, ":00Z\", \"tags\": [\"");
    (void)put_noun(k);
    PUT(k, "\", \"");
    (void)put_noun(k);
    PUT(k, "\"]}\n");
}

/* Half of what is written are these; then come words of one topic, and then all others. */
static const char common[32][8] = {
    "the", "of",  "and",  "to",   "in",   "a",     "is", "that", "for",  "it",    "was",
    "on",  "are", "with", "as",   "they", "be",    "at", "one",  "have", "this",  "from",
    "or",  "had", "by",   "some", "what", "there", "we", "can",  "out",  "other",
};

static const char syllables[128][8] = {
    "ba",  "bel", "ber", "bran", "ca",  "cer", "con", "cra", "da",  "del", "der", "din", "do",
    "dra", "el",  "en",  "er",   "es",  "fal", "fer", "fin", "fla", "for", "fra", "ga",  "gel",
    "gen", "glo", "gra", "ha",   "hal", "har", "hel", "hin", "hol", "im",  "in",  "ir",  "ja",
    "jo",  "ka",  "kel", "ken",  "kin", "kra", "la",  "lan", "lar", "le",  "len", "ler", "li",
    "lin", "lo",  "lu",  "ma",   "man", "mar", "mel", "men", "mer", "mi",  "mo",  "mu",  "na",
    "nel", "ner", "ni",  "no",   "nor", "o",   "ol",  "on",  "or",  "pa",  "pel", "per", "pin",
    "pla", "po",  "pra", "pro",  "qua", "ra",  "re",  "ren", "ri",  "ro",  "ru",  "sa",  "sel",
    "sen", "ser", "sha", "si",   "so",  "spa", "sta", "ste", "sto", "str", "su",  "ta",  "tan",
    "te",  "tel", "ten", "ter",  "ti",  "tin", "to",  "tor", "tra", "tri", "tu",  "ul",  "um",
    "un",  "ur",  "va",  "vel",  "ven", "ver", "vi",  "vo",  "wa",  "wel", "win",
};

static void put_made_up(struct ink *k, uint64_t v)
{
    static const char endings[8][8] = { "", "", "s", "ed", "ing", "ly", "er", "en" };

    put_entry(k, syllables[v & 127]);
    put_entry(k, syllables[v >> 7 & 127]);
    if ((v >> 14 & 3) == 0)
        put_entry(k, syllables[v >> 16 & 127]);
    put_entry(k, endings[v >> 23 & 7]);
}

/* True when a comma may stand behind it. */
static bool put_word(struct ink *k)
{
    const unsigned i = roll(k, 64);

    if (i < 32)
        put_entry(k, common[i * i / 32]); /* the first ones more often */
    else if (i < 54)
        put_made_up(k, rand_at(TOPIC, roll(k, 512)));
    else
        put_made_up(k, rand_next(&k->dice));
    return i >= 32;
}

/* Ends the word: by its sentence, and by its line. */
static void put_gap(struct ink *k, bool comma)
{
    if (k->left == 0)
        PUT(k, ".");
    else if (comma && roll(k, 6) == 0)
        PUT(k, ",");
    if (k->at - k->line > 66) {
        PUT(k, "\n");
        k->line = k->at;
    } else {
        PUT(k, " ");
    }
}

static void prose_word(struct ink *k)
{
    uint8_t *from = k->at;
    const bool comma = put_word(k);

    if (k->left == 0) {
        capital(from);
        k->left = 5 + roll(k, 12);
    }
    k->left--;
    put_gap(k, comma);
}

static void html_words(struct ink *k, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            PUT(k, " ");
        (void)put_word(k);
    }
}

static void html_card(struct ink *k)
{
    PUT(k, "  <div class=\"card card-");
    (void)put_noun(k);
    PUT(k, "\" id=\"n");
    put_number(k, k->index * 16 + k->items, 1);
    PUT(k, "\">\n    <a class=\"title link\" href=\"/articles/");
    const unsigned topic = put_noun(k);
    PUT(k, "/");
    put_number(k, roll(k, 100000), 1);
    PUT(k, ".html\" title=\"");
    put_entry(k, nouns[topic]);
    PUT(k, "\">");
    html_words(k, 3 + roll(k, 3));
    PUT(k, "</a>\n    <p class=\"text\">");
    html_words(k, 3 + roll(k, 6));
    PUT(k, "</p>\n  </div>\n");
}

static void html_row(struct ink *k)
{
    PUT(k, "  <tr class=\"row\"><td class=\"name\">");
    (void)put_name(k);
    PUT(k, "</td><td class=\"number\">");
    put_number(k, roll(k, 10000), 1);
    PUT(k, "</td><td class=\"number\">");
    put_number(k, roll(k, 100), 1);
    PUT(k, "%</td></tr>\n");
}

static void html_element(struct ink *k)
{
    if (roll(k, 3) == 0)
        html_row(k);
    else
        html_card(k);
}

/* Whole items only; blanks and a line end fill what is left. */
static void fill(struct ink *k, void (*item)(struct ink *))
{
    while (k->at < k->enough) {
        uint8_t *from = k->at;
        k->items++;
        item(k);
        assert(k->at <= k->end + SLACK);
        if (k->at < k->end)
            continue;
        if (k->at > k->end)
            memset(from, ' ', (size_t)(k->end - from));
        k->end[-1] = '\n';
        k->at = k->end;
    }
}

static void prose_block(struct ink *k)
{
    k->line = k->at;
    fill(k, prose_word);
}

#define ROW 512 /* pixels; a block is two rows */
#define CELL 64 /* pixels between two places whose brightness is drawn, both ways */
#define ROWS (BLOCK / ROW)

/* Brightness at a corner of the cells, of 256 steps each. */
static int corner(uint64_t x, uint64_t y)
{
    return (int)(rand_at(SEED ^ SAMPLE_PICTURE, y * (ROW / CELL + 1) + x) >> 56 & 63) * 256;
}

/* Eight pixels on the way from `from` to `to`, with noise of its own on each. */
static void picture_row(struct ink *k, const int *left, uint64_t y)
{
    const int down = (int)(y % CELL);

    for (unsigned x = 0; x < ROW / CELL; x++) {
        const int *c = left + 2 * x;
        const int from = (c[0] * (CELL - down) + c[1] * down) / CELL;
        const int to = (c[2] * (CELL - down) + c[3] * down) / CELL;
        for (int i = 0; i < CELL; i += 8) {
            uint64_t noise = rand_next(&k->dice);
            for (int j = i; j < i + 8; j++, noise >>= 8) {
                const int level = (from * (CELL - j) + to * j) / (CELL * 256);
                *k->at++ = (uint8_t)(80 + level + (int)(noise & 7) + (int)(noise >> 3 & 7));
            }
        }
    }
}

static void picture_block(struct ink *k)
{
    const uint64_t top = k->index * ROWS, cell = top / CELL;
    int corners[2 * (ROW / CELL + 1)]; /* above and below, from the left */

    for (unsigned x = 0; x <= ROW / CELL; x++) {
        corners[2 * x] = corner(x, cell);
        corners[2 * x + 1] = corner(x, cell + 1);
    }
    for (uint64_t y = top; k->at < k->enough; y++)
        picture_row(k, corners, y);
}

static void document_page(struct ink *k)
{
    PUT(k, "\nendstream\nendobj\n");
    put_number(k, 2 * k->index + 2, 1);
    PUT(k, " 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [0 0 595 842]\n"
           "/Resources << /Font << /F1 3 0 R >> >> >>\nendobj\nBT /F1 11 Tf 72 ");
    put_number(k, 100 + roll(k, 600), 1);
    PUT(k, " Td (");
    while (k->at < k->end - 40) {
        (void)put_word(k);
        PUT(k, " ");
    }
    while (k->at < k->end - 8)
        PUT(k, " ");
    PUT(k, ") Tj ET\n");
}

static void document_block(struct ink *k)
{
    const unsigned packed = 3200 + roll(k, 400);

    put_number(k, 2 * k->index + 1, 1);
    PUT(k, " 0 obj\n<< /Type /XObject /Filter /FlateDecode /Length ");
    put_number(k, packed, 1);
    PUT(k, " >>\nstream\n");
    rand_fill(&k->dice, k->at, packed);
    k->at += packed;
    document_page(k);
}

const char *sample_word(enum sample_kind kind)
{
    static const char *const words[] = {
#define WORD(name, word) word,
        SAMPLE_KINDS(WORD)
#undef WORD
    };

    return words[kind];
}

/* The first `len` bytes of a block of `size`, at least. */
static void make_block(enum sample_kind kind, uint64_t index, size_t size, size_t len, uint8_t *out)
{
    struct ink k = { .at = out, .end = out + size, .enough = out + len, .index = index };

    rand_init(&k.dice, rand_at(SEED + kind, index));
    switch (kind) {
    case SAMPLE_JSON: fill(&k, json_record); break;
    case SAMPLE_PICTURE: picture_block(&k); break;
    case SAMPLE_PROSE: prose_block(&k); break;
    case SAMPLE_HTML: fill(&k, html_element); break;
    case SAMPLE_DOCUMENT: document_block(&k); break;
    case SAMPLE_COUNT: break;
    }
    assert(k.at >= k.enough && k.at <= k.end);
}

void sample_read(enum sample_kind kind, uint64_t at, uint8_t *out, size_t len)
{
    const size_t size = kind == SAMPLE_DOCUMENT ? DOCUMENT_BLOCK : BLOCK;
    uint8_t block[DOCUMENT_BLOCK + SLACK];

    while (len > 0) {
        const size_t skip = (size_t)(at % size), n = size - skip < len ? size - skip : len;
        make_block(kind, at / size, size, skip + n, block);
        memcpy(out, block + skip, n);
        at += n;
        out += n;
        len -= n;
    }
}
