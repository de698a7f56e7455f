// server.js PORT: an echo server on the ws package, with compression, else as the package wants it.
"use strict";

const { WebSocketServer } = require("ws");

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  perMessageDeflate: true,
});

server.on("connection", (socket) => {
  socket.on("error", () => {}); // the package closes the connection by itself
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
