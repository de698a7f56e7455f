// What is shown stands in the address, and the address says what is shown.

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
