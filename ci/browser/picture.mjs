// node picture.mjs PAGE.html FOLDER: pictures of a report for the README, overview.webp and case.webp.
// ci/sample-report runs it; by hand: node ci/browser/picture.mjs reports/sample/index.html reports/sample

import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node picture.mjs PAGE.html FOLDER");
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
const session = await page.context().newCDPSession(page);

async function take(name, clip) {
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp", quality: 80, captureBeyondViewport: true, clip: { ...clip, scale: 1 },
  });
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, "base64"));
}

// Where an element lies in the page, with some room around it, cut off at `height`.
async function around(element, height) {
  const [top, bottom] = await element.evaluate((one) => {
    const box = one.getBoundingClientRect();
    return [box.top + scrollY, box.bottom + scrollY];
  });
  return { x: 0, y: top - 20, width: 1000, height: Math.min(bottom - top + 40, height) };
}

await page.goto(pathToFileURL(resolve(file)).href);
const overview = await around(page.locator("#requirements"), 0);
await take("overview", { x: 0, y: 0, width: 1000, height: overview.y });

const failed = page.locator(".case.fail").first();
await failed.locator("h3").click();
await take("case", await around(failed, 800));
await browser.close();
