#include "report/spec.h"

#include <string.h>

#include "report/jsonin.h"

#define REMARKS_MAX 64
#define SECONDS_MAX 86400.0

/* The file under way. */
struct reader {
    enum spec_kind kind;
    struct spec *spec;
    struct arena *arena;
    struct err *err;
};

/* ---- what nobody knows ---- */

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static bool remark(struct reader *r, const char *place, const char *key)
{
    struct spec *s = r->spec;

    if (!s->remarks)
        s->remarks = arena_array(r->arena, REMARKS_MAX, sizeof *s->remarks);
    if (!s->remarks)
        return err_memory(r->err, "a spec");
    if (s->n_remarks == REMARKS_MAX)
        return true;
    const char *line = arena_print(r->arena, "nobody knows '%s'%s: it is left out", key, place);
    if (!line)
        return err_memory(r->err, "a spec");
    s->remarks[s->n_remarks++] = line;
    return true;
}

static bool note_unknown(struct reader *r, const struct jsonin *in, const char *const *known,
                         const char *place)
{
    const char *key;
    json_t *value;

    json_object_foreach(in->value, key, value)
    {
        if (!is_one_of(key, known) && !remark(r, place, key))
            return false;
    }
    return true;
}

/* ---- options ---- */

/* The arguments of Autobahn's setProtocolOptions, of servers and of clients. */
static const char *const known_options[] = { "version",
                                             "versions",
                                             "webStatus",
                                             "utf8validateIncoming",
                                             "acceptMaskedServerFrames",
                                             "maskClientFrames",
                                             "maskServerFrames",
                                             "requireMaskedClientFrames",
                                             "applyMask",
                                             "maxFramePayloadSize",
                                             "maxMessagePayloadSize",
                                             "autoFragmentSize",
                                             "failByDrop",
                                             "echoCloseCodeReason",
                                             "serverConnectionDropTimeout",
                                             "openHandshakeTimeout",
                                             "closeHandshakeTimeout",
                                             "tcpNoDelay",
                                             "perMessageCompressionOffers",
                                             "perMessageCompressionAccept",
                                             "autoPingInterval",
                                             "autoPingTimeout",
                                             "autoPingSize",
                                             "autoPingRestartOnAnyTraffic",
                                             "serveFlashSocketPolicy",
                                             "flashSocketPolicy",
                                             "allowedOrigins",
                                             "allowNullOrigin",
                                             "maxConnections",
                                             "trustXForwardedFor",
                                             "allowHixie76",
                                             NULL };

/* Seconds, perhaps with a fraction; 0 or absent says nothing. */
static bool read_timeout(const struct jsonin *in, const char *key, struct spec_options *out)
{
    struct jsonin member = jsonin_member(in, key);

    if (!member.value)
        return true;
    double seconds = json_number_value(member.value);
    if (!json_is_number(member.value) || seconds < 0 || seconds > SECONDS_MAX)
        return jsonin_wrong(&member, "seconds, at most a day");
    uint64_t ms = (uint64_t)(seconds * 1000 + 0.5);
    if (ms > out->timeout_ms)
        out->timeout_ms = ms;
    return true;
}

static bool read_options(struct reader *r, const struct jsonin *parent, const char *place,
                         struct spec_options *out)
{
    struct jsonin in = jsonin_member(parent, "options");

    if (!in.value)
        return true;
    return jsonin_is_object(&in) && note_unknown(r, &in, known_options, place) &&
           read_timeout(&in, "openHandshakeTimeout", out) &&
           read_timeout(&in, "closeHandshakeTimeout", out) &&
           read_timeout(&in, "serverConnectionDropTimeout", out) &&
           jsonin_texts(&in, "allowedOrigins", &out->origins, &out->n_origins);
}

/* ---- cases ---- */

static bool read_patterns(const struct jsonin *in, const char *key, struct autobahn_patterns *out)
{
    const char **list = NULL;

    if (!jsonin_texts(in, key, &list, &out->count))
        return false;
    out->list = list;
    return true;
}

static bool read_exclusions(struct reader *r, const struct jsonin *top)
{
    struct jsonin in = jsonin_member(top, "exclude-agent-cases");
    struct spec *s = r->spec;
    const char *agent;
    json_t *value;

    if (!in.value)
        return true;
    if (!jsonin_is_object(&in))
        return false;
    s->exclude_agents =
        arena_array(r->arena, json_object_size(in.value) + 1, sizeof *s->exclude_agents);
    if (!s->exclude_agents)
        return err_memory(r->err, "a spec");
    json_object_foreach(in.value, agent, value)
    {
        struct autobahn_exclusion *e = &s->exclude_agents[s->n_exclude_agents++];
        e->agent = arena_str(r->arena, bytes_str(agent));
        if (!e->agent)
            return err_memory(r->err, "a spec");
        if (!read_patterns(&in, agent, &e->cases))
            return false;
    }
    return true;
}

static bool read_cases(struct reader *r, const struct jsonin *top)
{
    struct spec *s = r->spec;

    if (!jsonin_member(top, "cases").value)
        return err_set(r->err, ERR_SYNTAX, "\"cases\" is missing: [\"*\"] means all");
    return read_patterns(top, "cases", &s->cases) &&
           read_patterns(top, "exclude-cases", &s->exclude_cases) && read_exclusions(r, top);
}

/* ---- servers ---- */

static bool read_fuzzed(struct reader *r, const struct jsonin *in, struct spec_server *out)
{
    static const char *const known[] = { "agent",     "url",     "hostname", "origin",
                                         "protocols", "options", "auth",     NULL };

    out->options = r->spec->options;
    return note_unknown(r, in, known, " of a server") && jsonin_text(in, "url", &out->url) &&
           jsonin_text(in, "agent", &out->agent) && jsonin_text(in, "hostname", &out->hostname) &&
           jsonin_text(in, "origin", &out->origin) &&
           jsonin_texts(in, "protocols", &out->protocols, &out->n_protocols) &&
           read_options(r, in, " among the options of a server", &out->options);
}

static bool read_crowded(struct reader *r, const struct jsonin *in, struct spec_server *out)
{
    static const char *const known[] = { "name", "uri", "desc", NULL };

    return note_unknown(r, in, known, " of a server") && jsonin_text(in, "uri", &out->url) &&
           jsonin_text(in, "name", &out->agent);
}

static bool read_server(struct reader *r, const struct jsonin *in, struct spec_server *out)
{
    const char *key = r->kind == SPEC_MASSCONNECT ? "uri" : "url";

    if (!jsonin_is_object(in) ||
        !(r->kind == SPEC_MASSCONNECT ? read_crowded(r, in, out) : read_fuzzed(r, in, out)))
        return false;
    struct jsonin member = jsonin_member(in, key);
    return out->url || jsonin_wrong(&member, "a URL such as \"" SPEC_DEFAULT_SERVER "\"");
}

static bool read_servers(struct reader *r, const struct jsonin *top)
{
    struct jsonin in = jsonin_member(top, "servers");
    struct spec *s = r->spec;
    size_t count;

    if (!jsonin_is_array(&in))
        return false;
    count = json_array_size(in.value);
    s->servers = arena_array(r->arena, count + 1, sizeof *s->servers);
    if (!s->servers)
        return err_memory(r->err, "a spec");
    for (; s->n_servers < count; s->n_servers++) {
        struct jsonin item = jsonin_item(&in, s->n_servers);
        if (!read_server(r, &item, &s->servers[s->n_servers]))
            return false;
    }
    return true;
}

/* ---- the three kinds ---- */

static bool read_client(struct reader *r, const struct jsonin *top)
{
    static const char *const known[] = { "outdir",        "servers", "cases",
                                         "exclude-cases", "options", "exclude-agent-cases",
                                         "enable-ssl",    "webport", NULL };
    struct spec *s = r->spec;

    s->outdir = "./reports/servers";
    return note_unknown(r, top, known, "") && jsonin_text(top, "outdir", &s->outdir) &&
           read_options(r, top, " among the options", &s->options) && read_cases(r, top) &&
           read_servers(r, top);
}

static bool read_fuzzing_server(struct reader *r, const struct jsonin *top)
{
    static const char *const known[] = {
        "outdir",    "url",        "key",           "cert",
        "options",   "cases",      "exclude-cases", "exclude-agent-cases",
        "protocols", "enable-ssl", "webport",       NULL
    };
    struct spec *s = r->spec;

    s->outdir = "./reports/clients";
    if (!note_unknown(r, top, known, "") || !jsonin_text(top, "outdir", &s->outdir) ||
        !jsonin_text(top, "url", &s->url) || !jsonin_text(top, "key", &s->key) ||
        !jsonin_text(top, "cert", &s->cert) || !jsonin_flag(top, "enable-ssl", &s->enable_ssl) ||
        !jsonin_texts(top, "protocols", &s->protocols, &s->n_protocols))
        return false;
    return (s->url || err_set(r->err, ERR_SYNTAX,
                              "\"url\" is missing: where to listen, as " SPEC_DEFAULT_SERVER)) &&
           read_options(r, top, " among the options", &s->options) && read_cases(r, top);
}

static bool read_crowd(struct reader *r, const struct jsonin *top)
{
    static const char *const known[] = { "options", "servers", NULL };
    static const char *const known_here[] = { "connections", "batchsize", "batchdelay",
                                              "retrydelay", NULL };
    struct jsonin options = jsonin_member(top, "options");
    struct spec *s = r->spec;

    s->connections = 1000;
    s->batch_size = 500;
    s->batch_delay_ms = s->retry_delay_ms = 1000;
    if (!note_unknown(r, top, known, "") || (options.value && !jsonin_is_object(&options)) ||
        !note_unknown(r, &options, known_here, " among the options") ||
        !jsonin_number(&options, "connections", 1000000, &s->connections) ||
        !jsonin_number(&options, "batchsize", 1000000, &s->batch_size) ||
        !jsonin_number(&options, "batchdelay", 3600000, &s->batch_delay_ms) ||
        !jsonin_number(&options, "retrydelay", 3600000, &s->retry_delay_ms) ||
        !read_servers(r, top))
        return false;
    if (s->connections == 0 || s->batch_size == 0)
        return err_set(r->err, ERR_SYNTAX, "connections and batchsize are at least 1");
    return s->n_servers > 0 || err_set(r->err, ERR_SYNTAX,
                                       "no server is named: \"servers\" wants "
                                       "[{\"name\": …, \"uri\": …}]");
}

bool report_spec_read(enum spec_kind kind, struct bytes text, struct arena *a, struct spec *out,
                      struct err *err)
{
    static const char *const names[] = { "fuzzingclient", "fuzzingserver", "massconnect" };
    struct reader r = { kind, out, a, err };
    bool ok;

    *out = (struct spec){ .outdir = "./reports" };
    if (bytes_starts(text, BYTES_LIT("\xEF\xBB\xBF")))
        text = bytes_skip(text, 3); /* some editors begin UTF-8 so */
    json_t *value = jsonin_parse(text, err);
    if (!value)
        return false;
    struct jsonin top = { .value = value, .arena = a, .err = err };
    if (!jsonin_is_object(&top))
        ok = err_set(err, ERR_SYNTAX, "a spec of %s is a JSON object: { … }", names[kind]);
    else
        ok = kind == SPEC_FUZZINGCLIENT   ? read_client(&r, &top)
             : kind == SPEC_FUZZINGSERVER ? read_fuzzing_server(&r, &top)
                                          : read_crowd(&r, &top);
    json_decref(value);
    return ok;
}

const char *report_spec_default(enum spec_kind kind)
{
    switch (kind) {
    case SPEC_FUZZINGCLIENT:
        return "{\n"
               "   \"outdir\": \"./reports/servers\",\n"
               "   \"servers\": [{\"url\": \"" SPEC_DEFAULT_SERVER "\"}],\n"
               "   \"cases\": [\"*\"],\n"
               "   \"exclude-cases\": [],\n"
               "   \"exclude-agent-cases\": {}\n"
               "}\n";
    case SPEC_FUZZINGSERVER:
        return "{\n"
               "   \"url\": \"" SPEC_DEFAULT_SERVER "\",\n"
               "   \"outdir\": \"./reports/clients\",\n"
               "   \"cases\": [\"*\"],\n"
               "   \"exclude-cases\": [],\n"
               "   \"exclude-agent-cases\": {}\n"
               "}\n";
    case SPEC_MASSCONNECT:
        return "{\n"
               "   \"options\": {\"connections\": 1000, \"batchsize\": 500, \"batchdelay\": 1000,\n"
               "               \"retrydelay\": 200},\n"
               "   \"servers\": [{\"name\": \"a server\", \"uri\": \"" SPEC_DEFAULT_SERVER "\"}]\n"
               "}\n";
    }
    return "";
}
