#include "cli/session/parts.h"

#include <stdio.h>

#include "cli/session/own_peer.h"
#include "io/file.h"

static bool write_cacert(struct session *s, struct err *err)
{
    const char *path = arena_print(&s->arena, "%s/cacert.pem", s->o.report_dir);
    struct buf pem;
    bool ok;

    buf_init(&pem, 1 << 20);
    ok = path && io_dir_make(s->o.report_dir, err) && io_tls_certificate(s->tls, &pem, err) &&
         io_file_write(path, buf_bytes(&pem), err);
    buf_free(&pem);
    s->target_options.cacert = path;
    return ok;
}

/* Those that a case may show to a client. Who gives us a certificate has an authority of his own,
 * in whose name we can make none. */
static bool make_flawed(struct session *s, struct err *err)
{
    for (enum io_tls_flaw flaw = IO_TLS_GOOD + 1; flaw < IO_TLS_FLAWS; flaw++) {
        struct io_tls_options options = {
            .server = true, .flaw = flaw, .authority = s->tls, .alpn = "http/1.1"
        };
        if (s->o.cert && flaw != IO_TLS_SELF_SIGNED)
            continue;
        s->flawed[flaw] = io_tls_new(&options, err);
        if (!s->flawed[flaw])
            return false;
        s->target_options.flawed[flaw] = s->flawed[flaw];
    }
    return true;
}

static bool open_tls(struct session *s, const char *url, struct err *err)
{
    struct io_tls_options options = { .server = s->role == ROLE_CLIENT,
                                      .cert = s->o.cert,
                                      .key = s->o.key,
                                      .cacert = s->o.cacert,
                                      .insecure = s->o.insecure,
                                      .alpn = "http/1.1" };
    struct peer_url parsed;
    bool wanted = s->o.tls;

    if (url) {
        if (!peer_url_parse(url, &parsed, err))
            return false;
        wanted = parsed.secure;
    }
    wanted |= target_address_of(&s->target_options) == TARGET_TELLS; /* it may tell a wss:// one */
    if (!wanted)
        return true;
    s->tls = io_tls_new(&options, err);
    return s->tls && (s->role == ROLE_SERVER || (write_cacert(s, err) && make_flawed(s, err)));
}

bool session_open_target(struct session *s, const char *url, struct err *err)
{
    const struct own_peer *own = own_peer(s->role);

    s->target_options.role = s->role;
    s->target_options.url = url;
    s->target_options.command = s->o.exec;
    s->target_options.sni = s->o.sni;
    s->target_options.profile = &s->profile;
    if (!url && !s->o.exec)
        s->target_options.command = s->o.tls ? own->tls_command : own->command;
    if (!open_tls(s, url, err))
        return false;
    if (target_address_of(&s->target_options) == TARGET_TELLS)
        s->target_options.tls_if_told = s->tls;
    else
        s->target_options.tls = s->tls;
    return target_init(&s->target, s->loop, &s->target_options, err);
}

const char *session_target_name(struct session *s, const char *url)
{
    if (s->o.exec)
        return s->o.exec;
    if (url)
        return url;
    return s->role == ROLE_SERVER ? "wsproof serve (the reference server)"
                                  : "wsproof connect --echo (the reference client)";
}

void session_tell_address(const struct session *s)
{
    if (s->target.address == TARGET_TELLS && !s->o.quiet)
        fprintf(stderr, "the target is at %s, for it printed: %s\n", s->target.url_text,
                s->target.told.line);
}
