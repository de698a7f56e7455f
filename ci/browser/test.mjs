// node test.mjs REPORT.html RESULTS.json [SCREENSHOTS]
//
// Opens a report as a person would, from a file, and holds what is on the page against results.json.
// The sample of `make_sample` has text in it that would like to be markup. SCREENSHOTS is a path:
// PATH-light.png and PATH-dark.png are written.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { assertAccessible, assertContrast, foreign, ours, suite } from "./suite.mjs";
import { check } from "./schema.mjs";

const [report, resultsFile, screenshots] = process.argv.slice(2);
if (!report || !resultsFile) {
  console.error("usage: node test.mjs REPORT.html RESULTS.json [SCREENSHOTS]");
  process.exit(2);
}

const results = JSON.parse(await readFile(resultsFile, "utf8"));
const schema = JSON.parse(await readFile(new URL("../../reports/schema/results.schema.json", import.meta.url)));
const verdicts = ["fail", "error", "warn", "info", "skip", "pass"];
const { url, test, open, finish } = await suite(report);

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
  const sides = { "frame-out": /^(ours|runner)/, "head-out": /^(ours|runner)/, "frame-in": /^theirs/, "head-in": /^theirs/, expect: /^around/ };
  const rows = await element.locator(".log tbody tr").evaluateAll((all) => all.map((row) => row.className));
  one.log.forEach(({ kind }, i) => kind in sides && assert.match(rows[i], sides[kind], `${i}: ${kind}`));
  assert.ok((await element.locator(".again").textContent()).includes(one.id));
  assert.equal(await element.locator("pre.source").textContent(), one.source);
});

test("the conversation can be had as text, and its bytes on demand", async (page) => {
  const one = results.cases.find((c) => c.verdict === "fail" && c.entry !== undefined);
  const element = byId(page, one.id);
  await element.locator("h3").click();
  const hex = element.locator(".fold", { hasText: "hex" }).first();
  assert.ok(!(await hex.locator("code").isVisible()));
  await hex.locator("summary").click();
  assert.match(await hex.locator("code").textContent(), /^[0-9a-f]{2}( [0-9a-f]{2})*( …)?$/);
  await element.getByRole("button", { name: "as text" }).click();
  assert.ok(await element.locator(".talk").isVisible());
  assert.ok(!(await element.locator(".log").isVisible()));
});

test("no text of a target makes a line of a conversation", async (page) => {
  const lines = await page.locator(".talk").evaluateAll((all) => all.map((pre) => pre.textContent.match(/^\d+\.\d{3} /gm)?.length ?? 0));
  const shown = await page.locator(".case").evaluateAll((all) => all.map((one) => one.querySelectorAll(".talk").length));
  const byId = new Map(results.cases.map((one) => [one.id, one]));
  const ids = await page.locator(".case .id").allTextContents();
  const talks = ids.filter((_, i) => shown[i] > 0);
  talks.forEach((id, i) => byId.has(id) && assert.ok(lines[i] <= byId.get(id).log.length, `${id}: ${lines[i]}`));
});

test("an order by group and by requirement keeps every case", async (page) => {
  for (const order of ["group", "requirement", "verdict"]) {
    await page.locator("#filter-order").selectOption(order);
    assert.equal(await shown(page), results.cases.length, order);
  }
  await page.locator("#filter-order").selectOption("group");
  const heads = await page.locator("#cases h2").evaluateAll((all) => all.map((one) => one.firstChild.textContent));
  assert.deepEqual(heads.toSorted(), [...new Set(results.cases.map((one) => one.group))].toSorted());
});

test("the address holds the filter", async (page) => {
  await page.locator('[data-verdict-filter="warn"]').click();
  await page.locator("#filter-text").fill("rsv");
  const count = await page.locator("#filter-count").textContent();
  const hash = new URL(page.url()).hash;
  assert.match(hash, /^#\?v=warn&q=rsv$/);
  await page.goto("about:blank");
  await page.goto(url + hash);
  assert.equal(await page.locator("#filter-count").textContent(), count);
});

test("printing opens what did not pass", async (page) => {
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const { counts } = results;
  assert.equal(await page.locator(".case[open]").count(), results.cases.length - counts.pass - counts.skip);
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
    assert.ok(await element.locator("> summary").evaluate((line) => line.getBoundingClientRect().top < innerHeight));
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
    assert.ok(await element.locator(".talk").isVisible());
    assert.ok(await element.locator(".why").isVisible());
  },
  { javaScriptEnabled: false }
);

test("text of a target stays text", async (page) => {
  assert.deepEqual(await foreign(page), ours);
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
  const strange = "img, iframe, object, embed, link, base, [onclick], [onerror], [onmouseover], [style]";
  assert.equal(await page.locator(strange).count(), 0);
  const link = page.locator("#agent_case_results .agent_case_result_row td:nth-of-type(3) a").first();
  const number = await page.locator(".agent_case_result_row:has(td:nth-of-type(3) a) b").first().textContent();
  await link.click();
  assert.ok((await page.locator("h1").textContent()).endsWith(`Case ${number}`));
  assert.equal(await page.locator(strange).count(), 0);
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

test("a screen reader is given names, headings in order, heads of tables and the count", async (page) => {
  await page.locator('.case[data-verdict="fail"] h3').first().click();
  await assertAccessible(page);
});

for (const colorScheme of ["light", "dark"]) {
  test(
    `letters stand out from what is behind them (${colorScheme})`,
    async (page) => {
      await page.locator('.case[data-verdict="fail"] h3').first().click();
      await assertContrast(page, [".kicker", ".glance", ".numbers b", ".facts dt", ".badge", ".case .id", ".case .reason",
        ".marks .severity", ".requirements a", ".level", "#filter output", ".matrix a", ".matrix .none", "footer p", ".words", ".fields span",
        ".log th", ".at", ".as-text", ".decisive strong"]);
    },
    { colorScheme }
  );
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

await finish(async () => {
  if (screenshots) for (const colorScheme of ["light", "dark"]) await picture(colorScheme);
});
