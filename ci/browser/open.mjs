// node open.mjs PAGE.html [TIMES]: how long Chromium takes to open a page from a file. Of several
// openings the best is told beside all: a busy machine only ever adds.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, times = "5"] = process.argv.slice(2);
if (!file) {
  console.error("usage: node open.mjs PAGE.html [TIMES]");
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"],
});

// Milliseconds to the first paint, and until the page is read, filtered and ready for the hand; and
// the processor time of the page's own thread, which what else runs here cannot lengthen much.
async function open() {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(pathToFileURL(resolve(file)).href);
  const told = await page.evaluate(() => ({
    paint: Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0),
    ready: Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd),
    elements: document.querySelectorAll("*").length,
  }));
  const { metrics } = await session.send("Performance.getMetrics");
  told.cpu = Math.round(1000 * metrics.find((one) => one.name === "TaskDuration").value);
  await page.close();
  return told;
}

const all = [];
for (let i = 0; i < Number(times); i++) all.push(await open());
const best = (name) => Math.min(...all.map((one) => one[name]));
console.log(`first paint ${best("paint")} ms, ready ${best("ready")} ms, processor ${best("cpu")} ms; ${all[0].elements} elements`);
console.log(`ready each time: ${all.map((one) => one.ready).join(", ")} ms`);
await browser.close();
