#include "drive/crash_frame.h"

#include <stdio.h>
#include <string.h>

/* ---- text ---- */

bool crash_line(struct bytes *rest, struct bytes *line)
{
    if (rest->len == 0)
        return false;
    *line = bytes_take(*rest, bytes_index(*rest, 0, '\n'));
    *rest = bytes_skip(*rest, line->len + 1);
    if (line->len > 0 && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

void crash_text(struct bytes text, char *out, size_t size)
{
    size_t n = text.len < size - 1 ? text.len : size - 1;

    for (size_t i = 0; i < n; i++)
        out[i] = text.ptr[i] >= ' ' && text.ptr[i] < 0x7F ? (char)text.ptr[i] : '?';
    out[n] = '\0';
}

static size_t last_index(struct bytes in, uint8_t byte)
{
    size_t at = in.len;

    while (at > 0 && in.ptr[at - 1] != byte)
        at--;
    return at > 0 ? at - 1 : in.len;
}

struct bytes crash_base_name(struct bytes path)
{
    size_t slash = last_index(path, '/');

    return slash < path.len ? bytes_skip(path, slash + 1) : path;
}

static size_t digits(struct bytes in)
{
    size_t n = 0;

    while (n < in.len && in.ptr[n] >= '0' && in.ptr[n] <= '9')
        n++;
    return n;
}

static bool starts(struct bytes in, const char *prefix)
{
    return bytes_starts(in, bytes_str(prefix));
}

static bool holds(struct bytes in, const char *part)
{
    return bytes_find(in, bytes_str(part)) < in.len;
}

static bool holds_any(struct bytes in, const char *const *parts)
{
    while (*parts && !holds(in, *parts))
        parts++;
    return *parts != NULL;
}

/* "parse frame.c:12"; either may be empty. A function's name may be very long, its place not. */
static void put_site(struct bytes function, struct bytes place, char site[CRASH_SITE_MAX])
{
    char where[60];

    crash_text(place, where, sizeof where);
    crash_text(function, site, CRASH_SITE_MAX - strlen(where) - 2);
    if (*site && *where)
        strcat(site, " ");
    strcat(site, where);
}

/* "dir/a.c:12:7" gives "a.c:12": the column differs between compilers. */
static struct bytes file_and_line(struct bytes place)
{
    struct bytes base = crash_base_name(place);
    size_t colon = bytes_index(base, 0, ':');

    return bytes_take(base, colon + 1 + digits(bytes_skip(base, colon + 1)));
}

/* ---- sanitizers ---- */

struct frame {
    struct bytes function, path, module;
};

static bool is_place(struct bytes word)
{
    size_t colon = bytes_index(word, 0, ':');

    return colon > 0 && digits(bytes_skip(word, colon + 1)) > 0;
}

/* "(server+0xa3529)" at the end, and what LLVM writes behind it. */
static struct bytes take_module(struct bytes *text)
{
    struct bytes module = { 0 };
    size_t build = bytes_find(*text, BYTES_LIT(" (BuildId:"));

    *text = bytes_take(*text, build);
    size_t open = last_index(*text, '(');
    if (open < text->len && text->ptr[text->len - 1] == ')' &&
        holds(bytes_skip(*text, open), "+0x")) {
        module = bytes_take(bytes_skip(*text, open + 1), text->len - open - 2);
        *text = bytes_trim(bytes_take(*text, open));
    }
    return module;
}

static bool read_frame(struct bytes line, struct frame *out)
{
    struct bytes text = bytes_trim(line);
    size_t n = digits(bytes_skip(text, 1));

    if (!starts(text, "#") || n == 0)
        return false;
    text = bytes_trim(bytes_skip(text, 1 + n));
    if (starts(text, "0x"))
        text = bytes_trim(bytes_skip(text, bytes_index(text, 0, ' ')));
    if (starts(text, "in "))
        text = bytes_skip(text, 3);
    *out = (struct frame){ .module = take_module(&text) };
    size_t space = last_index(text, ' ');
    struct bytes last = space < text.len ? bytes_skip(text, space + 1) : text;
    if (space < text.len && (is_place(last) || bytes_eq_str(last, "<null>"))) {
        out->path = is_place(last) ? last : (struct bytes){ 0 };
        text = bytes_trim(bytes_take(text, space));
    }
    out->function = starts(text, "<null>") || starts(text, "(") ? (struct bytes){ 0 } : text;
    return true;
}

static bool is_runtime_function(struct bytes name)
{
    static const char *const prefixes[] = {
        "__interceptor_", "__asan",  "__sanitizer", "__ubsan",  "__msan",       "__tsan",
        "__lsan",         "__libc_", "__GI_",       "__hwasan", "operator new", "operator delete",
        "__assert_fail",  "std::",   "_start",      "__cxa_",
    };
    static const char *const names[] = { "malloc",  "calloc",  "realloc", "free",   "memcpy",
                                         "memmove", "memset",  "memcmp",  "strlen", "strcpy",
                                         "strncpy", "strcat",  "strdup",  "strcmp", "raise",
                                         "abort",   "gsignal", "read",    "write",  "recv" };

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (starts(name, prefixes[i]))
            return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bytes_eq_str(name, names[i]))
            return true;
    return false;
}

static bool is_own(const struct frame *f)
{
    static const char *const foreign[] = { "libsanitizer/", "compiler-rt/", "sysdeps/", "csu/",
                                           "include/c++/",  "/nptl/",       NULL };
    static const char *const libraries[] = { "libc.so",    "libstdc++.so", "libc++",
                                             "libasan.so", "libpthread",   NULL };
    bool known = f->function.len > 0 || f->module.len > 0;

    return known && !is_runtime_function(f->function) && !holds_any(f->path, foreign) &&
           !holds_any(f->module, libraries);
}

bool crash_frame_native(struct bytes stack, char site[CRASH_SITE_MAX])
{
    struct bytes line;
    struct frame f;
    bool begun = false;

    site[0] = '\0';
    while (crash_line(&stack, &line)) {
        if (!read_frame(line, &f)) {
            if (begun || starts(line, "SUMMARY: "))
                return false;
            continue;
        }
        begun = true;
        if (is_own(&f)) {
            put_site(f.function, f.path.len > 0 ? file_and_line(f.path) : crash_base_name(f.module),
                     site);
            return true;
        }
    }
    return false;
}

/* ---- Go ---- */

static bool is_go_runtime(struct bytes function, struct bytes place)
{
    static const char *const packages[] = { "runtime.", "runtime/", "panic(",    "sync.",
                                            "net/http", "log.",     "created by" };

    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (starts(function, packages[i]))
            return true;
    return !is_place(place);
}

bool crash_frame_go(struct bytes stack, char site[CRASH_SITE_MAX])
{
    struct bytes function = { 0 }, line;
    bool begun = false;

    site[0] = '\0';
    while (crash_line(&stack, &line)) {
        if (starts(line, "goroutine ")) {
            if (begun)
                return false;
            begun = true;
        } else if (begun && starts(line, "\t")) {
            struct bytes place = bytes_trim(line);
            place = bytes_take(place, bytes_index(place, 0, ' '));
            if (is_go_runtime(function, place))
                continue;
            put_site(bytes_take(function, last_index(function, '(')), file_and_line(place), site);
            return true;
        } else if (begun) {
            function = line;
        }
    }
    return false;
}

/* ---- Java and Node: "at FUNCTION (PLACE)" ---- */

static bool read_at(struct bytes line, struct bytes *function, struct bytes *place)
{
    struct bytes text = bytes_trim(line);

    if (!starts(text, "at "))
        return false;
    text = bytes_skip(text, 3);
    size_t open = last_index(text, '(');
    if (open == text.len) {
        *function = (struct bytes){ 0 };
        *place = text;
    } else {
        *function = bytes_trim(bytes_take(text, open));
        *place = bytes_skip(text, open + 1);
        place->len -= place->len > 0;
    }
    return true;
}

static bool find_at(struct bytes stack, const char *const *foreign, char site[CRASH_SITE_MAX])
{
    struct bytes line, function, place;
    bool begun = false;

    site[0] = '\0';
    while (crash_line(&stack, &line)) {
        bool is_frame = read_at(line, &function, &place);
        if (!is_frame && begun)
            return false;
        begun |= is_frame;
        if (!is_frame || !is_place(place) || holds_any(place, foreign) ||
            holds_any(function, foreign))
            continue;
        put_site(function, file_and_line(place), site);
        return true;
    }
    return false;
}

bool crash_frame_java(struct bytes stack, char site[CRASH_SITE_MAX])
{
    static const char *const foreign[] = { "java.base/",   "java.lang.", "java.util.",
                                           "jdk.internal", "sun.",       NULL };

    return find_at(stack, foreign, site);
}

bool crash_frame_node(struct bytes stack, char site[CRASH_SITE_MAX])
{
    static const char *const foreign[] = { "node:", "<anonymous>)", NULL };

    return find_at(stack, foreign, site);
}

/* ---- Python ---- */

/* `File "PATH", line N, in NAME`; a fatal error has no comma before the last "in". */
static bool read_file_line(struct bytes line, char site[CRASH_SITE_MAX])
{
    char place[CRASH_SITE_MAX], base[CRASH_SITE_MAX];
    struct bytes text = bytes_trim(line);

    if (!starts(text, "File \""))
        return false;
    text = bytes_skip(text, 6);
    struct bytes path = bytes_take(text, bytes_index(text, 0, '"'));
    struct bytes rest = bytes_skip(text, path.len);
    if (!starts(rest, "\", line "))
        return false;
    rest = bytes_skip(rest, 8);
    crash_text(crash_base_name(path), base, 40);
    snprintf(place, sizeof place, "%.40s:%.*s", base, (int)(digits(rest) < 20 ? digits(rest) : 20),
             (const char *)rest.ptr);
    size_t in = bytes_find(rest, BYTES_LIT(" in "));
    put_site(bytes_skip(rest, in + 4), bytes_str(place), site);
    return true;
}

bool crash_frame_python(struct bytes stack, char site[CRASH_SITE_MAX])
{
    struct bytes line;
    bool found = false;

    site[0] = '\0';
    while (crash_line(&stack, &line) && starts(line, " "))
        found |= read_file_line(line, site);
    return found;
}
