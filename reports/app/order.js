// In which order, under which headings.

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
