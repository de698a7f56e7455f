#ifndef SCRIPT_SAMPLE_H
#define SCRIPT_SAMPLE_H

#include "base/bytes.h"

/* Made-up data that compresses as data of its kind does: what a measure of compression wants to be
 * fed. The numbers are the ratio of zlib at level 6 over 64 KiB and more. */
#define SAMPLE_KINDS(X)                                                                            \
    X(JSON, "json")         /* a record with ids, names and numbers on each line: 4 to 8 */        \
    X(PICTURE, "picture")   /* grey bytes, smooth with some noise, 512 a row: 1.2 to 1.6 */        \
    X(PROSE, "prose")       /* sentences of words that nearly are English: 2.3 to 3 */             \
    X(HTML, "html")         /* elements with attributes and text: 4 to 8 */                        \
    X(DOCUMENT, "document") /* packed streams in a little text: 1.05 to 1.3 */

enum sample_kind {
#define KIND(name, word) SAMPLE_##name,
    SAMPLE_KINDS(KIND)
#undef KIND
        SAMPLE_COUNT
};

/* Its word in the case language. */
const char *sample_word(enum sample_kind kind);

/* Bytes [at, at + len) of the endless sample of that kind: the same for ever, on every machine,
 * however they are cut. JSON, PROSE and HTML are ASCII. */
void sample_read(enum sample_kind kind, uint64_t at, uint8_t *out, size_t len);

#endif
