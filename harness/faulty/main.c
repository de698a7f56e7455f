#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "faulty/fault.h"
#include "faulty/peer.h"

static const char usage[] = "usage: wsproof-faulty list\n"
                            "       wsproof-faulty server FAULT PORT\n"
                            "       wsproof-faulty client FAULT URL\n"
                            "\n"
                            "A WebSocket peer that echoes and breaks one rule, to test a tester\n"
                            "with. \"clean\" breaks none. list tells each fault's name, its role,\n"
                            "the requirements that it breaks, and what it does.\n";

static const char *role_name(enum fault_role role)
{
    switch (role) {
    case FAULT_SERVER: return "server";
    case FAULT_CLIENT: return "client";
    case FAULT_BOTH: return "both";
    }
    return "";
}

static int list_faults(void)
{
    for (unsigned i = 0; i < FAULTS; i++) {
        struct fault_row row = fault_row((enum fault)i);
        printf("%s\t%s\t%s\t%s\n", row.name, role_name(row.role), row.requirements, row.sentence);
    }
    return EXIT_SUCCESS;
}

static int wrong_usage(void)
{
    fputs(usage, stderr);
    return 2;
}

static bool choose(const char *name, enum fault_role role)
{
    enum fault fault;

    if (!fault_find(name, &fault) || !(fault_row(fault).role & role)) {
        fprintf(stderr, "there is no fault \"%s\" of a %s: see wsproof-faulty list\n", name,
                role_name(role));
        return false;
    }
    fault_choose(fault);
    return true;
}

static int finish(bool ok, const struct err *err)
{
    if (!ok)
        fprintf(stderr, "wsproof-faulty: %s\n", err->text);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run_server(const char *port_text)
{
    struct err err = { 0 };
    uint64_t port;

    if (!text_number(bytes_str(port_text), UINT16_MAX, &port))
        return wrong_usage();
    return finish(peer_serve((uint16_t)port, &err), &err);
}

/* What no URL can hold as it is becomes %XX: RFC 6455 11.1.1. */
static void put_target(struct bytes in, char *out, size_t size)
{
    size_t n = 0;

    if (in.len == 0 || in.ptr[0] != '/')
        out[n++] = '/';
    for (size_t i = 0; i < in.len && n + 4 < size; i++)
        n += (size_t)snprintf(out + n, size - n, in.ptr[i] < 0x80 ? "%c" : "%%%02X", in.ptr[i]);
    out[n] = '\0';
}

/* ws://HOST[:PORT][/TARGET], which is what a tester hands out. */
static bool read_url(const char *url, char host[256], char authority[256], char target[4096],
                     struct peer_address *out)
{
    struct bytes rest = bytes_str(url), scheme = BYTES_LIT("ws://");
    uint64_t port = 80;

    if (!bytes_starts(rest, scheme))
        return false;
    rest = bytes_skip(rest, scheme.len);
    rest = bytes_take(rest, bytes_index(rest, 0, '#'));
    size_t path = bytes_index(rest, 0, '/'), query = bytes_index(rest, 0, '?');
    struct bytes place = bytes_take(rest, path < query ? path : query);
    size_t colon = bytes_index(place, 0, ':');
    if (colon == 0)
        return false;
    if (colon < place.len && !text_number(bytes_skip(place, colon + 1), UINT16_MAX, &port))
        return false;
    rest = bytes_skip(rest, place.len);
    snprintf(host, 256, "%.*s", BYTES_ARG(bytes_take(place, colon)));
    snprintf(authority, 256, "%.*s", BYTES_ARG(place));
    put_target(rest, target, 4096);
    *out = (struct peer_address){ host, authority, target, (uint16_t)port };
    return true;
}

/* The longest number in it is the port. */
static void guess_port(const char *url, struct peer_address *out)
{
    size_t longest = 0;

    for (; *url; url++) {
        size_t n = strspn(url, "0123456789");
        uint64_t port;
        if (n > longest && text_number(bytes_take(bytes_str(url), n), UINT16_MAX, &port)) {
            longest = n;
            *out = (struct peer_address){ "127.0.0.1", "127.0.0.1", "/", (uint16_t)port };
        }
    }
}

static int run_client(const char *url)
{
    char host[256], authority[256], target[4096];
    struct peer_address where;
    struct err err = { 0 };

    bool is_url = read_url(url, host, authority, target, &where);
    if (!is_url && fault_is(FAULT_TAKES_ANY_ADDRESS)) {
        where = (struct peer_address){ "127.0.0.1", "127.0.0.1", "/", 80 };
        guess_port(url, &where);
    } else if (!is_url) {
        printf("error \"%s\" is no URL of a WebSocket\n", url);
        return EXIT_FAILURE;
    }
    return finish(peer_visit(&where, &err), &err);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list_faults();
    if (argc == 4 && strcmp(argv[1], "server") == 0)
        return choose(argv[2], FAULT_SERVER) ? run_server(argv[3]) : 2;
    if (argc == 4 && strcmp(argv[1], "client") == 0)
        return choose(argv[2], FAULT_CLIENT) ? run_client(argv[3]) : 2;
    return wrong_usage();
}
