// The page is whole without this: it only hides and shows the columns about closing.
"use strict";

const toggle = document.getElementById("toggle_details");

if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const hidden = document.body.classList.toggle("no-close");
    toggle.setAttribute("aria-pressed", String(!hidden));
  });
}
