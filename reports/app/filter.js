// Which cases are shown.

// What a search looks in; read when somebody searches.
function wordsOf(one) {
  if (one.words === undefined) {
    const account = one.element.querySelector(".account");
    const parts = [...one.element.querySelectorAll(".what, .requirements li, .facts dd, .why, .whose, .hint")];
    const words = [...parts.map((part) => part.textContent), ...(account ? wordsOfAccount(account) : [])];
    one.words = words.join("\n").toLowerCase();
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
    if (one.element.open) drawCase(one.element);
  }
  for (const section of list.children) {
    section.hidden = !section.querySelector(".case:not([hidden])");
  }
  if (shown < cases.length) layOutAll();
  else layOutLater();
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
