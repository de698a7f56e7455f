"use strict";
// Filters, deep links and keys. The page is complete without it: every text stands in the document,
// and this script only shows and hides. It takes data from data-* attributes and text, never as code.
(() => {
  const severities = ["pedantic", "minor", "major", "critical"];
  const form = document.getElementById("filter");
  const severity = document.getElementById("filter-severity");
  const group = document.getElementById("filter-group");
  const text = document.getElementById("filter-text");
  const count = document.getElementById("filter-count");
  const nothing = document.getElementById("nothing");
  const buttons = [...form.querySelectorAll("[data-verdict-filter]")];
  const sections = [...document.querySelectorAll(".kind")];

  const cases = [...document.querySelectorAll(".case")].map((element) => ({
    element,
    verdict: element.dataset.verdict,
    severity: severities.indexOf(element.dataset.severity),
    group: element.dataset.group,
    words: wordsOf(element),
  }));

  function wordsOf(element) {
    const parts = [element.querySelector(".what"), ...element.querySelectorAll(".requirements li, .facts dd")];
    return parts.map((part) => part.textContent).join("\n").toLowerCase();
  }

  function wanted() {
    return {
      verdicts: new Set(buttons.filter(isPressed).map((button) => button.dataset.verdictFilter)),
      severity: Number(severity.value),
      group: group.value,
      words: text.value.toLowerCase().split(/\s+/).filter(Boolean),
    };
  }

  function isPressed(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function press(button, on) {
    button.setAttribute("aria-pressed", String(on));
  }

  function fits(one, want) {
    return (
      (want.verdicts.size === 0 || want.verdicts.has(one.verdict)) &&
      one.severity >= want.severity &&
      (want.group === "" || one.group === want.group) &&
      want.words.every((word) => one.words.includes(word))
    );
  }

  function apply() {
    const want = wanted();
    let shown = 0;
    for (const one of cases) {
      const fit = fits(one, want);
      one.element.hidden = !fit;
      shown += fit;
    }
    for (const section of sections) {
      section.hidden = !section.querySelector(".case:not([hidden])");
    }
    nothing.hidden = shown > 0;
    count.textContent = `${shown} of ${cases.length}`;
  }

  function clear() {
    buttons.forEach((button) => press(button, false));
    severity.value = "0";
    group.value = "";
    text.value = "";
  }

  // A link to a case opens it, and takes away a filter that would hide it.
  function follow() {
    const id = decode(location.hash.slice(1));
    const element = id && document.getElementById(id);
    if (!element || !element.classList.contains("case")) return;
    if (element.hidden) {
      clear();
      apply();
    }
    element.open = true;
    element.scrollIntoView();
    element.querySelector("summary").focus({ preventScroll: true });
  }

  // A long conversation shows the entry that decided, not its beginning.
  function showDecisive(event) {
    const decisive = event.target.matches(".case[open]") && event.target.querySelector(".decisive");
    if (!decisive) return;
    const log = decisive.closest(".log");
    log.scrollTop = decisive.offsetTop - (log.clientHeight - decisive.offsetHeight) / 2;
  }

  function decode(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  function filterByCell(event) {
    const link = event.target.closest("[data-to-verdict]");
    if (!link) return;
    event.preventDefault();
    clear();
    group.value = link.dataset.toGroup;
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

  // On paper nobody can open anything: what did not pass is printed in full.
  function openForPrint() {
    for (const one of cases) {
      if (one.verdict !== "pass" && one.verdict !== "skip") one.element.open = true;
    }
  }

  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      press(button, !isPressed(button));
      apply();
    })
  );
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    apply();
  });
  document.addEventListener("toggle", showDecisive, true);
  document.getElementById("groups").addEventListener("click", filterByCell);
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeprint", openForPrint);

  form.hidden = false;
  apply();
  follow();
})();
