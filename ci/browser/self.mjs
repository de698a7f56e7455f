// node self.mjs WSPROOF FOLDER [SCREENSHOTS]
//
// The page on which a browser tests itself, as a person would use it: against serve-cases, against a
// server that goes away, and against one that answers nothing. Reports are written to FOLDER.
// SCREENSHOTS is a path: PATH-self-light.png and PATH-self-dark.png are written.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { chromium } from "playwright-core";

const [wsproof, folder, screenshots] = process.argv.slice(2);
if (!wsproof || !folder) {
  console.error("usage: node self.mjs WSPROOF FOLDER [SCREENSHOTS]");
  process.exit(2);
}

const few = ["rfc6455/5.5.3-pong", "rfc6455/7.4-close-codes/below-*", "rfc6455/4.1-client-response/no-*",
             "rfc6455/4.1-client-request/target-path"];
const words = { pass: "OK", warn: "NON-STRICT", info: "INFORMATIONAL", skip: "UNIMPLEMENTED", fail: "FAILED", error: "FAILED" };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"],
});

// wsproof serve-cases on a free port: { url, end }.
function serve(cases, name) {
  const args = ["serve-cases", "--port", "0", "--report", `${folder}/${name}`, ...cases.flatMap((one) => ["--cases", one])];
  const server = spawn(wsproof, args, { stdio: ["ignore", "pipe", "inherit"] });
  const over = new Promise((done) => server.on("exit", done));
  process.on("exit", () => server.kill("SIGKILL")); // also of a test that failed half-way
  return new Promise((done, failed) => {
    let said = "";
    over.then(() => failed(new Error(`serve-cases ended: ${said}`)));
    server.stdout.on("data", (text) => {
      said += text;
      const found = /ws:\/\/([\d.]+:\d+)\//.exec(said);
      if (found) done({ url: `http://${found[1]}/`, end: () => (server.kill("SIGTERM"), over) });
    });
  });
}

// A case server of two cases: the first is silent for ever, and so is who asks for its status; the
// second is reset.
async function serveTrouble() {
  const answers = {
    "/getCaseCount": "2",
    "/getCaseStatus?case=2": '{"behavior": "FAILED"}',
    "/getCaseInfo?case=1": '{"id": "one", "description": "<b>silent</b>"}',
    "/getCaseInfo?case=2": '{"id": "two", "description": "reset"}',
    "/updateReports": "",
  };
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (head) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/i.exec(head)[1];
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      const target = String(head).split(" ")[1];
      if (target.startsWith("/runCase?case=2")) socket.resetAndDestroy();
      const known = Object.keys(answers).find((one) => target.startsWith(one));
      if (known) socket.end(Buffer.concat([Buffer.from([0x81, answers[known].length]), Buffer.from(answers[known]), Buffer.from([0x88, 0])]));
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    end: () => (server.close(), sockets.forEach((one) => one.destroy())),
  };
}

async function open(url, options = {}) {
  const { hurry, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...rest });
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(error.message));
  if (hurry) {
    await page.addInitScript((times) => {
      const wait = window.setTimeout.bind(window);
      window.setTimeout = (run, ms) => wait(run, ms / times);
    }, hurry);
  }
  await page.goto(url);
  return page;
}

const ended = (page) => page.waitForFunction(() => !["ready", "running"].includes(document.body.dataset.state), null, { timeout: 12000 });
const state = (page) => page.locator("body").getAttribute("data-state");
const says = (page) => page.locator("#state").textContent();

async function countsOf(page) {
  const rows = await page.locator("#counts > div").evaluateAll((all) => all.map((one) => [one.dataset.status, Number(one.querySelector("dd").textContent)]));
  return Object.fromEntries(rows.filter(([, count]) => count > 0));
}

// What the server wrote for the one agent that came.
function resultsOf(name) {
  const [agent] = readdirSync(`${folder}/${name}`);
  return JSON.parse(readFileSync(`${folder}/${name}/${agent}/results.json`, "utf8"));
}

const tests = [];
const test = (name, run) => tests.push({ name, run });

test("it starts by itself, counts as the server does, and links to the report", async () => {
  const server = await serve(few, "counts");
  const page = await open(`${server.url}?autorun=1&agent=Me%20%3Cb%3E`);
  await ended(page);
  assert.equal(await state(page), "done");
  const results = resultsOf("counts");
  const expected = {};
  for (const { verdict } of results.cases) expected[words[verdict]] = (expected[words[verdict]] ?? 0) + 1;
  assert.ok(expected.OK > 5 && expected.UNIMPLEMENTED === 1, JSON.stringify(expected));
  assert.deepEqual(await countsOf(page), expected);
  assert.equal(await page.locator("#progress").evaluate((bar) => bar.value / bar.max), 1);
  assert.ok((await says(page)).includes(`Me <b> has run ${results.cases.length} cases`), await says(page));
  const ids = await page.locator("#rows .id").allTextContents();
  assert.deepEqual(ids.sort(), results.cases.filter((one) => one.verdict !== "pass").map((one) => one.id).sort());
  if (screenshots) await page.screenshot({ path: `${screenshots}-self-light.png` });
  await page.locator("#report a").click();
  assert.equal(await page.locator("h1").textContent(), "Me <b>");
  await page.context().close();
  await server.end();
});

test("it is used from the keyboard, and stops", async () => {
  const server = await serve(["rfc6455/5.2-opcodes", "rfc6455/5.5.3-pong"], "stops");
  const page = await open(server.url, { colorScheme: "dark" });
  assert.equal(await page.locator("#server").inputValue(), server.url.replace("http", "ws").replace(/\/$/, ""));
  assert.match(await page.locator("#agent").inputValue(), /^(Chrome|HeadlessChrome)\//);
  await page.getByLabel("Name in the report").fill("Keys");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("progress").value >= 3);
  if (screenshots) await page.screenshot({ path: `${screenshots}-self-dark.png` });
  await page.keyboard.press("Enter"); // where the focus is: Stop
  await ended(page);
  assert.equal(await state(page), "stopped");
  assert.match(await says(page), /^Stopped after \d+ of \d+ cases$/);
  assert.ok(await page.locator("#report a").isVisible());
  assert.ok(await page.locator("#start").isEnabled());
  await page.context().close();
  await server.end();
});

test("it says when the server goes away, and when there is none", async () => {
  const server = await serve(["rfc6455/5.2-opcodes"], "gone");
  const page = await open(server.url, { hurry: 10 });
  await page.locator("#start").click();
  await page.waitForFunction(() => document.getElementById("progress").value >= 3);
  await server.end();
  await ended(page);
  assert.equal(await state(page), "gone");
  assert.match(await says(page), /^The server is gone: \d+ of \d+ cases were run$/);
  assert.ok(!(await page.locator("#report").isVisible()));
  await page.locator("#start").click();
  await page.waitForFunction(() => document.getElementById("state").textContent.startsWith("There is no case server"));
  await page.context().close();
});

test("a case in which nothing happens is given up, and one that is reset goes by", async () => {
  const server = await serve(few, "trouble");
  const trouble = await serveTrouble();
  const page = await open(`${server.url}?autorun=1&server=${encodeURIComponent(trouble.url)}`, { hurry: 60 });
  await ended(page);
  assert.equal(await state(page), "done");
  assert.deepEqual(await countsOf(page), { FAILED: 1, NONE: 1 });
  const rows = await page.locator("#rows tr td:nth-child(2)").allInnerTexts();
  assert.deepEqual(rows.map((text) => text.split(/\s+/)), [["<b>silent</b>", "one"], ["reset", "two"]]);
  await page.context().close();
  trouble.end();
  await server.end();
});

test("what a screen reader needs is there", async () => {
  const server = await serve(few, "reader");
  const page = await open(server.url, { viewport: { width: 360, height: 700 } });
  for (const name of ["Server", "Name in the report"]) assert.equal(await page.getByLabel(name, { exact: true }).count(), 1, name);
  assert.equal(await page.locator("#state[aria-live=polite]").count(), 1);
  assert.equal(await page.locator("#progress[aria-label]").count(), 1);
  const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width <= room, `${width} > ${room}`);
  await page.context().close();
  await server.end();
});

let failed = 0;
for (const { name, run } of tests) {
  try {
    await run();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${error.message.replaceAll("\n", "\n     ")}`);
  }
}
await browser.close();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
