// Follows the conditions: when an answer changes what is asked, the questions appear or go at once. The service decides.
import { message } from "./messages.js";

const questionsOf = (root) => [...root.querySelectorAll("[data-item]")];
const codeOf = (question) => question.dataset.item;

/** The version of the questionnaire whose words a page shows; the review may be moved to another while it is open. */
export const questionnaireOf = (page) => page.querySelector('input[name="questionnaire"]')?.value ?? "";

/** Bring the form to what the service asks; answers with the questions that are new, and with words for what changed. */
export async function followConditions(form, asked) {
  const shown = questionsOf(form);
  const gone = shown.filter((question) => !asked.includes(codeOf(question)));
  const isMissing = asked.some((code) => !shown.some((question) => codeOf(question) === code));
  const added = isMissing ? await insertMissing(form) : [];
  gone.forEach((question) => question.remove());
  return { added, words: wordsFor(added, gone) };
}

/** Read the page anew and take over the questions that this one does not have, each behind the one that goes before it. */
async function insertMissing(form) {
  const fresh = await readAnew();
  const added = [];
  let before = null;
  const isSame = fresh !== null && questionnaireOf(fresh) === questionnaireOf(form);
  for (const question of isSame ? questionsOf(fresh) : []) {
    const present = form.querySelector(`[data-item="${CSS.escape(codeOf(question))}"]`);
    if (!present) {
      const node = document.adoptNode(question);
      if (before) before.after(node);
      else questionsOf(form)[0].before(node);
      added.push(node);
    }
    before = present ?? added.at(-1);
  }
  return added;
}

/** This page as the service sends it now, or null. The browser parses it itself: text is never made into HTML here. */
function readAnew() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", window.location.pathname);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.response : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

function wordsFor(added, gone) {
  const codes = (questions) => questions.map(codeOf).join(", ");
  return [
    added.length > 0 ? message("asked_now", { codes: codes(added) }) : "",
    gone.length > 0 ? message("no_longer_asked", { codes: codes(gone) }) : "",
  ]
    .filter(Boolean)
    .join(" ");
}
