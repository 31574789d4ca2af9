// Shows a field only while the radio or checkbox with data-reveal="its id" is chosen.

function update(control) {
  const field = document.getElementById(control.dataset.reveal);
  if (field) field.hidden = !control.checked;
}

export function startReveal() {
  const updateAll = () => document.querySelectorAll("[data-reveal]").forEach(update);
  updateAll();
  document.addEventListener("change", updateAll);
  window.addEventListener("pageshow", updateAll);
}
