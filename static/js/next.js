// Leads to the next question without an answer, from where the person is; the plain link leads to the first one.
import { fieldOf, isWhole, readAnswer } from "./answer.js";

const JUST_BELOW_PX = 8;

function isBlank(question) {
  const answer = readAnswer(question);
  return fieldOf(question, "seen").length > 0 && (answer.state === "blank" || !isWhole(question, answer));
}

/** The next blank question below the top of the window, else the first of the page; null when none is left. */
function nextBlank() {
  const blank = [...document.querySelectorAll("form [data-item]")].filter(isBlank);
  const isBelow = (question) => question.getBoundingClientRect().top > JUST_BELOW_PX + marginOf(question);
  return blank.find(isBelow) ?? blank[0] ?? null;
}

function marginOf(question) {
  return Number.parseFloat(getComputedStyle(question).scrollMarginBlockStart) || 0;
}

export function startNextLinks() {
  for (const link of document.querySelectorAll("[data-next-blank]")) {
    link.addEventListener("click", () => link.setAttribute("href", `#${nextBlank()?.id ?? "end-of-section"}`));
  }
}
