#ifndef SCRIPT_PAYLOAD_H
#define SCRIPT_PAYLOAD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "script/sample.h"
#include "script/setup.h"

struct blocks;

/* Bytes that a case sends or expects, as a recipe: any part can be made without the rest, so that
 * a message of 16 MiB costs no 16 MiB. A tree in the case's arena. */
enum payload_kind {
    PAYLOAD_BYTES,    /* "text", x"ce ba", file "name": as they are */
    PAYLOAD_TEMPLATE, /* "GET ${path} …": text with places that only a connection can fill */
    PAYLOAD_REPEAT,   /* A * COUNT */
    PAYLOAD_JOIN,     /* A + B */
    PAYLOAD_RANDOM,   /* random SIZE: bytes from the run's seed */
    PAYLOAD_WORDS,    /* words SIZE: readable text that compresses well */
    PAYLOAD_SAMPLE,   /* sample KIND SIZE: data that compresses as its kind does */
    PAYLOAD_NEXT,     /* next SIZE of A: another stretch of A in each turn of a repeat */
    PAYLOAD_BLOCKS    /* blocks { … }: a DEFLATE stream, made when it is parsed */
};

/* How it was written, for printing: "…" and x"…" are both PAYLOAD_BYTES. */
enum payload_spelling { SPELLED_TEXT, SPELLED_HEX, SPELLED_FILE };

struct payload {
    enum payload_kind kind;
    enum payload_spelling spelling;
    struct bytes bytes;          /* BYTES, TEMPLATE; BLOCKS: the stream */
    const char *file;            /* SPELLED_FILE: its name */
    const struct payload *a, *b; /* JOIN: both; REPEAT, NEXT: a */
    uint64_t count;              /* REPEAT: times; RANDOM, WORDS, SAMPLE, NEXT: bytes */
    uint64_t limits;             /* REPEAT, RANDOM, WORDS: and so many times the set-up's limit */
    enum sample_kind sample;     /* SAMPLE */
    const struct blocks *blocks; /* BLOCKS: what the stream is made of, for printing */
    uint64_t salt;               /* RANDOM: tells two of them in a case apart */
    const char *name;            /* of the `let` that it comes from; NULL: written in place */
    unsigned nodes;              /* of the tree from here down; bounded by the parser */
};

/* What the places stand for. A NULL value leaves its place as it was written. */
struct payload_env {
    uint64_t seed; /* of the case */
    uint64_t turn; /* of the innermost `repeat`, from 0; 0 outside */
    const char *path, *host, *port, *key, *accept, *base;
    const struct setup *setup; /* NULL: none */
};

/* Bytes in all. Of NEXT without a byte in its ring: 0. */
uint64_t payload_len(const struct payload *p, const struct payload_env *env);

/* Bytes [at, at + len) into `out`; all of them must exist. */
void payload_read(const struct payload *p, const struct payload_env *env, uint64_t at, uint8_t *out,
                  size_t len);

/* Fingerprint of the whole. */
uint64_t payload_hash(const struct payload *p, const struct payload_env *env);

/* Fills the places of a text. The result lives in `a`; `ptr` NULL: out of memory. */
NODISCARD struct bytes payload_fill(struct arena *a, struct bytes text,
                                    const struct payload_env *env);

/* Does `text` hold a ${…} that is one of the names of payload_env? */
bool payload_has_places(struct bytes text);

/* Is a size in the tree the set-up's limit? */
bool payload_has_limit(const struct payload *p);

/* Is there one of `kind` in the tree? */
bool payload_holds(const struct payload *p, enum payload_kind kind);

#endif
