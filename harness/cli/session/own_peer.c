#include "cli/session/own_peer.h"

/* A command's options and the profile's lines say the same, side by side. */

#define SERVER                                                                                     \
    "/proc/self/exe serve --port {port} --subprotocol chat --origin https://welcome.example "      \
    "--path / --token-path /private --token let-me-in --max-message 16M "                          \
    "--close-on 'please close'"

static const char server_profile[] = "subprotocol chat\n"
                                     "origin      https://welcome.example\n"
                                     "path        /\n"
                                     "auth        /private Bearer let-me-in\n"
                                     "limit       16M\n"
                                     "closer      \"please close\" 1000 \"as asked\"\n";

#define CLIENT                                                                                     \
    "/proc/self/exe connect --echo --report --subprotocol chat --max-message 16M --close-on "      \
    "'please close' "                                                                              \
    "--close-with '1000 as asked'"

static const char client_profile[] = "report\n"
                                     "subprotocol chat\n"
                                     "limit       16M\n"
                                     "closer      \"please close\" 1000 \"as asked\"\n"
                                     "header      --header '{header}'\n"
                                     "proxy       --proxy {proxy}\n"
                                     "pair        --pair\n"
                                     "reconnect   --reconnect 4 --reconnect-base 50ms\n";

static const struct own_peer server = { SERVER, SERVER " --tls", server_profile };
static const struct own_peer client = { CLIENT " {url}", CLIENT " --cacert {cacert} {url}",
                                        client_profile };

const struct own_peer *own_peer(enum case_role role)
{
    return role == ROLE_CLIENT ? &client : &server;
}
