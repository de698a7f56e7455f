#include "report/jsonlog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ws/utf8.h"

#define SCRATCH_MAX (1u << 20) /* then the texts of entries that were copied go */

static bool head_is_empty(const struct ws_head *h)
{
    return !h->fin && h->rsv == 0 && h->opcode == 0 && !h->masked && h->len_form == 0 &&
           h->payload_len == 0 && !(h->key[0] | h->key[1] | h->key[2] | h->key[3]);
}

static void write_head(struct jsonout *o, const struct ws_head *h)
{
    jsonout_open(o, "frame", '{');
    jsonout_flag(o, "fin", h->fin);
    jsonout_number_unless(o, "rsv", h->rsv, 0);
    jsonout_number(o, "opcode", h->opcode);
    jsonout_flag_if(o, "masked", h->masked);
    if (h->key[0] | h->key[1] | h->key[2] | h->key[3])
        jsonout_hex(o, "key", bytes_of(h->key, sizeof h->key));
    jsonout_number_unless(o, "len_form", h->len_form, 0);
    jsonout_number_unless(o, "length", h->payload_len, 0);
    jsonout_close(o, '}');
}

static void write_hash(struct jsonout *o, uint64_t hash)
{
    char text[17];

    if (hash == 0)
        return;
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    jsonout_text(o, "hash", text);
}

/* A verdict may read the text, so it survives whatever it holds. */
static void write_entry_text(struct jsonout *o, const char *text)
{
    if (text && !ws_utf8_valid(bytes_str(text)))
        jsonout_hex(o, "text_hex", bytes_str(text));
    else
        jsonout_text(o, "text", text);
}

static void write_entry(struct jsonout *o, const struct entry *e)
{
    jsonout_open(o, NULL, '{');
    jsonout_text(o, "kind", transcript_kind_name(e->kind));
    jsonout_number(o, "us", e->us);
    if (e->by == BY_RUNNER)
        jsonout_text(o, "by", "runner");
    jsonout_number_unless(o, "connection", e->connection, 0);
    jsonout_number_unless(o, "round", e->round, 0);
    jsonout_number_unless(o, "step", e->step, ENTRY_NO_STEP);
    jsonout_number_unless(o, "at", e->at, 0);
    if (!head_is_empty(&e->head))
        write_head(o, &e->head);
    if (e->data.len > 0)
        jsonout_hex(o, "data", e->data);
    jsonout_number_unless(o, "len", e->len, 0);
    write_hash(o, e->hash);
    jsonout_number_unless(o, "diff_at", e->diff_at, ENTRY_NO_DIFF);
    if (e->kind == ENTRY_END_IN || e->kind == ENTRY_END_OUT || e->end != END_FIN)
        jsonout_text(o, "end", transcript_end_name(e->end));
    jsonout_flag_if(o, "flag", e->flag);
    write_entry_text(o, e->text);
    jsonout_close(o, '}');
}

void jsonlog_write(struct jsonout *o, const struct transcript *t)
{
    jsonout_flag_if(o, "log_full", t->full);
    jsonout_flag_if(o, "pushes", t->pushes);
    if (t->told)
        jsonout_text(o, "told", t->told);
    jsonout_open(o, "log", '[');
    for (size_t i = 0; i < t->count; i++)
        write_entry(o, &t->entries[i]);
    jsonout_close(o, ']');
}

static int by_named(const char *name)
{
    return strcmp(name, "runner") == 0 ? BY_RUNNER : strcmp(name, "case") == 0 ? BY_CASE : -1;
}

static bool read_size(const struct jsonin *in, const char *key, size_t *out)
{
    uint64_t n = *out;
    bool ok = jsonin_number(in, key, SIZE_MAX, &n);
    *out = (size_t)n;
    return ok;
}

static bool read_small(const struct jsonin *in, const char *key, uint8_t max, uint8_t *out)
{
    uint64_t n = *out;
    bool ok = jsonin_number(in, key, max, &n);
    *out = (uint8_t)n;
    return ok;
}

static bool read_len_form(const struct jsonin *in, enum ws_len_form *out)
{
    uint64_t n = 0;
    struct jsonin member = jsonin_member(in, "len_form");

    if (!jsonin_number(in, "len_form", WS_LEN_64, &n))
        return false;
    if (n != 0 && n != WS_LEN_7 && n != WS_LEN_16 && n != WS_LEN_64)
        return jsonin_wrong(&member, "7, 16 or 64");
    *out = (enum ws_len_form)n;
    return true;
}

static bool read_key(const struct jsonin *in, uint8_t key[4])
{
    struct jsonin member = jsonin_member(in, "key");
    struct bytes raw = { 0 };

    if (!member.value)
        return true;
    if (!jsonin_hex(in, "key", &raw))
        return false;
    if (raw.len != 4)
        return jsonin_wrong(&member, "four bytes in hex");
    memcpy(key, raw.ptr, 4);
    return true;
}

static bool read_head(const struct jsonin *entry, struct ws_head *h)
{
    struct jsonin in = jsonin_member(entry, "frame");

    if (!in.value)
        return true;
    return jsonin_is_object(&in) && jsonin_flag(&in, "fin", &h->fin) &&
           read_small(&in, "rsv", 7, &h->rsv) && read_small(&in, "opcode", 15, &h->opcode) &&
           jsonin_flag(&in, "masked", &h->masked) && read_key(&in, h->key) &&
           read_len_form(&in, &h->len_form) &&
           jsonin_number(&in, "length", UINT64_MAX, &h->payload_len);
}

static bool read_hash(const struct jsonin *in, uint64_t *out)
{
    struct jsonin member = jsonin_member(in, "hash");
    struct bytes raw = { 0 };

    if (!member.value)
        return true;
    if (!jsonin_hex(in, "hash", &raw))
        return false;
    if (raw.len != 8)
        return jsonin_wrong(&member, "eight bytes in hex");
    for (size_t i = 0; i < 8; i++)
        *out = *out << 8 | raw.ptr[i];
    return true;
}

static bool read_entry_text(const struct jsonin *in, const char **out)
{
    struct bytes raw = { 0 };

    if (!jsonin_text(in, "text", out) || !jsonin_hex(in, "text_hex", &raw))
        return false;
    if (raw.ptr)
        *out = (const char *)raw.ptr; /* a copy in an arena has a NUL behind it */
    return true;
}

static bool read_entry_words(const struct jsonin *in, struct entry *e)
{
    int kind = -1, by = BY_CASE, end = END_FIN;
    struct jsonin member = jsonin_member(in, "kind");

    if (!jsonin_word(in, "kind", transcript_kind_named, &kind) ||
        !jsonin_word(in, "by", by_named, &by) ||
        !jsonin_word(in, "end", transcript_end_named, &end))
        return false;
    if (kind < 0)
        return jsonin_wrong(&member, "the kind of an entry");
    e->kind = (enum entry_kind)kind;
    e->by = (enum entry_by)by;
    e->end = (enum entry_end)end;
    return true;
}

static bool read_entry(const struct jsonin *in, struct entry *e)
{
    uint64_t connection = 0, round = 0;

    *e = (struct entry){ .step = ENTRY_NO_STEP, .diff_at = ENTRY_NO_DIFF };
    bool ok = jsonin_is_object(in) && read_entry_words(in, e) &&
              jsonin_number(in, "us", UINT64_MAX, &e->us) &&
              jsonin_number(in, "connection", UINT32_MAX, &connection) &&
              jsonin_number(in, "round", UINT32_MAX, &round) && read_size(in, "step", &e->step) &&
              jsonin_number(in, "at", UINT64_MAX, &e->at) && read_head(in, &e->head) &&
              jsonin_hex(in, "data", &e->data) && jsonin_number(in, "len", UINT64_MAX, &e->len) &&
              read_hash(in, &e->hash) && jsonin_number(in, "diff_at", UINT64_MAX, &e->diff_at) &&
              jsonin_flag(in, "flag", &e->flag) && read_entry_text(in, &e->text);
    e->connection = (uint32_t)connection;
    e->round = (uint32_t)round;
    return ok;
}

/* Each entry is read into a scratch arena and copied by transcript_add, whose limits hold here too.
 */
bool jsonlog_read(const struct jsonin *result, struct transcript *t)
{
    struct jsonin log = jsonin_member(result, "log");
    struct arena scratch = { 0 };
    bool ok = jsonin_is_array(&log) && jsonin_flag(result, "log_full", &t->full) &&
              jsonin_flag(result, "pushes", &t->pushes) && jsonin_text(result, "told", &t->told);

    for (size_t i = 0; ok && i < json_array_size(log.value); i++) {
        struct jsonin in = jsonin_item(&log, i);
        struct entry e;
        in.arena = &scratch;
        ok = read_entry(&in, &e) && (transcript_add(t, &e) || err_memory(in.err, "a transcript"));
        if (scratch.total > SCRATCH_MAX)
            arena_free(&scratch);
    }
    arena_free(&scratch);
    return ok;
}
