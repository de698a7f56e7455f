#define _POSIX_C_SOURCE 200809L /* isatty, fileno, fmemopen */
#include "cli/connect/show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CYAN "\033[36m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"
/* Bytes of a binary message that a terminal shows. */
#define EYES_MAX 256
/* What a control frame holds, each byte written as four. */
#define NOTE_MAX (4 * WS_CONTROL_MAX + 1)

static bool on_terminal(FILE *f)
{
    return isatty(fileno(f)) == 1;
}

static bool in_colour(FILE *f)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return on_terminal(f) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void show_text(FILE *to, struct bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        uint8_t b = in.ptr[i];
        bool c1 = b == 0xC2 && i + 1 < in.len && in.ptr[i + 1] < 0xA0;
        if ((b < ' ' && b != '\n' && b != '\t') || b == 0x7F || c1)
            fprintf(to, "\\x%02x", b);
        else
            putc(b, to);
    }
}

static void show_hex(struct bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        printf("%s%02x", i > 0 ? " " : "", in.ptr[i]);
}

/* For eyes: that it is binary, and not more than these can use. */
static void show_binary(struct bytes in)
{
    printf("binary, %zu bytes%s", in.len, in.len > 0 ? ": " : "");
    show_hex(bytes_take(in, EYES_MAX));
    if (in.len > EYES_MAX)
        printf(" …");
}

/* In one piece: what is being typed may be echoed at any time. */
void show_note(const char *words, struct bytes text)
{
    char shown[NOTE_MAX] = "";
    FILE *into = fmemopen(shown, sizeof shown, "w");

    if (into) {
        show_text(into, text);
        fclose(into);
    }
    const bool dim = in_colour(stderr);
    fprintf(stderr, "%s%s%s%s\n", dim ? DIM : "", words, shown, dim ? PLAIN : "");
}

void show_close(const struct ws_close *close)
{
    char words[128] = "the server closed without a code";
    const char *name = ws_close_code_name(close->code);

    if (close->has_code)
        snprintf(words, sizeof words, "the server closed: %u%s%s%s", close->code, *name ? " " : "",
                 name, close->reason.len > 0 ? " " : "");
    show_note(words, close->has_code ? close->reason : (struct bytes){ 0 });
}

bool show_notes(void)
{
    return on_terminal(stderr);
}

static void show_data(const struct ws_event *event, bool hex)
{
    const bool text = event->opcode == WS_TEXT;

    if (!text && on_terminal(stdout))
        show_binary(event->data);
    else if (!text && hex)
        show_hex(event->data);
    else if (text && on_terminal(stdout))
        show_text(stdout, event->data);
    else
        fwrite(event->data.ptr, 1, event->data.len, stdout);
}

void show_message(const struct ws_event *event, bool hex)
{
    if (on_terminal(stdout)) /* what was typed stands in between */
        fputs(in_colour(stdout) ? CYAN "< " PLAIN : "< ", stdout);
    show_data(event, hex);
    if (event->opcode == WS_TEXT || hex || on_terminal(stdout))
        putchar('\n');
    fflush(stdout);
}
