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
