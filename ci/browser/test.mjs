// node test.mjs REPORT.html RESULTS.json [SCREENSHOTS]
//
// Opens a report as a person would, from a file, and holds what is on the page against results.json.
// The sample of `make_sample` has text in it that would like to be markup. SCREENSHOTS is a path:
// PATH-light.png and PATH-dark.png are written.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { check } from "./schema.mjs";

const [report, resultsFile, screenshots] = process.argv.slice(2);
if (!report || !resultsFile) {
  console.error("usage: node test.mjs REPORT.html RESULTS.json [SCREENSHOTS]");
  process.exit(2);
}

const url = pathToFileURL(resolve(report)).href;
const results = JSON.parse(await readFile(resultsFile, "utf8"));
const schema = JSON.parse(await readFile(new URL("../../reports/schema/results.schema.json", import.meta.url)));
const verdicts = ["fail", "error", "warn", "info", "skip", "pass"];

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

const shown = (page) => page.locator(".case:visible").count();
const first = (verdict) => results.cases.find((one) => one.verdict === verdict);
const byId = (page, id) => page.locator(`[id="${id}"]`);

test("results.json fits its schema", async () => {
  assert.deepEqual(check(schema, results), []);
  assert.notDeepEqual(check(schema, { ...results, seed: 7 }), []);
});

test("counts on the page are those of results.json", async (page) => {
  for (const verdict of verdicts) {
    const number = await page.locator(`[data-count="${verdict}"] b`).textContent();
    assert.equal(Number(number), results.counts[verdict], verdict);
    const listed = await page.locator(`.case[data-verdict="${verdict}"]`).count();
    assert.equal(listed, results.counts[verdict], `${verdict} cases`);
  }
  assert.equal(await page.locator(".case").count(), results.cases.length);
});

// Broken is what a fail names; the other requirements of such a case have no word from it.
test("each requirement has its verdict, and a link to the case that shows it", async (page) => {
  const worst = ["pass", "info", "warn", "fail"];
  const rows = await page.locator(".law tbody tr:not(.clause)").evaluateAll((list) =>
    list.map((row) => ({
      id: row.querySelector("th").textContent,
      verdict: row.querySelector(".badge")?.textContent,
      cases: Number(row.cells[4].textContent),
      link: row.querySelector("td a")?.getAttribute("href").slice(1),
    })),
  );
  assert.ok(rows.length > 0);
  assert.ok(rows.some((row) => row.verdict === "fail"));
  for (const row of rows) {
    const named = results.cases.filter((one) =>
      ["fail", "warn"].includes(one.verdict) && one.requirement
        ? one.requirement === row.id
        : (one.proves ?? []).includes(row.id),
    );
    assert.equal(row.cases, named.length, row.id);
    const said = Math.max(...named.map((one) => worst.indexOf(one.verdict)));
    assert.equal(row.verdict, worst[said], row.id);
    if (row.link) assert.equal(await byId(page, row.link).count(), 1, row.link);
  }
});

test("the table of groups adds up", async (page) => {
  const cells = await page.locator(".matrix .total").allTextContents();
  const sum = cells.reduce((total, cell) => total + Number(cell), 0);
  assert.equal(sum, results.cases.length);
});

test("fails come first", async (page) => {
  const order = await page.locator(".case").evaluateAll((all) => all.map((one) => one.dataset.verdict));
  const ranks = order.map((verdict) => verdicts.indexOf(verdict));
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
});

test("a filter by verdict shows those, two show both, none shows all", async (page) => {
  const { counts, cases } = results;
  await page.locator('[data-verdict-filter="fail"]').click();
  assert.equal(await shown(page), counts.fail);
  await page.locator('[data-verdict-filter="warn"]').click();
  assert.equal(await shown(page), counts.fail + counts.warn);
  assert.equal(await page.locator("#filter-count").textContent(), `${counts.fail + counts.warn} of ${cases.length}`);
  await page.locator('#filter [type="reset"]').click();
  assert.equal(await shown(page), cases.length);
});

test("a filter by severity shows that and worse", async (page) => {
  await page.locator('[data-verdict-filter="fail"]').click();
  await page.locator("#filter-severity").selectOption("2");
  const { critical, major } = results.counts.fails_by_severity;
  assert.equal(await shown(page), critical + major);
});

test("a search finds a case by its id, and says when nothing fits", async (page) => {
  const { id } = first("fail");
  await page.locator("#filter-text").fill(id);
  const ids = await page.locator(".case:visible .id").allTextContents();
  assert.ok(ids.includes(id));
  assert.equal(ids.length, results.cases.filter((one) => one.id.startsWith(id)).length);
  await page.locator("#filter-text").fill("there is no such case");
  assert.equal(await shown(page), 0);
  assert.ok(await page.locator("#nothing").isVisible());
});

test("a number in the table of groups filters by group and verdict", async (page) => {
  const link = page.locator(".matrix .fail a").first();
  const number = Number(await link.textContent());
  await link.click();
  assert.equal(await shown(page), number);
});

test("a click opens a case, with its conversation and the entry that decided", async (page) => {
  const one = results.cases.find((c) => c.verdict === "fail" && c.entry !== undefined);
  const element = byId(page, one.id);
  assert.ok(!(await element.locator(".body").isVisible()));
  await element.locator("h3").click();
  assert.ok(await element.locator(".body").isVisible());
  assert.equal(await element.locator(".log tbody tr").count(), one.log.length);
  assert.equal(await element.locator(".decisive").count(), 1);
  assert.ok((await element.locator(".again").textContent()).includes(one.id));
  assert.equal(await element.locator("pre.source").textContent(), one.source);
});

test("requirements link to their clause", async (page) => {
  const hrefs = await page.locator(".requirements a").evaluateAll((all) => all.map((a) => a.href));
  assert.ok(hrefs.length > 0);
  for (const href of hrefs) assert.match(href, /^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+#section-[\d.A-Z]+$/);
});

test("keys open, walk, search and clear", async (page) => {
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const opened = page.locator(".case[open]");
  assert.equal(await opened.count(), 1);
  await page.keyboard.press("j");
  await page.keyboard.press("Space");
  assert.equal(await opened.count(), 2);
  await page.keyboard.press("/");
  await page.keyboard.type("zzzz");
  assert.equal(await shown(page), 0);
  await page.keyboard.press("Escape");
  assert.equal(await shown(page), results.cases.length);
});

test("Tab reaches the filter and shows where it is", async (page) => {
  await page.locator("#filter-text").focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid");
});

test(
  "a deep link opens its case",
  async (page) => {
    const element = byId(page, first("pass").id);
    assert.ok(await element.evaluate((one) => one.open));
    assert.ok(await element.locator("summary").evaluate((line) => line.getBoundingClientRect().top < innerHeight));
  },
  { hash: `#${first("pass").id}` }
);

test("a link followed later takes away a filter that hides its case", async (page) => {
  await page.locator('[data-verdict-filter="fail"]').click();
  const { id } = first("pass");
  await page.evaluate((hash) => (location.hash = hash), id);
  await page.waitForFunction((name) => document.getElementById(name).open, id);
  assert.ok(await byId(page, id).isVisible());
});

test(
  "without JavaScript every case is there and opens",
  async (page) => {
    assert.equal(await page.locator(".case:visible").count(), results.cases.length);
    assert.ok(!(await page.locator("#filter").isVisible()));
    const element = byId(page, first("fail").id);
    await element.locator("h3").click();
    assert.ok(await element.locator(".log").isVisible());
  },
  { javaScriptEnabled: false }
);

test("text of a target stays text", async (page) => {
  const foreign = await page.evaluate(() => ({
    scripts: document.scripts.length,
    sheets: document.styleSheets.length,
    images: document.images.length,
    frames: document.querySelectorAll("iframe, object, embed, link, base").length,
    handlers: [...document.querySelectorAll("*")].filter((one) =>
      [...one.attributes].some((a) => a.name.startsWith("on") || a.name === "style")
    ).length,
    schemes: [...document.links].filter((a) => !/^(https:\/\/www\.rfc-editor\.org\/|file:)/.test(a.href)).length,
  }));
  assert.deepEqual(foreign, { scripts: 1, sheets: 1, images: 0, frames: 0, handlers: 0, schemes: 0 });
  assert.equal(await page.locator("h1").textContent(), results.target.address);
  const text = await page.locator("body").textContent();
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
});

// What the page writes for characters that cannot be seen or turn the text around them.
const visible = (text) =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e]/g, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

test("text of a target is shown in full", async (page) => {
  const evil = results.cases.filter((one) => one.got);
  const text = await page.locator("#cases").textContent();
  for (const one of evil) assert.ok(text.includes(visible(one.got)), one.got);
});

test("a page that injects a script of its own is stopped by the policy", async (page, trouble) => {
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.ok(trouble.some((line) => line.includes("Content Security Policy")));
  trouble.length = 0;
});

test("the pages of an Autobahn report have all cases, and stand alone", async (page, trouble) => {
  await page.goto(new URL("index.html", url).href);
  assert.equal(await page.locator("#agent_case_results .agent_case_result_row").count(), 517);
  const closes = page.locator("#agent_case_results td.close");
  assert.ok(await closes.first().isVisible());
  await page.locator("#toggle_details").click();
  assert.ok(!(await closes.first().isVisible()));
  const foreign = "img, iframe, object, embed, link, base, [onclick], [onerror], [onmouseover], [style]";
  assert.equal(await page.locator(foreign).count(), 0);
  const link = page.locator("#agent_case_results .agent_case_result_row td:nth-of-type(3) a").first();
  const number = await page.locator(".agent_case_result_row:has(td:nth-of-type(3) a) b").first().textContent();
  await link.click();
  assert.ok((await page.locator("h1").textContent()).endsWith(`Case ${number}`));
  assert.equal(await page.locator(foreign).count(), 0);
  await page.locator("a", { hasText: "All results" }).click();
  assert.ok(await page.locator("#master_report_header").isVisible());
  const folder = new URL(".", url).href;
  assert.deepEqual(trouble.filter((line) => !line.startsWith(`request: ${folder}`)), []);
  trouble.length = 0;
});

test("marks and names that a screen reader needs are there", async (page) => {
  for (const landmark of ["header", "main", "footer", "#filter[role=search]"]) {
    assert.equal(await page.locator(`body ${landmark}`).count(), 1, landmark);
  }
  const nameless = await page.evaluate(
    () => [...document.querySelectorAll("input, select, button")].filter((one) =>
      !one.textContent.trim() && !one.labels?.length && !one.getAttribute("aria-label")).length
  );
  assert.equal(nameless, 0);
  const ids = await page.locator("[id]").evaluateAll((all) => all.map((one) => one.id));
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
});

for (const colorScheme of ["light", "dark"]) {
  test(
    `letters stand out from what is behind them (${colorScheme})`,
    async (page) => {
      const ratios = await page.evaluate(contrasts);
      for (const [what, ratio] of ratios) assert.ok(ratio >= 4.5, `${what}: ${ratio.toFixed(2)}`);
    },
    { colorScheme }
  );
}

// WCAG 2: contrast of text and the first opaque background behind it.
function contrasts() {
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
  const names = [".kicker", ".glance", ".numbers b", ".facts dt", ".badge", ".case .id", ".case .reason",
                 ".marks .severity", ".requirements a", ".level", "#filter output", ".matrix a", "footer p"];
  return names.flatMap((name) => [...document.querySelectorAll(name)].slice(0, 400).map((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    return [name, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  }));
}

test(
  "a narrow screen needs no sideways scrolling",
  async (page) => {
    const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(width <= room, `${width} > ${room}`);
  },
  { viewport: { width: 380, height: 800 } }
);

async function picture(colorScheme) {
  const page = await open({ colorScheme }, []);
  await page.locator('.case[data-verdict="fail"] h3').first().click();
  await page.screenshot({ path: `${screenshots}-${colorScheme}.png`, clip: { x: 0, y: 0, width: 1200, height: 2600 }, fullPage: true });
  await page.context().close();
}

let passed = 0;
let failed = 0;
for (const { name, run, options } of tests) {
  const trouble = [];
  let page;
  try {
    page = await open(options, trouble);
    await run(page, trouble);
    assert.deepEqual(trouble, []);
    passed++;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${error.message.replaceAll("\n", "\n     ")}`);
  } finally {
    await page?.context().close();
  }
}
if (screenshots) for (const colorScheme of ["light", "dark"]) await picture(colorScheme);
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
