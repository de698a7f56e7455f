#define _POSIX_C_SOURCE 200809L /* isatty, fileno */
#include "cli/show.h"

#include <unistd.h>

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

void show_close(const struct ws_close *close)
{
    if (!close->has_code) {
        fprintf(stderr, "the server closed without a code\n");
        return;
    }
    fprintf(stderr, "the server closed: %u %s ", close->code, ws_close_code_name(close->code));
    show_text(stderr, close->reason);
    fputc('\n', stderr);
}

static bool on_terminal(FILE *f)
{
    return isatty(fileno(f)) == 1;
}

bool show_notes(void)
{
    return on_terminal(stderr);
}

static void show_data(const struct ws_event *event, bool hex)
{
    const bool text = event->opcode == WS_TEXT;

    if (!text && (hex || on_terminal(stdout)))
        show_hex(event->data);
    else if (text && on_terminal(stdout))
        show_text(stdout, event->data);
    else
        fwrite(event->data.ptr, 1, event->data.len, stdout);
}

void show_message(const struct ws_event *event, bool hex)
{
    if (on_terminal(stdout))
        fputs("< ", stdout); /* what was typed stands in between */
    show_data(event, hex);
    if (event->opcode == WS_TEXT || hex || on_terminal(stdout))
        putchar('\n');
    fflush(stdout);
}
