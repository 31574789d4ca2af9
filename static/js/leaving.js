// Asks before what is typed into an editor's form, and not saved yet, is left behind. Autosave asks for its own forms.

/** Everything that would be sent, as one text; a form that came back with what was typed counts as changed from the start. */
const stateOf = (form) => new URLSearchParams(new FormData(form)).toString();

function startForm(form) {
  const saved = "typed" in form.dataset ? null : stateOf(form);
  let isSaving = false;
  form.addEventListener("submit", () => {
    isSaving = true;
  });
  window.addEventListener("pageshow", () => {
    isSaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSaving && stateOf(form) !== saved) event.preventDefault();
  });
}

export function startLeaving() {
  document.querySelectorAll("form[data-unsaved]").forEach(startForm);
}
