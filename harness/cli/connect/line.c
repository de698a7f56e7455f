#define _XOPEN_SOURCE 700 /* isatty, fileno, wchar_t's functions */
#include "cli/connect/line.h"

#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cli/connect/history.h"
#include "cli/connect/keys.h"
#include "cli/connect/slash.h"

/* A line that is longer is not typed, and libedit draws all of it anew for each key. */
#define LINE_MAX 16384
/* What is pasted faster than it is taken. */
#define TYPED_MAX (16u << 20)
/* The key that wipes the line away: keys_first lets nobody type it. */
#define HIDE_KEY "\033[990~"
#define PROMPT "> "
#define PATH_ROOM 4096

struct line {
    EditLine *el;
    History *history;
    char path[PATH_ROOM]; /* of the history's file; empty: none */
    unsigned kept;        /* lines that were added to it */
    struct bytes key;     /* what libedit may read now */
    struct buf typed;     /* and what comes after it */
    struct buf line;      /* the one that was given out */
    struct buf hidden;    /* what stood behind the prompt when it was wiped away */
    int behind;           /* characters of it that were behind the cursor */
    bool shown;
    bool watching;
    struct sigaction before; /* what SIGCONT did */
    bool too_long;           /* some of the line was not taken */
};

/* ---- what libedit asks for ---- */

static struct line *line_of(EditLine *el)
{
    struct line *l = NULL;

    el_get(el, EL_CLIENTDATA, &l);
    return l;
}

static char *prompt(EditLine *el)
{
    static char shown[] = PROMPT, hidden[] = "";

    return line_of(el)->shown ? shown : hidden;
}

/* It reads what it was given and no more: -1 would be a terminal that is gone, and ends this key.
 */
static int read_character(EditLine *el, wchar_t *out)
{
    struct line *l = line_of(el);
    mbstate_t state = { 0 };

    if (l->key.len == 0)
        return -1;
    size_t len = mbrtowc(out, (const char *)l->key.ptr, l->key.len, &state);
    if (len == 0 || len > l->key.len) { /* NUL, or no UTF-8 */
        *out = len == 0 ? L'\0' : L'\uFFFD';
        len = 1;
    }
    l->key = bytes_skip(l->key, len);
    return 1;
}

/* Says of itself that all has to be drawn anew, and leaves nothing to draw. */
static unsigned char hide(EditLine *el, int key)
{
    struct line *l = line_of(el);
    const LineInfo *as_bytes = el_line(el);

    (void)key;
    buf_clear(&l->hidden);
    if (!buf_append(&l->hidden,
                    bytes_of(as_bytes->buffer, (size_t)(as_bytes->lastchar - as_bytes->buffer))))
        return CC_ERROR;
    const LineInfoW *now = el_wline(el);
    l->behind = (int)(now->lastchar - now->cursor);
    const int all = (int)(now->lastchar - now->buffer);
    el_cursor(el, l->behind);
    el_deletestr(el, all);
    l->shown = false;
    return CC_REDISPLAY;
}

static void list(struct bytes start)
{
    const char *usage;

    for (size_t i = 0; (usage = slash_usage(start, i)); i++)
        printf("%s%s", i > 0 ? "   " : "\n", usage);
    printf("\n");
}

/* The first word of a command; a tab anywhere else. */
static unsigned char complete(EditLine *el, int key)
{
    const LineInfo *now = el_line(el);
    struct bytes start = bytes_of(now->buffer, (size_t)(now->cursor - now->buffer)), rest;
    char text[32];

    (void)key;
    if (start.len == 0 || start.ptr[0] != '/')
        return el_insertstr(el, "\t") == 0 ? CC_REFRESH : CC_ERROR;
    size_t n = slash_complete(start, &rest);
    if (n > 1 && rest.len == 0) {
        list(start);
        return CC_REDISPLAY;
    }
    snprintf(text, sizeof text, "%.*s", BYTES_ARG(rest));
    return n > 0 && el_insertstr(el, text) == 0 ? CC_REFRESH : CC_ERROR;
}

/* ---- the history ---- */

/* What is wrong with its file is told once, and it is not asked again. */
static void give_up(struct line *l, const struct err *err)
{
    fprintf(stderr, "no history is kept: %s\n", err->text);
    l->path[0] = '\0';
}

static void enter_all(struct line *l, struct bytes lines)
{
    char line[HISTORY_LINE_MAX + 1];
    HistEvent event;

    while (lines.len > 0) {
        size_t len = bytes_index(lines, 0, '\n');
        struct bytes one = bytes_take(lines, len);
        lines = bytes_skip(lines, len + 1);
        if (!history_keeps(one))
            continue;
        snprintf(line, sizeof line, "%.*s", BYTES_ARG(one));
        history(l->history, &event, H_ENTER, line);
    }
}

static void load(struct line *l)
{
    const struct history_places places = { getenv("WSPROOF_HISTORY"), getenv("XDG_STATE_HOME"),
                                           getenv("HOME") };
    struct err err = { 0 };
    struct buf lines;

    if (!history_path(&places, l->path, sizeof l->path)) {
        l->path[0] = '\0';
        return;
    }
    buf_init(&lines, TYPED_MAX);
    if (history_read(l->path, &lines, &err))
        enter_all(l, buf_bytes(&lines));
    else
        give_up(l, &err);
    buf_free(&lines);
}

static void keep(struct line *l, struct bytes text)
{
    struct err err = { 0 };
    HistEvent event;

    if (!history_keeps(text) || !buf_push(&l->line, '\0'))
        return;
    l->line.len--; /* its end is for C alone */
    /* 1: it is not the same as the one before */
    if (history(l->history, &event, H_ENTER, (const char *)l->line.ptr) != 1 || !l->path[0] ||
        l->kept++ >= HISTORY_LINES)
        return;
    if (!history_add(l->path, text, &err))
        give_up(l, &err);
}

/* ---- stopped with ^Z, and back ---- */

/* A shell that brings us back has changed the terminal for itself, and libedit does not look: the
 * one thing that has to be done at once. A program has one terminal. */
static struct termios edited_mode;
static volatile sig_atomic_t resumed;

static void resume(int number)
{
    (void)number;
    resumed = 1;
    tcsetattr(STDIN_FILENO, TCSANOW, &edited_mode);
}

static void watch_resuming(struct line *l)
{
    struct sigaction act = { .sa_handler = resume, .sa_flags = SA_RESTART };

    resumed = 0;
    l->watching =
        tcgetattr(STDIN_FILENO, &edited_mode) == 0 && sigaction(SIGCONT, &act, &l->before) == 0;
}

static void draw_again(struct line *l)
{
    if (l->shown && resumed)
        el_set(l->el, EL_REFRESH);
    resumed = 0;
}

/* ---- life ---- */

static bool on_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && term && *term &&
           strcmp(term, "dumb") != 0;
}

static bool set_up(struct line *l)
{
    HistEvent event;

    l->el = el_init("wsproof", stdin, stdout, stderr);
    l->history = history_init();
    if (!l->el || !l->history)
        return false;
    el_set(l->el, EL_CLIENTDATA, l);
    el_set(l->el, EL_PROMPT, prompt);
    el_set(l->el, EL_EDITOR, "emacs");
    el_set(l->el, EL_GETCFN, read_character);
    /* Wide: of others libedit makes copies, which it loses. */
    el_wset(l->el, EL_ADDFN, L"hide", L"Wipe the line away", hide);
    el_wset(l->el, EL_ADDFN, L"complete", L"Complete a command", complete);
    el_set(l->el, EL_BIND, HIDE_KEY, "hide", NULL);
    el_set(l->el, EL_BIND, "\t", "complete", NULL);
    for (const struct key *k = keys; k->bytes; k++)
        el_set(l->el, EL_BIND, k->bytes, k->verb, NULL);
    history(l->history, &event, H_SETSIZE, HISTORY_LINES);
    history(l->history, &event, H_SETUNIQUE, 1);
    el_set(l->el, EL_HIST, history, l->history);
    load(l);
    el_set(l->el, EL_UNBUFFERED, 1);
    watch_resuming(l);
    return true;
}

struct line *line_new(struct err *err)
{
    if (!on_terminal())
        return NULL;
    setlocale(LC_CTYPE, "C.UTF-8"); /* a text message is UTF-8, whatever else is here */
    struct line *l = alloc_resize(NULL, sizeof *l);
    if (l) {
        *l = (struct line){ 0 };
        buf_init(&l->typed, TYPED_MAX);
        buf_init(&l->line, 4 * LINE_MAX);
        buf_init(&l->hidden, 4 * LINE_MAX);
        if (set_up(l))
            return l;
    }
    line_free(l);
    err_memory(err, "the line that is typed");
    return NULL;
}

void line_free(struct line *l)
{
    if (!l)
        return;
    if (l->watching)
        sigaction(SIGCONT, &l->before, NULL);
    if (l->el) {
        line_hide(l);
        el_end(l->el);
    }
    if (l->history)
        history_end(l->history);
    buf_free(&l->typed);
    buf_free(&l->line);
    buf_free(&l->hidden);
    alloc_free(l);
}

/* ---- a key at a time ---- */

/* The text so far, with its newline when it is whole; empty: nothing. */
static struct bytes press(struct line *l, struct bytes key)
{
    int len = 0;

    l->key = key;
    const char *text = el_gets(l->el, &len);
    l->key = (struct bytes){ 0 };
    return bytes_of(text, text && len > 0 ? (size_t)len : 0);
}

void line_hide(struct line *l)
{
    if (l && l->shown)
        (void)press(l, bytes_str(HIDE_KEY));
}

void line_show(struct line *l)
{
    if (!l || l->shown)
        return;
    l->shown = true;
    el_resize(l->el);
    if (l->hidden.len > 0 && buf_push(&l->hidden, '\0')) {
        el_insertstr(l->el, (const char *)l->hidden.ptr);
        el_cursor(l->el, -l->behind);
    }
    buf_clear(&l->hidden);
    el_set(l->el, EL_REFRESH);
}

bool line_feed(struct line *l, struct bytes typed)
{
    return buf_append(&l->typed, typed);
}

/* libedit begins anew: its place in the history too. */
static void finish(struct line *l)
{
    l->shown = l->too_long = false;
    el_set(l->el, EL_UNBUFFERED, 0);
    el_set(l->el, EL_UNBUFFERED, 1);
}

/* What is not whole is not sent. */
static bool copy(struct line *l, struct bytes text)
{
    buf_clear(&l->line);
    if (!l->too_long && buf_append(&l->line, text))
        return true;
    fprintf(stderr, "not sent: longer than %d characters, which a pipe can take\n", LINE_MAX);
    return false;
}

static enum line_got take(struct line *l, struct bytes text)
{
    if (text.len == 1 && text.ptr[0] == '\004') /* so libedit says it */
        return LINE_OVER;
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        return LINE_NOT_YET;
    bool sent = copy(l, bytes_take(text, text.len - 1));
    finish(l);
    if (!sent)
        line_show(l);
    else
        keep(l, buf_bytes(&l->line));
    return sent ? LINE_WHOLE : LINE_NOT_YET;
}

/* A printable character that would make the line longer than it may be. */
static bool too_much(const struct line *l, struct bytes key)
{
    const LineInfoW *now = el_wline(l->el);

    return key.ptr[0] >= ' ' && now->lastchar - now->buffer >= LINE_MAX;
}

static enum line_got type(struct line *l, struct bytes key)
{
    if (!too_much(l, key))
        return take(l, press(l, key));
    l->too_long = true;
    return LINE_NOT_YET;
}

enum line_got line_next(struct line *l, struct bytes *out)
{
    const struct bytes typed = buf_bytes(&l->typed);
    enum line_got got = LINE_NOT_YET;
    size_t at = 0, len;
    bool known;

    line_show(l);
    draw_again(l);
    while (got == LINE_NOT_YET && (len = keys_first(bytes_skip(typed, at), &known)) > 0) {
        if (known)
            got = type(l, bytes_take(bytes_skip(typed, at), len));
        at += len;
    }
    buf_drop(&l->typed, at);
    *out = buf_bytes(&l->line);
    return got;
}
