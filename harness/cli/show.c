#include "cli/show.h"

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

void show_message(const struct ws_event *event)
{
    if (event->opcode == WS_TEXT)
        show_text(stdout, event->data);
    else
        show_hex(event->data);
    putchar('\n');
    fflush(stdout);
}
