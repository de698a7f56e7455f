// What is inside a case of several targets: from the text in the document to elements.

const verdicts = ["fail", "error", "warn", "info", "skip", "pass"];
const laws = ["law", "broken"];
const facts = ["contested", "note", "autobahn", "tag"];
const accountField = /^([a-z]+)(?: (.*))?$/u;

// The lines of page_account.c back into fields: [{ word, lines }].
function readAccount(pre) {
  const fields = [];
  for (const line of pre.textContent.split("\n")) {
    const found = accountField.exec(line);
    if (found) fields.push({ word: found[1], lines: found[2] === undefined ? [] : [found[2]] });
    else fields.at(-1)?.lines.push(line);
  }
  return fields;
}

const joined = (lines) => lines.map((line) => line.replace(/^ {2}/u, "")).join("\n").replace(/\n+$/u, "");
const said = (field) => field && joined(field.lines);

// What a search looks in.
function wordsOfAccount(pre) {
  const apart = new Set(["talk", "stderr", "again", "case"]);
  return readAccount(pre).filter((field) => !apart.has(field.word)).map(said);
}

// A word and what stands under it, where there is anything.
const under = (title, tag, className, field) =>
  field ? [make("h5", "", title), make(tag, className, said(field))] : [];

function pairs(className, rows) {
  const there = rows.filter(([, text]) => text !== undefined);
  return there.length ? make("dl", className, ...there.map((row) => make("div", "", make("dt", "", row[0]), make("dd", "", row[1])))) : null;
}

function link(href, text) {
  const element = make("a", "", text);
  element.href = href;
  element.rel = "noreferrer";
  return element;
}

function known(of) {
  if (!of.known) return null;
  const [, as, rest] = /^(\w+)(.*)$/su.exec(said(of.known));
  const address = said(of.link);
  const web = /^https?:\/\//u.test(address ?? "");
  return make("p", "known", make("b", "", as), rest, " ", web ? link(address, address) : address ?? "");
}

function whose(kind, runs) {
  const badge = make("span", `badge ${kind}`, kind);
  return make("h4", "whose", badge, ` ${runs.map((run) => names[run]).join(", ")}`);
}

// "2 12: ws, tornado" are the targets; `of` has the further fields by their word.
function drawResult(kind, text, of) {
  const runs = text.split(":")[0].split(" ").map((number) => Number(number) - 1);
  const blames = kind === "fail" || kind === "error";
  const element = make(
    "div",
    "result",
    whose(kind, runs),
    blames ? make("h5", "", "Why this verdict") : null,
    of.why ? make("p", "why", said(of.why)) : null,
    known(of),
    pairs("compare", [["expected", said(of.expected)], ["got", said(of.got)]]),
    of.how ? make("p", "hint", said(of.how)) : null,
    of.talk && kind !== "pass" ? make("h5", "", "Conversation") : null,
    of.talk ? make("pre", "talk", of.talk.lines.join("\n")) : null,
    ...under("What the target wrote to stderr, the end of it", "pre", "stderr", of.stderr),
    ...under("Run it again", "pre", "again", of.again)
  );
  element.dataset.runs = runs.join(" ");
  return element;
}

// "RFC6455 5.2 RFC6455-5.2-1 MUST the sentence"; of an id that no catalogue has, the id alone.
function drawRequirement(field) {
  const [all, rfc, section, id, level, sentence] = /^(RFC\d+) ([\w.]+) (\S+) (\S+(?: NOT)?) (.*)$/su.exec(said(field)) ?? [said(field)];
  const broken = field.word === "broken" ? make("strong", "", "broken here") : null;
  const clause = rfc ? link(`https://www.rfc-editor.org/rfc/${rfc.toLowerCase()}#section-${section}`, `${rfc}, ${section}`) : null;
  const words = rfc ? [clause, " ", make("code", "", id), " ", make("b", "level", level), ` ${sentence} `] : [make("code", "", all), " "];
  return make("li", broken ? "broken" : "", ...words, broken);
}

function about(fields) {
  const rules = fields.filter(({ word }) => laws.includes(word)).map(drawRequirement);
  const others = fields.filter(({ word }) => facts.includes(word)).map(({ word, lines }) => [word === "autobahn" ? "Autobahn" : word, joined(lines)]);
  const source = fields.find(({ word }) => word === "case");
  return [
    rules.length ? make("h4", "", "What the RFC says") : null,
    rules.length ? make("ul", "requirements", ...rules) : null,
    pairs("facts", others),
    source ? make("h4", "", "The case, ", make("code", "", source.lines[0])) : null,
    source ? make("pre", "source", joined(source.lines.slice(1))) : null,
  ];
}

function drawAccount(pre) {
  const results = [];
  const fields = readAccount(pre);
  for (const field of fields) {
    if (verdicts.includes(field.word)) results.push([field.word, said(field), {}]);
    else results.at(-1)[2][field.word] = field;
  }
  pre.replaceWith(make("div", "body", ...results.map((one) => drawResult(...one)), ...about(fields)));
}
