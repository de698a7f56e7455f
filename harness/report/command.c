#include "report/command.h"

#include <string.h>

#include "report/jsonin.h"

#define OPCODE_TEXT 1

/* The payload once, or again and again until it has that length. */
static bool stretch(const struct jsonin *in, struct bytes once, uint64_t len, struct bytes *out)
{
    uint8_t *ptr = arena_new(in->arena, (size_t)len + 1);

    if (!ptr)
        return err_memory(in->err, "a frame");
    for (size_t i = 0; i < len; i++)
        ptr[i] = once.ptr[i % once.len];
    *out = bytes_of(ptr, (size_t)len);
    return true;
}

static bool read_payload(const struct jsonin *in, size_t *room, struct bytes *out)
{
    const char *text = "";
    uint64_t len = 0;

    if (!jsonin_text(in, "payload", &text) || !jsonin_number(in, "payload_len", *room, &len))
        return false;
    *out = bytes_str(text);
    if (len > 0 && out->len > 0 && !stretch(in, *out, len, out))
        return false;
    if (out->len > *room)
        return jsonin_wrong(in, "payloads of less than 16 MiB");
    *room -= out->len;
    return true;
}

/* Four characters, or null. */
static bool read_mask(const struct jsonin *in, struct command_frame *out)
{
    const char *mask = NULL;

    if (!jsonin_text(in, "mask", &mask))
        return false;
    if (!mask)
        return true;
    if (strlen(mask) != 4)
        return jsonin_wrong(in, "a mask of four characters");
    out->masked = true;
    memcpy(out->key, mask, 4);
    return true;
}

static bool read_frame(const struct jsonin *in, size_t *room, struct command_frame *out)
{
    uint64_t opcode = OPCODE_TEXT, rsv = 0;

    out->fin = true;
    if (!jsonin_is_object(in) || !jsonin_number(in, "opcode", 15, &opcode) ||
        !jsonin_number(in, "rsv", 7, &rsv) || !jsonin_flag(in, "fin", &out->fin) ||
        !jsonin_number(in, "chopsize", COMMAND_PAYLOAD_MAX, &out->chop) || !read_mask(in, out))
        return false;
    out->opcode = (uint8_t)opcode;
    out->rsv = (uint8_t)rsv;
    return read_payload(in, room, &out->payload);
}

static bool read_frames(const struct jsonin *list, size_t n, struct command *out)
{
    size_t room = COMMAND_PAYLOAD_MAX;

    if (n == 0 || n > COMMAND_FRAMES_MAX)
        return jsonin_wrong(list, "1 to 1000 frames");
    out->frames = arena_array(list->arena, n, sizeof *out->frames);
    if (!out->frames)
        return err_memory(list->err, "frames");
    for (; out->n_frames < n; out->n_frames++) {
        struct jsonin item =
            list->value && json_is_array(list->value) ? jsonin_item(list, out->n_frames) : *list;
        if (!read_frame(&item, &room, &out->frames[out->n_frames]))
            return false;
    }
    return true;
}

/* A text, whatever else is said. */
static bool read_echo(const struct jsonin *in, struct command *out)
{
    if (!jsonin_is_object(in) || !read_frames(in, 1, out))
        return false;
    out->frames[0].opcode = OPCODE_TEXT;
    return true;
}

static bool read_close(const struct jsonin *in, struct command *out)
{
    const char *reason = NULL;
    uint64_t code = 0;

    if (in->value && (!jsonin_is_object(in) || !jsonin_number(in, "code", 65535, &code) ||
                      !jsonin_text(in, "reason", &reason)))
        return false;
    out->code = (uint16_t)code;
    out->reason = bytes_take(bytes_str(reason), 123);
    return true;
}

static bool read_command(const struct jsonin *top, struct command *out)
{
    struct jsonin word = jsonin_item(top, 0), what = jsonin_item(top, 1);
    const char *name = json_string_value(word.value);

    if (!name)
        return jsonin_wrong(&word, "the name of a command");
    if (strcmp(name, "sendframe") == 0)
        return jsonin_is_object(&what) && read_frames(&what, 1, out);
    if (strcmp(name, "sendframes") == 0)
        return jsonin_is_array(&what) && read_frames(&what, json_array_size(what.value), out);
    if (strcmp(name, "echo") == 0)
        return read_echo(&what, out);
    if (strcmp(name, "close") == 0)
        return read_close(&what, out);
    return jsonin_wrong(&word, "sendframe, sendframes, echo or close");
}

bool report_command_read(struct bytes text, struct arena *a, struct command *out, struct err *err)
{
    *out = (struct command){ 0 };
    json_t *value = jsonin_parse(text, err);
    if (!value)
        return false;
    struct jsonin top = { .value = value, .arena = a, .err = err };
    bool ok = json_is_array(value) ? read_command(&top, out)
                                   : jsonin_wrong(&top, "a list such as [\"close\", {}]");
    json_decref(value);
    return ok;
}
