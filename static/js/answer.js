// Reads one question's controls as an answer, and puts an answer back into them.

const STATES = {
  "~not_applicable": "not_applicable",
  "~not_available": "not_available",
  "~declined": "declined",
};
const CHOICES = Object.fromEntries(Object.entries(STATES).map(([choice, state]) => [state, choice]));

/** The controls of one field of a question, e.g. fieldOf(question, "comment"). */
export function fieldOf(question, field) {
  const name = `${question.dataset.item}.${field}`;
  return [...question.querySelectorAll("input, select, textarea")].filter((control) => control.name === name);
}

/** The body that the service expects; as the page was sent when `asSent`, as it stands now otherwise. */
export function readAnswer(question, { asSent = false } = {}) {
  const isChosen = (control) => (asSent ? control.defaultChecked : control.checked);
  const textOf = (control) => (asSent ? control.defaultValue : control.value).trim();
  const text = (field) => fieldOf(question, field).map(textOf)[0] ?? "";
  const choice = fieldOf(question, "choice").find(isChosen)?.value ?? "";
  const given = readValue(question.dataset.kind, choice, fieldOf(question, "value"), isChosen, textOf);
  const leftOut = fieldOf(question, "not_applicable").filter(isChosen).map((control) => control.value);
  const groups = readGroups(question, asSent);
  const isRecords = question.dataset.kind === "records";
  const filled = groups.filter((group) => Object.values(group).some((text) => text !== ""));
  const value = isRecords ? (filled.length > 0 ? groups : null) : given;
  const state = STATES[choice] ?? (value === null && leftOut.length === 0 ? "blank" : "answered");
  return {
    state,
    value: state === "answered" ? value : null,
    details: (state === "answered" || state === "blank") && !isRecords ? groups : [],
    not_applicable: state === "answered" ? leftOut : [],
    reason: text(reasonField(question, state)),
    comment: text("comment"),
    evidence_url: text("evidence_url"),
  };
}

/** What a person chose and typed, in the words of the page: for when the question itself is another by then. */
export function wordsOf(question) {
  const own = controlsOf(question).filter((control) => control.type !== "hidden" && !control.name.endsWith(".resolve"));
  return own.map(wordsOfControl).filter(Boolean).join("; ");
}

function wordsOfControl(control) {
  if (control.type === "radio" || control.type === "checkbox") {
    return control.checked ? (control.labels[0]?.textContent ?? control.value).replace(/\s+/g, " ").trim() : "";
  }
  if (control.type === "select-one") return control.value ? control.selectedOptions[0].textContent.trim() : "";
  return control.value.trim();
}

/** The groups of named fields, in the order of the form; an empty one keeps its place, so that faults name the right one. */
function readGroups(question, asSent) {
  return [...question.querySelectorAll("[data-record]")].map((group) =>
    Object.fromEntries(controlsOf(group).map((control) => [fieldName(control), sentOrTyped(control, asSent)])),
  );
}

const controlsOf = (group) => [...group.querySelectorAll("input, select, textarea")];
const fieldName = (control) => control.name.split(".").at(-1);

function sentOrTyped(control, asSent) {
  if (!asSent) return control.value.trim();
  if (control.type !== "select-one") return control.defaultValue.trim();
  return ([...control.options].find((option) => option.defaultSelected)?.value ?? "").trim();
}

/** The reason is either about the whole question, or about the options that are left out of it. */
function reasonField(question, state) {
  const isAboutOptions = state !== "not_applicable" && fieldOf(question, "options_reason").length > 0;
  return isAboutOptions ? "options_reason" : "reason";
}

function readValue(kind, choice, controls, isChosen, textOf) {
  switch (kind) {
    case "maturity":
      return choice === "" ? null : Number.parseInt(choice, 10);
    case "yes_no":
    case "choice":
      return choice === "" ? null : choice;
    case "checklist": {
      const ticked = controls.filter(isChosen).map((control) => control.value);
      return ticked.length > 0 ? ticked : null;
    }
    default:
      return controls.map(textOf).find((text) => text !== "") ?? null;
  }
}

/** Put a kept answer back, opening whatever hides it. */
export function writeAnswer(question, answer) {
  const values = [answer.value].flat().filter((value) => value !== null).map(String);
  const choice = CHOICES[answer.state] ?? values[0] ?? "";
  for (const control of fieldOf(question, "choice")) {
    control.checked = control.value === choice || (control.value === "answered" && !CHOICES[answer.state]);
  }
  for (const control of fieldOf(question, "value")) {
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  }
  const groups = question.dataset.kind === "records" ? answer.value : answer.details;
  [...question.querySelectorAll("[data-record]")].forEach((group, place) => {
    for (const control of controlsOf(group)) control.value = groups?.[place]?.[fieldName(control)] ?? "";
    if (controlsOf(group).some((control) => control.value)) openAround(group);
  });
  for (const control of fieldOf(question, "not_applicable")) {
    control.checked = (answer.not_applicable ?? []).includes(control.value);
  }
  writeText(question, reasonField(question, answer.state), answer.reason);
  writeText(question, "comment", answer.comment);
  writeText(question, "evidence_url", answer.evidence_url);
}

/** Open everything that hides a control, one inside the other. */
function openAround(element) {
  for (let outer = element.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
}

function writeText(question, field, text) {
  for (const control of fieldOf(question, field)) {
    control.value = text;
    if (text) openAround(control);
  }
}

/** An answer is whole when each of its groups has the fields that it needs, as the service counts it. */
export function isWhole(question, answer) {
  const needed = question.querySelector("[data-needed]")?.dataset.needed.split(" ").filter(Boolean) ?? [];
  if (answer.state !== "answered" || needed.length === 0) return true;
  const groups = (answer.details.length > 0 ? answer.details : [answer.value].flat()).filter(
    (group) => group !== null && Object.values(group).some((text) => text !== ""),
  );
  return groups.length > 0 && groups.every((group) => needed.every((field) => group[field]));
}
