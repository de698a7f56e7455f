// The page, which is complete without a script: every text stands in the document. What is here takes
// data from data-* attributes and text, and makes elements and text of it, never markup or code.
//
// The files of this folder are joined in the order that harness/report/CMakeLists.txt has, in one
// block: each sees the names of all, and the window gets none of them.

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

function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content.filter((one) => one !== null));
  return element;
}
