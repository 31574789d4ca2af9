// Tells how many characters are left in a textarea with a maxlength; aloud only after a pause.
import { message } from "./messages.js";

const QUIET_MS = 1000;

function startCount(textarea) {
  const seen = document.createElement("p");
  seen.className = "count";
  seen.setAttribute("aria-hidden", "true");
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  textarea.after(seen, spoken);

  let pause;
  const update = () => {
    const text = message("characters_left", { number: textarea.maxLength - textarea.value.length });
    seen.textContent = text;
    return text;
  };
  update();
  textarea.addEventListener("input", () => {
    const text = update();
    clearTimeout(pause);
    pause = setTimeout(() => {
      spoken.textContent = text;
    }, QUIET_MS);
  });
}

export function startCounts() {
  document.querySelectorAll("textarea[maxlength]").forEach(startCount);
}
