// node matrix.mjs MATRIX.html [SCREENSHOTS]
//
// The page of several targets that `make_sample` makes: their names, ids, headers, subprotocols, close
// reasons and payloads are text that would like to be markup.

import assert from "node:assert/strict";
import { assertAccessible, assertContrast, foreign, ours, suite } from "./suite.mjs";

const [file, screenshots] = process.argv.slice(2);
if (!file) {
  console.error("usage: node matrix.mjs MATRIX.html [SCREENSHOTS]");
  process.exit(2);
}

const { url, test, open, finish } = await suite(file);
const letters = { f: "fail", e: "error", w: "warn", i: "info", s: "skip", p: "pass" };
const cellsOf = (page) => page.locator(".case").evaluateAll((all) => all.map((one) => one.dataset.cells));
// An account becomes elements when its case is opened.
async function openAll(page) {
  await page.evaluate(() => document.querySelectorAll(".case").forEach((one) => (one.open = true)));
  await page.waitForFunction(() => !document.querySelector(".account, .talk:not([data-drawn])"));
}
const shown = (page) => page.locator(".case:visible").count();

test("the table of targets counts what the cases show", async (page) => {
  const cells = await cellsOf(page);
  const heads = (await page.locator("#targets thead th").allTextContents()).map((text) => text.trim());
  const rows = await page.locator("#targets tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.equal(rows.length, cells[0].length);
  rows.forEach((row, run) => {
    for (const [letter, kind] of Object.entries(letters)) {
      const count = cells.filter((one) => one[run] === letter).length;
      assert.equal(Number(row[heads.indexOf(kind)]), count, `${kind} of ${run}`);
    }
  });
});

test("the signs of a case are its verdicts, and are said in words", async (page) => {
  const signs = { f: "F", e: "E", w: "w", i: "i", s: "-", p: ".", "-": " " };
  const all = await page.locator(".case").evaluateAll((list) =>
    list.map((one) => [one.dataset.cells, one.querySelector(".cells").textContent, one.querySelector(".tally").textContent]));
  for (const [cells, drawn, tally] of all) {
    assert.equal(drawn, [...cells].map((letter) => signs[letter]).join(""));
    for (const [letter, kind] of Object.entries(letters)) {
      const count = cells.split(letter).length - 1;
      assert.equal(tally.includes(`${count} ${kind}`), count > 0, `${tally}: ${count} ${kind}`);
    }
  }
});

test("each target that has a case is told of in it once", async (page) => {
  await openAll(page);
  const all = await page.locator(".case").evaluateAll((list) =>
    list.map((one) => [one.dataset.cells, [...one.querySelectorAll(".result")].flatMap((result) => result.dataset.runs.split(" "))]));
  for (const [cells, runs] of all) {
    const there = [...cells].flatMap((letter, run) => (letter === "-" ? [] : [String(run)]));
    assert.deepEqual(runs.toSorted((a, b) => a - b), there);
  }
  assert.ok(all.some(([cells]) => cells.includes("-")), "no target lacks a case");
});

test("passes that are alike share one conversation", async (page) => {
  await openAll(page);
  const shared = await page.locator(".result:has(.badge.pass)").evaluateAll((all) => all.map((one) => one.dataset.runs.split(" ").length));
  assert.ok(Math.max(...shared) > 2);
  const talks = await page.locator(".result:has(.badge.pass)").evaluateAll((all) => all.map((one) => one.querySelectorAll(".talk").length));
  assert.ok(talks.every((count) => count === 1));
});

test("filters by target, by verdict of that target, and by a difference", async (page) => {
  const cells = await cellsOf(page);
  const count = (fits) => cells.filter(fits).length;
  await page.locator("#filter-target").selectOption("3");
  assert.equal(await shown(page), count((one) => one[3] !== "-"));
  await page.locator('[data-verdict-filter="fail"]').click();
  assert.equal(await shown(page), count((one) => one[3] === "f"));
  await page.locator('#filter [type="reset"]').click();
  await page.locator("#filter-target").selectOption("3");
  await page.locator("#filter-beside").selectOption("4");
  await page.locator("#filter-differ").check();
  const differing = count((one) => one[3] !== one[4] && one[3] !== "-" && one[4] !== "-");
  assert.ok(differing > 0);
  assert.equal(await shown(page), differing);
});

test("a tile of group and target filters by both", async (page) => {
  const link = page.locator(".tile.fail a").first();
  const number = Number(await link.textContent());
  await link.click();
  assert.equal(await shown(page), number);
});

// Drawn, a case has every word of its account, but for the words that begin the fields.
test("what is drawn of a case is all that stands in it", async (page) => {
  const letters = (text) => text.replace(/\s+/gu, "");
  const before = await page.locator(".account").allTextContents();
  await openAll(page);
  await page.evaluate(() => document.querySelectorAll(".log").forEach((one) => one.remove()));
  const after = await page.locator(".body").allTextContents();
  assert.equal(before.length, after.length);
  const told = /^(?:why|expected|got|how|known|law|broken|contested|note|tag|case) (.+)$/gmu;
  before.forEach((account, i) => {
    const drawn = letters(after[i]);
    for (const [, words] of account.matchAll(told)) {
      const plain = words.replace(/^(RFC\d+) ([\w.]+) (?=RFC)/u, "$1, $2");
      assert.ok(drawn.includes(letters(plain)), words);
    }
    for (const block of account.split(/^(?:talk|stderr|again|case [^\n]*)\n/mu).slice(1)) {
      const lines = block.split(/^[a-z]/mu)[0].replace(/^ {2}(?=\S)/gmu, "");
      assert.ok(drawn.includes(letters(lines)), lines);
    }
  });
});

test("a search finds what an account says, opened or not", async (page) => {
  const id = await page.locator(".case.fail .id").first().textContent();
  const reason = /^why (.*)$/mu.exec(await page.locator(".case.fail .account").first().textContent())[1];
  for (const opened of [false, true]) {
    if (opened) await openAll(page);
    await page.locator("#filter-text").fill(reason.slice(0, 20));
    assert.ok((await page.locator(".case:visible .id").allTextContents()).includes(id), reason);
    await page.locator("#filter-text").fill("");
  }
});

// 2,500 cases come to fewer than 60,000 elements, of which a browser is ready in a second or so.
test("a case costs few elements until it is opened", async (page) => {
  const all = await page.locator(".case").evaluateAll((list) => list.map((one) => ({
    id: one.id,
    elements: 1 + one.querySelectorAll("*").length,
    signs: one.querySelectorAll(".cells > *").length,
    targets: one.dataset.cells.length,
  })));
  for (const { id, elements, signs, targets } of all) {
    assert.ok(elements - signs <= 12 && signs <= targets, `${id}: ${elements} elements, ${signs} of them signs`);
  }
});

test("two targets stand side by side, entry by entry", async (page) => {
  const names = await page.locator("#filter-target option").allTextContents();
  await page.locator("#filter-target").selectOption("0");
  await page.locator("#filter-beside").selectOption("11");
  const id = await page.locator(".case:visible").evaluateAll((all) => all.find((one) => /^talk$/mu.test(one.textContent)).id);
  const element = page.locator(`[id="${id}"]`);
  await element.locator("h3").click();
  const beside = element.locator(".beside");
  assert.ok((await beside.locator("th").first().textContent()).startsWith(names[1]));
  const rows = await beside.locator("tbody tr").evaluateAll((all) => all.map((row) => [row.className, row.cells[0].textContent, row.cells[2].textContent]));
  assert.ok(rows.length > 3);
  for (const [kind, left, right] of rows) assert.equal(kind === "same", left === right, `${left} | ${right}`);
  await page.locator('#filter [type="reset"]').click();
  assert.equal(await element.locator(".beside").count(), 0);
});

test("history has the past runs in order of time, and this one last", async (page) => {
  const rows = await page.locator("#history tbody tr").evaluateAll((all) => all.map((row) => row.cells[1].textContent));
  assert.deepEqual(rows, ["0.0.8", "0.0.9", "0.1.0"]);
});

test("text of a target stays text, in every case, drawn and side by side", async (page) => {
  assert.deepEqual(await foreign(page), ours);
  await page.locator("#filter-target").selectOption("0");
  await page.locator("#filter-beside").selectOption("1");
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await openAll(page);
  for (const order of ["group", "requirement"]) await page.locator("#filter-order").selectOption(order);
  assert.deepEqual(await foreign(page), ours);
  assert.deepEqual(await page.evaluate(() => ({}).polluted), undefined);
  const text = await page.locator("body").textContent();
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
  for (const evil of ["<svg/onload=alert(1)>", "</pre></div></details></main><h1>All pass</h1>", "&lt;script&gt;"]) {
    assert.ok(text.includes(evil), evil);
  }
});

test("a filter of nonsense in the address does no harm", async (page) => {
  for (const hash of ["#?t=99&b=-1&g=%22%3E&o=__proto__&v=constructor&s=x&q=%3Cimg%3E", "#%E0%A4%A", "#?%00=", "#__proto__"]) {
    await page.goto("about:blank");
    await page.goto(url + hash);
    assert.deepEqual(await foreign(page), ours, hash);
  }
});

test(
  "without JavaScript the tables, verdicts and conversations are there",
  async (page) => {
    assert.ok(await page.locator("#targets tbody tr").first().isVisible());
    assert.ok(!(await page.locator("#filter").isVisible()));
    const element = page.locator(".case.fail").first();
    await element.locator("h3").click();
    assert.ok(await element.locator(".account").isVisible());
    assert.match(await element.locator(".account").textContent(), /^fail \d.*^why .*^talk$.*^\d+\.\d{3} .*^again$/msu);
  },
  { javaScriptEnabled: false }
);

test("marks and names that a screen reader needs are there", async (page) => {
  const trouble = await page.evaluate(() => [
    ...[...document.querySelectorAll("input, select, button")].filter((one) => !one.textContent.trim() && !one.labels?.length && !one.getAttribute("aria-label")),
    ...[...document.querySelectorAll("table")].filter((one) => !one.querySelector("th[scope=col]")),
    ...[...document.querySelectorAll("tbody tr:not(.clause)")].filter((one) => !one.closest(".log") && !one.querySelector("th[scope=row]")),
    ...[...document.querySelectorAll("svg:not([aria-hidden])")],
  ].map((one) => one.outerHTML.slice(0, 100)));
  assert.deepEqual(trouble, []);
  const ids = await page.locator("[id]").evaluateAll((all) => all.map((one) => one.id));
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
});

test("a screen reader is given names, headings in order, heads of tables and the count", async (page) => {
  await page.locator("#filter-target").selectOption("0");
  await page.locator("#filter-beside").selectOption("1");
  await page.locator('.case.fail h3').first().click();
  await assertAccessible(page);
});

for (const colorScheme of ["light", "dark"]) {
  test(
    `letters stand out from what is behind them (${colorScheme})`,
    async (page) => {
      await page.locator("#filter-target").selectOption("0");
      await page.locator("#filter-beside").selectOption("1");
      await page.locator(".case.fail h3").first().click();
      await assertContrast(page, [".kicker", ".tally", ".cells b.fail", ".cells b.warn", ".cells", "#targets .server", ".hint",
        ".whose", ".beside td", ".fields span", ".words", ".log th"]);
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
  await page.locator(".case.fail h3").first().click();
  await page.screenshot({ path: `${screenshots}-matrix-${colorScheme}.png` });
  await page.context().close();
}

await finish(async () => {
  if (screenshots) for (const colorScheme of ["light", "dark"]) await picture(colorScheme);
});
