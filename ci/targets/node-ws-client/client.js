// client.js URL [OPTION…]: a client on the ws package that echoes what comes, and tells on standard output what its
// application sees, as cases/README.md has it. The package's own defaults hold.
"use strict";

const { readFileSync } = require("node:fs");
const { parseArgs } = require("node:util");
const WebSocket = require("ws");

const CLOSER = "please close";

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cacert: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
    pair: { type: "boolean" },
    follow: { type: "boolean" },
  },
});

const report = (line) => process.stdout.write(`${line}\n`);

function options() {
  const headers = Object.fromEntries(given.header.map((line) => line.split(": ", 2)));
  const trust = given.cacert ? { ca: readFileSync(given.cacert) } : {};
  return { headers, followRedirects: given.follow, ...trust };
}

function open() {
  const socket = new WebSocket(positionals[0], options());
  socket.on("open", () => report("open"));
  socket.on("error", (error) => report(`error ${error.message.replace(/\s+/g, " ")}`));
  socket.on("close", (code, reason) => report(`closed ${code} ${JSON.stringify(reason.toString())}`));
  socket.on("message", (data, isBinary) => {
    report(`message ${isBinary ? "binary" : "text"} ${data.length}`);
    if (!isBinary && data.toString() === CLOSER) socket.close(1000);
    else socket.send(data, { binary: isBinary });
  });
}

try {
  open();
  if (given.pair) open();
} catch (error) {
  report(`error ${error.message}`);
}
