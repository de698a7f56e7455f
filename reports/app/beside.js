// Two targets side by side, entry by entry.

const resultOf = (element, run) =>
  [...element.querySelectorAll(".result")].find((one) => one.dataset.runs.split(" ").includes(String(run)));

const arrows = { ours: "→", runner: "→", theirs: "←" };

// What is on the wire, without times; of an HTTP head not how long it is.
function wire(result) {
  const pre = result?.querySelector(".talk");
  const entries = pre ? parse(pre).filter((entry) => !entry.whole && entry.side in arrows) : [];
  return entries.map((entry) => ({ ...entry, key: `${entry.side} ${entry.words.replace(/", \d+ bytes$/, "")}` }));
}

// The longest common run of entries, as pairs; a side that has nothing there has null.
function align(a, b) {
  if (a.length * b.length > 4e6) [a, b] = [a.slice(0, 1500), b.slice(0, 1500)];
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let k = b.length - 1; k >= 0; k--) {
      const at = i * width + k;
      best[at] = a[i].key === b[k].key ? best[at + width + 1] + 1 : Math.max(best[at + width], best[at + 1]);
    }
  }
  return walkBack(a, b, best, width);
}

function walkBack(a, b, best, width) {
  const pairs = [];
  let [i, k] = [0, 0];
  while (i < a.length || k < b.length) {
    if (i < a.length && k < b.length && a[i].key === b[k].key) pairs.push([a[i++], b[k++]]);
    else if (k >= b.length || (i < a.length && best[(i + 1) * width + k] >= best[i * width + k + 1])) pairs.push([a[i++], null]);
    else pairs.push([null, b[k++]]);
  }
  return pairs;
}

function besideCell(entry) {
  if (!entry) return make("td", "absent", "nothing");
  return make("td", entry.side, make("span", "side", `${arrows[entry.side]} `), entry.words);
}

function besideRow([left, right]) {
  const same = left && right;
  const mark = make("td", "mark", same ? "" : "differs");
  return make("tr", same ? "same" : "other", besideCell(left), mark, besideCell(right));
}

function verdictOf(element, run) {
  const kind = { f: "fail", e: "error", w: "warn", i: "info", s: "skip", p: "pass" }[element.dataset.cells[run]];
  return kind ? make("span", `badge ${kind}`, kind) : "not run";
}

function besideHead(element, run) {
  const cell = column(names[run]);
  cell.append(" ", verdictOf(element, run));
  const why = resultOf(element, run)?.querySelector(".why")?.textContent;
  if (why) cell.append(make("span", "reason", why));
  return cell;
}

// Where one of them was not talked to, which a skip says of itself, there is nothing to compare.
function comparison(element, a, b) {
  const sides = [a, b].map((run) => wire(resultOf(element, run)));
  const silent = [a, b].filter((_, i) => sides[i].length === 0).map((run) => names[run]);
  if (silent.length) return [[], `Nothing to compare: no conversation with ${silent.join(" and ")}.`];
  const pairs = align(...sides);
  const others = pairs.filter(([left, right]) => !left || !right).length;
  return [pairs, others ? `${others} of ${pairs.length} entries differ.` : "The same frames both ways."];
}

function compared(element, a, b) {
  const [pairs, said] = comparison(element, a, b);
  const head = make("tr", "", besideHead(element, a), column(""), besideHead(element, b));
  const table = make("table", "", make("thead", "", head), make("tbody", "", ...pairs.map(besideRow)));
  return make("div", "beside", make("h4", "", "Side by side"), make("p", "hint", said), frame("Side by side", table));
}

function setBeside(element) {
  element.querySelector(".beside")?.remove();
  if (!target?.value || !beside.value || target.value === beside.value) return;
  element.querySelector(".body").prepend(compared(element, Number(target.value), Number(beside.value)));
}
