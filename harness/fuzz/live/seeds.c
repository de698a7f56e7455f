#include "fuzz/live/seeds.h"

#include <stdio.h>

#include "io/file.h"

#define PATH_LEN 1024
#define STEPS_MAX 4

struct seed {
    enum fuzz_extension extension;
    enum fuzz_end end;
    struct fuzz_step steps[STEPS_MAX];
    size_t n_steps;
};

#define FRAME(op, text) .fin = true, .opcode = (op), .payload = BYTES_TEXT(text)
#define BYTES_TEXT(s)                                                                              \
    {                                                                                              \
        (const uint8_t *)(s), sizeof(s) - 1                                                        \
    }

static const struct seed seeds[] = {
    { .n_steps = 0 },
    { .steps = { { FRAME(WS_TEXT, "hello") } }, .n_steps = 1 },
    { .steps = { { FRAME(WS_BINARY, "\x00\xff\x80\x01") } }, .n_steps = 1 },
    { .steps = { { FRAME(WS_TEXT, "k\xc3\xb6lsch \xf0\x9f\x8d\xba") } }, .n_steps = 1 },
    { .steps = { { FRAME(WS_PING, "are you there") }, { FRAME(WS_PONG, "") } }, .n_steps = 2 },
    { .steps = { { .opcode = WS_TEXT, .payload = BYTES_TEXT("one ") },
                 { FRAME(WS_PING, "between") },
                 { .opcode = WS_CONTINUATION, .payload = BYTES_TEXT("two ") },
                 { FRAME(WS_CONTINUATION, "three") } },
      .n_steps = 4 },
    { .steps = { { FRAME(WS_BINARY, "0123456789abcdef"), .times = 16 },
                 { FRAME(WS_BINARY, "0123456789abcdef"), .times = 4100 } },
      .n_steps = 2 },
    { .steps = { { FRAME(WS_CLOSE, "bye"), .has_code = true, .code = 1000 } }, .n_steps = 1 },
    { .steps = { { FRAME(WS_CLOSE, "") } }, .n_steps = 1 },
    { .steps = { { FRAME(WS_TEXT, "cut"), .cut = 1 } }, .n_steps = 1 },
    { .steps = { { FRAME(WS_TEXT, "a"), .joined = true }, { FRAME(WS_TEXT, "b") } }, .n_steps = 2 },
    { .end = FUZZ_END_SHUTDOWN, .steps = { { FRAME(WS_TEXT, "last words") } }, .n_steps = 1 },
    { .extension = FUZZ_DEFLATE,
      .steps = { { FRAME(WS_TEXT, "small small small"), .deflate = true },
                 { FRAME(WS_TEXT, "small small small"), .deflate = true } },
      .n_steps = 2 },
    { .extension = FUZZ_DEFLATE,
      .steps = { { .opcode = WS_TEXT, .payload = BYTES_TEXT("in two "), .deflate = true },
                 { FRAME(WS_CONTINUATION, "pieces"), .deflate = true } },
      .n_steps = 2 },
    { .extension = FUZZ_DEFLATE_NO_TAKEOVER,
      .steps = { { FRAME(WS_BINARY, "again and again"), .deflate = true, .times = 100 } },
      .n_steps = 1 },
};

bool seeds_at(size_t n, struct fuzz_session *out)
{
    if (n >= sizeof seeds / sizeof *seeds)
        return false;
    *out = (struct fuzz_session){ .extension = seeds[n].extension,
                                  .end = seeds[n].end,
                                  .n_steps = seeds[n].n_steps };
    for (size_t i = 0; i < seeds[n].n_steps; i++)
        out->steps[i] = seeds[n].steps[i];
    return true;
}

static bool write_one(const char *dir, size_t n, const struct fuzz_session *s, struct err *err)
{
    uint8_t bytes[4096];
    char path[PATH_LEN];
    size_t len = fuzz_session_encode(s, bytes, sizeof bytes);

    snprintf(path, sizeof path, "%s/seed-%02zu", dir, n);
    return io_file_write(path, bytes_of(bytes, len), err);
}

bool seeds_write(const char *dir, struct err *err)
{
    static struct fuzz_session s; /* large */
    struct buf names;

    buf_init(&names, 64u << 20);
    bool ok = io_dir_make(dir, err) && io_dir_names(dir, &names, err);
    for (size_t n = 0; ok && names.len == 0 && seeds_at(n, &s); n++)
        ok = write_one(dir, n, &s, err);
    buf_free(&names);
    return ok;
}
