// What a hand, a mouse and an address set off. The last of the files: here the page begins.

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

// Which target a sign stands for.
function nameCell(event) {
  const cells = event.target.closest?.(".cells");
  if (!cells) return;
  const box = cells.getBoundingClientRect();
  cells.title = names[Math.floor(((event.clientX - box.left) / box.width) * names.length)] ?? "";
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
