// Keeps answers that contradict each other from standing together:
// "none of these" and the other ticks of a list; an answer and "we cannot answer".

/** Ticking the exclusive option unticks the others; ticking another unticks it. */
function untickContradictions(ticked) {
  const group = ticked.closest("fieldset") ?? document;
  for (const other of group.querySelectorAll('input[type="checkbox"]')) {
    const isContradiction = "exclusive" in ticked.dataset || "exclusive" in other.dataset;
    if (other !== ticked && other.name === ticked.name && isContradiction) other.checked = false;
  }
}

/** Giving an answer takes back "we cannot answer" for the same question. */
function useTheAnswer(control) {
  const question = control.closest("[data-item]");
  if (!question || control.name !== `${question.dataset.item}.value`) return;
  const isGiven = control.type === "checkbox" ? control.checked : control.value.trim() !== "";
  const answered = question.querySelector('input[type="radio"][value="answered"]');
  if (isGiven && answered) answered.checked = true;
}

export function startExclusive() {
  document.addEventListener(
    "change",
    ({ target }) => {
      if (target.type === "checkbox" && target.checked) untickContradictions(target);
    },
    { capture: true },
  );
  document.addEventListener("input", ({ target }) => useTheAnswer(target), { capture: true });
}
