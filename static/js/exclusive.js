// Keeps answers that contradict each other from standing together: "none of these" and the other ticks of a list;
// a tick and "does not apply" of the same option; an answer and "we cannot answer".

/** Ticking the exclusive option unticks the others; ticking another unticks it. */
function untickContradictions(ticked) {
  const group = ticked.closest("fieldset") ?? document;
  for (const other of group.querySelectorAll('input[type="checkbox"]')) {
    const isContradiction = "exclusive" in ticked.dataset || "exclusive" in other.dataset;
    if (other !== ticked && other.name === ticked.name && isContradiction) other.checked = false;
  }
}

/** An option that is ticked applies, and one that does not apply is not ticked. */
function untickTwin(ticked) {
  const question = ticked.closest("[data-item]");
  if (!question) return;
  const [value, leftOut] = ["value", "not_applicable"].map((field) => `${question.dataset.item}.${field}`);
  const twinName = { [value]: leftOut, [leftOut]: value }[ticked.name];
  for (const other of question.querySelectorAll('input[type="checkbox"]')) {
    if (other.name === twinName && other.value === ticked.value) other.checked = false;
  }
}

/** Giving an answer takes back "we cannot answer" for the same question. */
function useTheAnswer(control) {
  const question = control.closest("[data-item]");
  const names = ["value", "not_applicable"].map((field) => `${question?.dataset.item}.${field}`);
  const isField = question !== null && control.name.startsWith(`${question.dataset.item}.record.`);
  if (!question || !(names.includes(control.name) || (isField && question.dataset.kind === "records"))) return;
  const isGiven = control.type === "checkbox" ? control.checked : control.value.trim() !== "";
  const answered = question.querySelector('input[type="radio"][value="answered"]');
  if (isGiven && answered) answered.checked = true;
}

export function startExclusive() {
  document.addEventListener(
    "change",
    ({ target }) => {
      if (target.type !== "checkbox" || !target.checked) return;
      untickContradictions(target);
      untickTwin(target);
    },
    { capture: true },
  );
  document.addEventListener("input", ({ target }) => useTheAnswer(target), { capture: true });
}
