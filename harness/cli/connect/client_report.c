#include "cli/connect/client_report.h"

void report_open(FILE *to)
{
    fprintf(to, "open\n");
    fflush(to);
}

void report_message(FILE *to, bool is_text, size_t len)
{
    fprintf(to, "message %s %zu\n", is_text ? "text" : "binary", len);
    fflush(to);
}

static void put_string(FILE *to, struct bytes in)
{
    putc('"', to);
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.ptr[i];
        if (c < ' ')
            fprintf(to, "\\u%04x", c);
        else
            fprintf(to, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    putc('"', to);
}

void report_error(FILE *to, const char *why)
{
    fprintf(to, "error ");
    for (; *why; why++)
        putc((unsigned char)*why < ' ' ? '?' : *why, to);
    putc('\n', to);
    fflush(to);
}

void report_closed(FILE *to, unsigned code, struct bytes reason)
{
    fprintf(to, "closed %u ", code);
    put_string(to, reason);
    putc('\n', to);
    fflush(to);
}
