#include "report/web.h"

#include <string.h>

#include "base/embedded.h"
#include "base/text.h"

extern const struct embedded report_web[], report_app[];

/* The build hashed the files. */
static const struct {
    const char *path, *sha256;
} hashes[] = {
    { "style.css", STYLE_SHA256 },
    { "app.js", SCRIPT_SHA256 },
    { "autobahn.css", AUTOBAHN_STYLE_SHA256 },
    { "autobahn.js", AUTOBAHN_SCRIPT_SHA256 },
};

static struct bytes find(const struct embedded *f, const char *path)
{
    for (; f->path; f++)
        if (strcmp(f->path, path) == 0)
            return bytes_of(f->ptr, f->len);
    return (struct bytes){ 0 };
}

struct bytes web_file(const char *path)
{
    struct bytes file = find(report_web, path);

    return file.len ? file : find(report_app, path);
}

void web_put(struct markup *m, const char *path)
{
    m->ok = m->ok && buf_append(m->buf, web_file(path));
}

static void put_hash(struct markup *m, struct bytes hex)
{
    struct buf raw;
    size_t bad_at;

    buf_init(&raw, 64);
    m->ok = m->ok && text_unhex(hex, &raw, &bad_at) && text_base64(buf_bytes(&raw), m->buf);
    buf_free(&raw);
}

void web_put_hash(struct markup *m, const char *path)
{
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
        if (strcmp(hashes[i].path, path) == 0)
            put_hash(m, bytes_str(hashes[i].sha256));
}
