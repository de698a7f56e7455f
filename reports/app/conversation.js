// A conversation: from the text in the document to a drawing with a lane for each side.

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
  const account = element.querySelector(".account");
  if (account) drawAccount(account);
  element.querySelectorAll(".talk:not([data-drawn])").forEach(draw);
  setBeside(element);
}
