// A WebSocket server as somebody may have written it in an hour. It never looks at reserved opcodes,
// which is what the fuzzer has to find.
#include <cstring>
#include <string>
#include <wsproof/fuzz.h>

namespace {

struct Server {
    wsp_report *report;
    std::string in, out, message;
    int opcode = 0; // of the message under way
    bool over = false;
};

// Names that the library uses inside too: both have to live in one program.
std::string buf_append(const std::string &a, const std::string &b) { return a + b; }

void say(Server &s, int opcode, const std::string &payload)
{
    s.out = buf_append(s.out, std::string({ char(0x80 | opcode), char(payload.size()) }) + payload);
}

void fail(Server &s, int code)
{
    say(s, 8, { char(code >> 8), char(code & 0xff) });
    s.over = true;
}

bool is_utf8(const std::string &text)
{
    for (size_t i = 0; i < text.size();) {
        const unsigned char c = text[i];
        const int more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : -1;
        if (more < 0 || i + more >= text.size())
            return false;
        const unsigned char second = more > 0 ? text[i + 1] : 0x80;
        if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) || (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f))
            return false;
        for (int k = 1; k <= more; k++)
            if ((text[i + k] & 0xc0) != 0x80)
                return false;
        i += more + 1;
    }
    return true;
}

void take_data(Server &s, bool fin, int opcode, const std::string &payload)
{
    if ((opcode == 0) != (s.opcode != 0))
        return fail(s, 1002);
    if (opcode != 0) {
        s.opcode = opcode;
        s.message.clear();
    }
    s.message += payload;
    if (!fin)
        return;
    if (s.opcode == 1 && !is_utf8(s.message))
        return fail(s, 1007);
    wsp_message(s.report, s.opcode == 1, s.message.data(), s.message.size());
    s.opcode = 0;
}

void take(Server &s, bool fin, int opcode, const std::string &payload)
{
    if (opcode >= 8 && (!fin || payload.size() > 125))
        return fail(s, 1002);
    if (opcode < 3)
        return take_data(s, fin, opcode, payload);
    if (opcode == 9)
        say(s, 10, payload);
    if (opcode == 8) {
        say(s, 8, payload.size() >= 2 && is_utf8(payload.substr(2)) ? std::string("\x03\xe8", 2) : "");
        s.over = true;
    }
}

// One frame, if all of it is there.
bool step(Server &s)
{
    const auto at = [&s](size_t i) { return uint64_t((unsigned char)s.in[i]); };
    size_t front = 2;

    if (s.over || s.in.size() < 2)
        return false;
    uint64_t size = at(1) & 0x7f;
    const size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (s.in.size() < front + wide + 4)
        return false;
    if (wide > 0)
        size = 0;
    for (size_t i = 0; i < wide; i++)
        size = size << 8 | at(front + i);
    front += wide;
    if ((at(0) & 0x70) || !(at(1) & 0x80) || size > (1 << 20)) {
        fail(s, size > (1 << 20) ? 1009 : 1002);
        return true;
    }
    if (s.in.size() < front + 4 + size)
        return false;
    std::string payload = s.in.substr(front + 4, size);
    for (size_t i = 0; i < size; i++)
        payload[i] ^= s.in[front + i % 4];
    const bool fin = at(0) & 0x80;
    const int opcode = at(0) & 0x0f;
    s.in.erase(0, front + 4 + size);
    take(s, fin, opcode, payload);
    return true;
}

void *open_server(wsp_report *report, const wsp_options *)
{
    auto *s = new Server;
    s->report = report;
    return s;
}

bool feed(void *connection, const uint8_t *bytes, size_t size)
{
    auto &s = *static_cast<Server *>(connection);

    s.in.append(reinterpret_cast<const char *>(bytes), size);
    while (step(s))
        ;
    return !s.over;
}

size_t drain(void *connection, uint8_t *into, size_t room)
{
    auto &s = *static_cast<Server *>(connection);
    const size_t n = s.out.size() < room ? s.out.size() : room;

    memcpy(into, s.out.data(), n);
    s.out.erase(0, n);
    return n;
}

void close_server(void *connection) { delete static_cast<Server *>(connection); }

wsp_implementation describe()
{
    wsp_implementation i = {};
    i.name = "outside";
    i.roles = WSP_SERVER;
    i.open = open_server;
    i.feed = feed;
    i.drain = drain;
    i.close = close_server;
    return i;
}

} // namespace

extern const wsp_implementation wsp_under_test = describe();
