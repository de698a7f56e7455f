// A page in Chromium, opened from a file as a person would, and a list of tests of it.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** { url, test(name, run, options), open(options, trouble), finish(pictures) } for a file. */
export async function suite(file) {
  const url = pathToFileURL(resolve(file)).href;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const tests = [];
  const test = (name, run, options = {}) => tests.push({ name, run, options });

  // Every page is watched: whatever it complains of, asks for or runs without being ours is trouble.
  async function open({ hash = "", ...options }, trouble) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 1400 }, ...options });
    const page = await context.newPage();
    page.on("console", (message) => trouble.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== url) trouble.push(`request: ${request.url()}`);
    });
    await page.goto(url + hash);
    return page;
  }

  async function runOne({ name, run, options }) {
    const trouble = [];
    let page;
    try {
      page = await open(options, trouble);
      await run(page, trouble);
      assert.deepEqual(trouble, []);
      console.log(`ok   ${name}`);
      return true;
    } catch (error) {
      console.log(`FAIL ${name}\n     ${error.message.replaceAll("\n", "\n     ")}`);
      return false;
    } finally {
      await page?.context().close();
    }
  }

  // Runs them all, takes the pictures, and ends the process.
  async function finish(pictures) {
    let passed = 0;
    for (const one of tests) passed += await runOne(one);
    await pictures?.();
    await browser.close();
    console.log(`${passed} passed, ${tests.length - passed} failed`);
    process.exit(passed < tests.length || passed === 0 ? 1 : 0);
  }

  return { url, test, open, finish };
}

// What nobody but a target could have put into a page of ours.
export const foreign = (page) =>
  page.evaluate(() => ({
    scripts: document.scripts.length,
    sheets: document.styleSheets.length,
    images: document.images.length,
    frames: document.querySelectorAll("iframe, object, embed, link, base, template, form:not(#filter)").length,
    heads: document.querySelectorAll("h1").length,
    metas: document.querySelectorAll("meta").length,
    handlers: [...document.querySelectorAll("*")].filter((one) =>
      [...one.attributes].some((a) => a.name.startsWith("on") || a.name === "style")
    ).length,
    schemes: [...document.links].filter((a) => !/^(https:\/\/www\.rfc-editor\.org\/|file:)/.test(a.href)).length,
  }));

export const ours = { scripts: 1, sheets: 1, images: 0, frames: 0, heads: 1, metas: 5, handlers: 0, schemes: 0 };

// WCAG 2: contrast of text and the first opaque background behind it.
function contrasts(names) {
  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = parse(color).slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color.startsWith("rgb") && (parse(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return names.flatMap((name) => [...document.querySelectorAll(name)].slice(0, 400).map((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    return [name, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  }));
}

export async function assertContrast(page, names) {
  const seen = await page.evaluate(contrasts, names);
  for (const name of names) assert.ok(seen.some(([what]) => what === name), `there is no ${name}`);
  for (const [what, ratio] of seen) assert.ok(ratio >= 4.5, `${what}: ${ratio.toFixed(2)}`);
}

const named = new Set(["button", "link", "combobox", "searchbox", "textbox", "checkbox", "region", "search", "DisclosureTriangle", "heading"]);

// The tree that a screen reader is given, in its order: [{ role, name, level, live, within }]; `within`
// are the roles around it.
async function accessibleTree(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const list = [];
  const walk = (node, within) => {
    const role = node.role?.value;
    const of = (name) => node.properties?.find((one) => one.name === name)?.value.value;
    if (!node.ignored) list.push({ role, name: node.name?.value ?? "", level: of("level"), live: of("live"), within });
    for (const id of node.childIds ?? []) if (byId.has(id)) walk(byId.get(id), node.ignored ? within : [...within, node]);
  };
  walk(nodes[0], []);
  return list;
}

// Names for all that can be worked, headings without a gap and one for each case, tables with heads, and a count that is read
// out when a filter changes it.
export async function assertAccessible(page) {
  await page.waitForFunction(() => !document.querySelector(".some:not(.laid)"));
  const tree = await accessibleTree(page);
  const nameless = tree.filter(({ role, name }) => named.has(role) && !name.trim()).map(({ role }) => role);
  assert.deepEqual(nameless, []);
  const levels = tree.filter(({ role }) => role === "heading").map(({ level, name }) => ({ level, name }));
  assert.equal(levels.filter(({ level }) => level === 1).length, 1);
  levels.forEach(({ level, name }, i) => assert.ok(level <= (levels[i - 1]?.level ?? 0) + 1, `heading ${level} "${name}" behind ${levels[i - 1]?.level}`));
  assert.ok(levels.some(({ level }) => level === 4), "there are headings in an open case");
  const cases = await page.locator(".case h3").allTextContents();
  const heads = new Set(levels.filter(({ level }) => level === 3).map(({ name }) => name.trim()));
  assert.deepEqual(cases.map((text) => text.trim()).filter((text) => !heads.has(text)), [], "each case is a heading");
  const tables = new Set(tree.flatMap(({ within }) => within.filter((one) => one.role.value === "table")));
  assert.ok(tables.size > 1);
  for (const table of tables) {
    assert.ok(tree.some(({ role, within }) => role === "columnheader" && within.includes(table)), `a table without heads: ${table.name?.value}`);
  }
  const statuses = tree.filter(({ role }) => role === "status");
  assert.deepEqual(statuses.map(({ live }) => live), ["polite"]);
  assert.match(statuses[0].name || (await page.locator("#filter-count").textContent()), /^\d+ of \d+/u);
  for (const role of ["banner", "main", "contentinfo", "search"]) assert.ok(tree.some((one) => one.role === role), `no ${role}`);
}
