// Cases stand in portions of forty. A browser leaves one that is out of sight alone, so that a page of
// thousands opens quickly; but a screen reader is told only of what is laid out. So all are, one after
// the other, when there is nothing else to do. Of a portion of which a filter leaves but a few nobody
// knows the height before: then all are at once.

const portions = [...document.querySelectorAll(".some")];
const whenIdle = window.requestIdleCallback ?? ((run) => setTimeout(run, 50));
let waiting = [];

function layOut(portion) {
  portion.classList.add("laid");
}

function layOutAll() {
  waiting = [];
  portions.forEach(layOut);
}

function layOutNext() {
  if (waiting.length === 0) return;
  layOut(waiting.shift());
  whenIdle(layOutNext);
}

function layOutLater() {
  if (waiting.length === 0) whenIdle(layOutNext);
  waiting = [...portions];
  portions.forEach((portion) => portion.classList.remove("laid"));
}
