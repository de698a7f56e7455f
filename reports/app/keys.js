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
