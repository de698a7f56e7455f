"use strict";
// Filters, order, deep links, keys; draws conversations and sets two targets side by side. The page
// is complete without it: every text stands in the document. It takes data from data-* attributes and
// text, and makes elements and text of it, never markup or code.
(() => {
  const severities = ["pedantic", "minor", "major", "critical"];
  const byId = (id) => document.getElementById(id);
  const form = byId("filter");
  const severity = byId("filter-severity");
  const group = byId("filter-group");
  const order = byId("filter-order");
  const text = byId("filter-text");
  const count = byId("filter-count");
  const nothing = byId("nothing");
  const target = byId("filter-target"); // these three only where there are several targets
  const beside = byId("filter-beside");
  const differ = byId("filter-differ");
  const list = byId("cases");
  const buttons = [...form.querySelectorAll("[data-verdict-filter]")];
  const kinds = [...document.querySelectorAll(".kind")];
  const names = target ? [...target.options].slice(1).map((option) => option.textContent) : ["target"];

  const cases = [...document.querySelectorAll(".case")].map((element) => ({
    element,
    home: element.parentElement,
    cells: element.dataset.cells,
    severity: severities.indexOf(element.dataset.severity),
    group: element.dataset.group,
  }));

  // Elements ------------------------------------------------------------------------------------

  function make(tag, className, ...content) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...content.filter((one) => one !== null));
    return element;
  }

  // Filters -------------------------------------------------------------------------------------

  // What a search looks in; read when somebody searches.
  function wordsOf(one) {
    if (one.words === undefined) {
      const parts = [
        one.element.querySelector(".what"),
        ...one.element.querySelectorAll(".requirements li, .facts dd, .why, .whose, .hint"),
      ];
      one.words = parts.map((part) => part.textContent).join("\n").toLowerCase();
    }
    return one.words;
  }

  function wanted() {
    return {
      letters: new Set(buttons.filter(isPressed).map((button) => button.dataset.verdictFilter[0])),
      severity: Number(severity.value),
      group: group.value,
      target: target?.value ? Number(target.value) : -1,
      beside: beside?.value ? Number(beside.value) : -1,
      differ: differ?.checked ?? false,
      words: text.value.toLowerCase().split(/\s+/).filter(Boolean),
    };
  }

  function isPressed(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function press(button, on) {
    button.setAttribute("aria-pressed", String(on));
  }

  // The verdicts that a filter is about: of one target, of two, or of all that have the case.
  function lettersOf(one, want) {
    const chosen = [want.target, want.beside].filter((index) => index >= 0);
    const cells = chosen.length ? chosen.map((index) => one.cells[index]) : [...one.cells];
    return cells.filter((letter) => letter !== "-");
  }

  function fits(one, want) {
    const letters = lettersOf(one, want);
    return (
      letters.length > 0 &&
      (want.letters.size === 0 || letters.some((letter) => want.letters.has(letter))) &&
      (!want.differ || letters.some((letter) => letter !== letters[0])) &&
      one.severity >= want.severity &&
      (want.group === "" || one.group === want.group) &&
      (want.words.length === 0 || want.words.every((word) => wordsOf(one).includes(word)))
    );
  }

  function apply() {
    const want = wanted();
    let shown = 0;
    for (const one of cases) {
      const fit = fits(one, want);
      one.element.hidden = !fit;
      shown += fit;
      if (one.element.open) setBeside(one.element);
    }
    for (const section of list.children) {
      section.hidden = !section.querySelector(".case:not([hidden])");
    }
    nothing.hidden = shown > 0;
    count.textContent = `${shown} of ${cases.length}`;
    remember();
  }

  function clear() {
    buttons.forEach((button) => press(button, false));
    severity.value = "0";
    group.value = "";
    text.value = "";
    if (target) target.value = beside.value = "";
    if (differ) differ.checked = false;
  }

  // Order ---------------------------------------------------------------------------------------

  function headingOf(one) {
    if (order.value === "group") return [...group.options].find((option) => option.value === one.group).textContent;
    return one.element.querySelector(".requirements code")?.textContent ?? "no requirement";
  }

  function arrange() {
    if (order.value === "verdict") {
      for (const one of cases) one.home.append(one.element);
      list.replaceChildren(...kinds);
      return;
    }
    const sections = new Map();
    for (const one of cases) {
      const heading = headingOf(one);
      if (!sections.has(heading)) sections.set(heading, []);
      sections.get(heading).push(one.element);
    }
    const rows = [...sections];
    if (order.value === "requirement") rows.sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    list.replaceChildren(
      ...rows.map(([heading, elements]) =>
        make("section", "kind", make("h2", "", heading, " ", make("span", "", String(elements.length))), ...elements)
      )
    );
  }

  // Addresses -----------------------------------------------------------------------------------

  // #?v=fail&q=close is a filter; #id is a case.
  function remember() {
    const state = new URLSearchParams();
    const set = (name, value) => value && state.set(name, value);
    set("v", buttons.filter(isPressed).map((button) => button.dataset.verdictFilter).join(","));
    set("s", severity.value === "0" ? "" : severity.value);
    set("g", group.value);
    set("q", text.value);
    set("t", target?.value);
    set("b", beside?.value);
    set("d", differ?.checked ? "1" : "");
    set("o", order.value === "verdict" ? "" : order.value);
    const before = location.hash;
    if (!String(state) && !before.startsWith("#?")) return;
    history.replaceState(null, "", String(state) ? `#?${state}` : "#cases");
  }

  function recall() {
    const state = new URLSearchParams(location.hash.slice(2));
    const has = (element, value) => [...element.options].some((option) => option.value === value);
    const put = (element, value) => element && value !== null && has(element, value) && (element.value = value);
    const verdicts = (state.get("v") ?? "").split(",");
    clear();
    buttons.forEach((button) => press(button, verdicts.includes(button.dataset.verdictFilter)));
    put(severity, state.get("s"));
    put(group, state.get("g"));
    put(target, state.get("t"));
    put(beside, state.get("b"));
    put(order, state.get("o"));
    if (differ) differ.checked = state.get("d") === "1";
    text.value = state.get("q") ?? "";
    arrange();
  }

  function decode(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  // A link to a case opens it, and takes away a filter that would hide it.
  function follow() {
    if (location.hash.startsWith("#?")) {
      recall();
      apply();
      return;
    }
    const id = decode(location.hash.slice(1));
    const element = id && byId(id);
    if (!element || !element.classList.contains("case")) return;
    if (element.hidden) {
      clear();
      apply();
    }
    element.open = true;
    element.scrollIntoView();
    element.querySelector("summary").focus({ preventScroll: true });
  }

  // Conversations -------------------------------------------------------------------------------

  const entryLine = /^(\d+\.\d{3}) (->|~>|=>|!>|<-|<~|<!|\.!|\. ) (?:#(\d+) )?(.*)$/u;

  // The lines of page_log.c back into entries: { time, side, whole, decided, connection, words, notes }. What is
  // `whole` is a message, whose frames stand before it.
  function parse(pre) {
    const entries = [];
    for (const line of pre.textContent.split("\n")) {
      const found = entryLine.exec(line);
      if (found) {
        const [, time, sign, connection, words] = found;
        const side = sign.startsWith("<") ? "theirs" : sign.startsWith(".") ? "around" : sign === "=>" ? "runner" : "ours";
        entries.push({ time, side, whole: sign.includes("~"), decided: sign.includes("!"), connection, words, notes: [] });
      } else if (line.startsWith("  …")) {
        entries.push({ side: "gap", words: line.trim(), notes: [] });
      } else if (line.startsWith("  ") && entries.length) {
        entries.at(-1).notes.push(line.slice(2));
      }
    }
    return entries;
  }

  const speakers = { ours: "wsproof", runner: "wsproof, beside the case", theirs: "target", around: "", gap: "" };

  // "FIN 1" and its like, each in a box of its own.
  function fields(line) {
    return make("span", "fields", ...line.split("  ").map((field) => make("span", "", field)));
  }

  function folded(title, open, ...content) {
    const element = make("details", "fold", make("summary", "", title), ...content);
    element.open = open;
    return element;
  }

  function notes(entry, open) {
    const heads = entry.notes.filter((line) => line.startsWith("|")).map((line) => line.slice(2));
    const bytes = entry.notes.filter((line) => line.startsWith("#")).map((line) => line.slice(2));
    const header = entry.notes.find((line) => line.startsWith("@"));
    return [
      header ? fields(header) : null,
      heads.length ? folded("head", open || entry.decided, make("pre", "", heads.join("\n"))) : null,
      bytes.length ? folded("hex", false, make("code", "", bytes.join(" "))) : null,
    ];
  }

  function lane(entry, open) {
    const who = speakers[entry.side];
    const words = make(
      "span",
      "words",
      who ? make("span", "quiet", `${who}: `) : null,
      entry.decided ? make("strong", "", "decided here ") : null,
      entry.connection ? make("span", "connection", `#${entry.connection} `) : null,
      entry.words
    );
    const arrow = who && !entry.whole ? make("span", "arrow") : null;
    return make("div", "message", words, arrow, ...notes(entry, open));
  }

  function row(entry, open) {
    const cell = make("td", "lane", lane(entry, open));
    cell.colSpan = 2;
    return make("tr", entry.decided ? `${entry.side} decisive` : entry.side, make("td", "at", entry.time ?? ""), cell);
  }

  function column(title) {
    const cell = make("th", "", title);
    cell.scope = "col";
    return cell;
  }

  function frame(label, ...content) {
    const log = make("div", "log", ...content);
    log.tabIndex = 0;
    log.setAttribute("role", "region");
    log.setAttribute("aria-label", label);
    return log;
  }

  // The text gives way to the drawing, and comes back when it is asked for.
  function draw(pre) {
    const result = pre.closest(".result");
    const whose = names[Number(result.dataset.runs.split(" ")[0])];
    const open = !pre.closest(".case").matches(".pass");
    const head = make("thead", "", make("tr", "", column("ms"), column("wsproof"), column(whose)));
    const log = frame("Conversation", make("table", "", head, make("tbody", "", ...parse(pre).map((entry) => row(entry, open)))));
    const button = make("button", "as-text", "as text");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const asText = log.hidden;
      log.hidden = !asText;
      pre.hidden = asText;
      press(button, !asText);
    });
    pre.before(button, log);
    pre.hidden = true;
    pre.dataset.drawn = "";
  }

  // A long conversation shows the entry that decided, not its beginning.
  function showDecisive(element) {
    const decisive = element.querySelector(".decisive");
    const log = decisive?.closest(".log");
    if (log) log.scrollTop = decisive.offsetTop - (log.clientHeight - decisive.offsetHeight) / 2;
  }

  function drawCase(element) {
    element.querySelectorAll(".talk:not([data-drawn])").forEach(draw);
    setBeside(element);
  }

  // Side by side --------------------------------------------------------------------------------

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

  function compared(element, a, b) {
    const pairs = align(wire(resultOf(element, a)), wire(resultOf(element, b)));
    const others = pairs.filter(([left, right]) => !left || !right).length;
    const said = others ? `${others} of ${pairs.length} entries differ.` : "The same frames both ways.";
    const head = make("tr", "", besideHead(element, a), column(""), besideHead(element, b));
    const table = make("table", "", make("thead", "", head), make("tbody", "", ...pairs.map(besideRow)));
    return make("div", "beside", make("h4", "", "Side by side"), make("p", "hint", said), frame("Side by side", table));
  }

  function setBeside(element) {
    element.querySelector(".beside")?.remove();
    if (!target?.value || !beside.value || target.value === beside.value) return;
    element.querySelector(".body").prepend(compared(element, Number(target.value), Number(beside.value)));
  }

  // Events --------------------------------------------------------------------------------------

  function onToggle(event) {
    if (!event.target.matches(".case[open]")) return;
    drawCase(event.target);
    showDecisive(event.target);
  }

  function filterByCell(event) {
    const link = event.target.closest("[data-to-verdict]");
    if (!link) return;
    event.preventDefault();
    clear();
    group.value = link.dataset.toGroup;
    if (target) target.value = link.dataset.toTarget;
    buttons.forEach((button) => press(button, button.dataset.verdictFilter === link.dataset.toVerdict));
    apply();
    form.scrollIntoView();
  }

  // j and k go from case to case, / to the search, Escape out of it.
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "Escape" && event.target === text) {
      text.value = "";
      apply();
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      text.focus();
    } else if ((event.key === "j" || event.key === "k") && !typing) {
      walk(event.key === "j" ? 1 : -1);
    }
  }

  function walk(step) {
    const lines = [...document.querySelectorAll(".case:not([hidden]) > summary")];
    const here = lines.indexOf(document.activeElement);
    const next = lines[here < 0 ? 0 : here + step];
    if (next) next.focus();
  }

  // Which target a sign stands for.
  function nameCell(event) {
    const cells = event.target.closest?.(".cells");
    if (!cells) return;
    const box = cells.getBoundingClientRect();
    cells.title = names[Math.floor(((event.clientX - box.left) / box.width) * names.length)] ?? "";
  }

  // On paper nobody can open anything: what did not pass is printed in full. A page of many targets
  // would be a book of thousands of leaves, so there it is what is open.
  function openForPrint() {
    for (const one of cases) {
      const full = names.length === 1 && !one.element.matches(".pass, .skip");
      if (one.element.hidden || !(full || one.element.open)) continue;
      one.element.open = true;
      drawCase(one.element);
      one.element.querySelectorAll(".fold").forEach((fold) => (fold.open = true));
    }
  }

  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      press(button, !isPressed(button));
      apply();
    })
  );
  form.addEventListener("input", (event) => {
    if (event.target === order) arrange();
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    apply();
  });
  document.addEventListener("toggle", onToggle, true);
  document.querySelector("main").addEventListener("click", filterByCell);
  document.addEventListener("mouseover", nameCell);
  document.addEventListener("mousemove", nameCell);
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeprint", openForPrint);

  form.hidden = false;
  byId("keys").hidden = false;
  if (!location.hash.startsWith("#?")) apply();
  follow();
})();
