// node [--experimental-websocket] firefox.mjs PAGE.html...: opens pages in Firefox from a file, through WebDriver BiDi, which it
// speaks itself: each loads, draws, filters and searches, asks for nothing, and no script complains.
// Exit 77, with the reason: there is no Firefox, or a node without WebSocket.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node firefox.mjs PAGE.html...");
  process.exit(2);
}

const program = process.env.FIREFOX ?? "firefox";
function skip(why) {
  console.log(`skip: ${why}`);
  process.exit(77);
}
if (spawnSync(program, ["--version"]).status !== 0) skip(`there is no ${program}`);
if (!globalThis.WebSocket) skip(`node ${process.version} has no WebSocket`);

// It tells on stderr where it listens.
async function start(profile) {
  const child = spawn(program, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"], {
    env: { ...process.env, HOME: profile },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const address = await new Promise((done, failed) => {
    let text = "";
    child.stderr.on("data", (data) => {
      text += data;
      const found = /listening on (ws:\S+)/u.exec(text);
      if (found) done(found[1]);
    });
    child.on("exit", () => failed(new Error(`Firefox ended: ${text.slice(-500)}`)));
    setTimeout(() => failed(new Error(`Firefox did not listen within a minute: ${text.slice(-500)}`)), 60000).unref();
  });
  return { child, address };
}

// { send(method, params), heard }: commands and their answers; what else it says is heard.
async function connect(address) {
  const socket = new WebSocket(`${address}/session`);
  const waiting = new Map();
  const heard = [];
  let last = 0;
  await new Promise((done, failed) => {
    socket.onopen = done;
    socket.onerror = () => failed(new Error(`no connection to ${address}`));
  });
  socket.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    if (told.type === "event") return heard.push(told);
    const { done, failed } = waiting.get(told.id);
    if (told.type === "error") failed(new Error(`${told.error}: ${told.message}`));
    else done(told.result);
  };
  const send = (method, params = {}) =>
    new Promise((done, failed) => {
      waiting.set(++last, { done, failed });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { send, heard };
}

// What a person would do, in the page itself; what it returns is looked at here.
function visit() {
  const shown = () => document.querySelectorAll(".case:not([hidden])").length;
  const all = shown();
  const button = document.querySelector('[data-verdict-filter="fail"]');
  button.click();
  const fails = shown();
  document.querySelector('#filter [type="reset"]').click();
  const text = document.getElementById("filter-text");
  text.value = document.querySelector(".case .id").textContent;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  const found = shown();
  const first = document.querySelector(".case.fail");
  first.open = true;
  return new Promise((done) => {
    const look = () => ({
      all, fails, found,
      cases: document.querySelectorAll(".case").length,
      button: Number(button.querySelector("span").textContent),
      rows: first.querySelectorAll(".log tbody tr").length,
      height: first.querySelector(".log")?.getBoundingClientRect().height ?? 0,
      scripts: document.scripts.length,
    });
    setTimeout(() => done(JSON.stringify(look())), 500);
  });
}

async function check(browser, context, file) {
  const url = pathToFileURL(resolve(file)).href;
  browser.heard.length = 0;
  await browser.send("browsingContext.navigate", { context, url, wait: "complete" });
  const { result } = await browser.send("script.evaluate", {
    expression: `(${visit})()`, target: { context }, awaitPromise: true,
  });
  const seen = JSON.parse(result.value);
  assert.equal(seen.all, seen.cases);
  assert.equal(seen.fails, seen.button);
  assert.ok(seen.found >= 1 && seen.found < seen.cases, `a search found ${seen.found}`);
  assert.ok(seen.rows > 0 && seen.height > 0, "the conversation of the first fail is drawn");
  assert.equal(seen.scripts, 1);
  const complaints = browser.heard.filter((one) => one.method === "log.entryAdded").map((one) => one.params.text);
  assert.deepEqual(complaints, []);
  // Firefox draws with a font of its own that it keeps in a data: address.
  const asked = browser.heard.filter((one) => one.method === "network.beforeRequestSent").map((one) => one.params.request.url);
  assert.deepEqual(asked.filter((one) => !one.startsWith("data:") && one.split("#")[0] !== url), []);
}

const profile = await mkdtemp(join(tmpdir(), "wsproof-firefox-"));
let failed = 0;
let child;
try {
  const started = await start(profile);
  child = started.child;
  const browser = await connect(started.address);
  const session = await browser.send("session.new", { capabilities: {} });
  console.log(`Firefox ${session.capabilities.browserVersion}`);
  await browser.send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  const { contexts } = await browser.send("browsingContext.getTree");
  for (const file of files) {
    try {
      await check(browser, contexts[0].context, file);
      console.log(`ok   ${file}`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${file}\n     ${error.message}`);
    }
  }
} catch (error) {
  failed++;
  console.log(`FAIL ${error.message}`);
} finally {
  if (child) {
    const ended = new Promise((done) => child.on("exit", done));
    child.kill();
    await ended;
  }
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
