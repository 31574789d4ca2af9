// Saves each answer on its own while the person works: one request at a time per item, nothing lost.
import { fieldOf, isWhole, readAnswer, wordsOf, writeAnswer } from "./answer.js";
import { followConditions, questionnaireOf } from "./follow.js";
import { message } from "./messages.js";
import { find, forget, keep } from "./unsaved.js";

const TYPING_PAUSE_MS = 800;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const LONGEST_HOLD_MS = 4_000;
const QUIET_SAVING_MS = 400;

const sameAnswer = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** One question that saves itself. */
class SavingItem {
  constructor(form, question) {
    this.form = form;
    this.question = question;
    this.code = question.dataset.item;
    this.url = form.dataset.autosaveUrl;
    this.questionnaire = questionnaireOf(form);
    this.status = question.querySelector("[data-save-state]");
    this.seen = fieldOf(question, "seen")[0];
    this.saved = readAnswer(question, { asSent: true });
    this.timer = null;
    this.flight = null;
    this.uncertain = null; // what was sent and never acknowledged: it may be stored, so it is sent again before anything newer
    this.failures = 0;
    this.isWaiting = false;
    this.trouble = null; // why it is not saved: "offline", "retrying", "signed_out", or "stopped" until the person acts
  }

  get isUnsaved() {
    return this.flight !== null || this.uncertain !== null || !sameAnswer(readAnswer(this.question), this.saved);
  }

  start() {
    this.restore();
    if (this.isUnsaved && this.flight === null) this.edited(0);
    this.question.addEventListener("input", () => this.edited(TYPING_PAUSE_MS));
    this.question.addEventListener("change", () => this.edited(0));
  }

  /** Bring back what was kept, unless the page already shows it or the form carried it away. */
  restore() {
    const kept = find(this.url, this.code);
    if (!kept) return;
    if ((kept.questionnaire ?? this.questionnaire) !== this.questionnaire) {
      this.carryOver(kept);
      return;
    }
    const wasCarried = kept.isSubmitted && Number(this.seen.value) > kept.seen;
    if (wasCarried || (!kept.uncertain && sameAnswer(kept.answer, this.saved))) {
      forget(this.url, this.code);
      return;
    }
    writeAnswer(this.question, kept.answer);
    this.seen.value = kept.seen;
    this.uncertain = kept.uncertain ?? null;
    this.say("waiting", message("restored"));
    this.question.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * What was typed before the review was moved goes to the service with the words that were read: it alone knows whether they
   * still ask for the same. Until then nothing is put into the form, for it may be no answer to what stands there now.
   */
  async carryOver(kept) {
    if (this.question.querySelector("[data-typed-before]")) {
      forget(this.url, this.code); // the page shows it already
      return;
    }
    this.flight = this.put(kept.answer, kept);
    const reply = await this.flight;
    this.flight = null;
    this.settleCarried(kept, reply);
  }

  settleCarried(kept, reply) {
    const isUntouched = sameAnswer(readAnswer(this.question), this.saved);
    const isPassing = isPassingStatus(reply.status) || reply.status === 401;
    if (isPassing && isUntouched) {
      this.say("waiting", message("retrying"));
      setTimeout(() => this.carryOver(kept), FIRST_WAIT_MS);
    } else if (reply.status === 200 || (reply.status === 409 && reply.body.code === "answer_changed")) {
      if (reply.status === 409) this.seen.value = kept.seen;
      if (isUntouched) writeAnswer(this.question, kept.answer);
      this.settle(kept.answer, reply);
      this.question.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      this.say("problem", message("typed_before", { words: kept.words ?? "" }));
      if (!isUntouched) this.sendAfter(0);
    }
  }

  edited(pause) {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.isUnsaved) {
      forget(this.url, this.code);
      return;
    }
    this.keep();
    if (this.flight === null) this.sendAfter(pause);
  }

  keep(isSubmitted = false) {
    const answer = readAnswer(this.question);
    const words = wordsOf(this.question);
    const read = { seen: Number(this.seen.value), questionnaire: this.questionnaire };
    keep(this.url, this.code, { ...read, answer, words, isSubmitted, uncertain: this.uncertain });
  }

  sendAfter(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  /** Cancel what is planned, and answer with what is under way, if anything. */
  hold() {
    clearTimeout(this.timer);
    this.timer = null;
    return this.flight;
  }

  retryNow() {
    if (this.isWaiting && this.flight === null) this.sendAfter(0);
  }

  async send() {
    this.timer = null;
    if (this.flight !== null || !this.isUnsaved) return;
    const answer = this.uncertain ?? readAnswer(this.question);
    this.isWaiting = false;
    const slow = setTimeout(() => this.say("saving", message("saving")), QUIET_SAVING_MS);
    this.flight = this.put(answer).then((reply) => {
      clearTimeout(slow);
      this.flight = null;
      this.settle(answer, reply);
    });
    await this.flight;
  }

  /** Send one answer with what was read: its version, and the questionnaire's. A lost connection reads as status 0. */
  async put(answer, { seen, questionnaire } = { seen: Number(this.seen.value), questionnaire: this.questionnaire }) {
    try {
      const response = await fetch(`${this.url}/${encodeURIComponent(this.code)}`, {
        method: "PUT",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": this.form.dataset.csrf ?? "" },
        body: JSON.stringify({ ...answer, seen, questionnaire }),
      });
      const body = await response.json().catch(() => ({}));
      return { status: response.status, body };
    } catch {
      return { status: 0, body: {} };
    }
  }

  settle(answer, { status, body }) {
    const isPassing = isPassingStatus(status);
    this.uncertain = isPassing ? answer : null;
    this.trouble = troubleOf(status, isPassing);
    if (!isPassing && status !== 401) this.failures = 0;
    if (status === 200) this.settleSaved(answer, body);
    else if (isPassing) this.settleLater("retrying");
    else if (status === 401) this.settleLater("signed_out");
    else if (body.code === "question_changed") this.settleChangedQuestion();
    else if (status === 409) this.settleConflict(body);
    else this.settleRefused(answer, body);
  }

  settleSaved(answer, body) {
    this.saved = answer;
    this.seen.value = body.version;
    this.question.querySelector("[data-saved-by]")?.setAttribute("hidden", "");
    this.question.querySelector("[data-still-needed]")?.remove();
    const words = isWhole(this.question, answer) ? "saved" : "saved_in_part";
    this.say("saved", message(words, { time: timeOf(body.saved_at) }));
    this.form.dispatchEvent(new CustomEvent("answersaved", { detail: { item: this, asked: body.asked, questionnaire: body.questionnaire } }));
    if (this.isUnsaved) {
      this.keep();
      this.sendAfter(0);
    } else {
      forget(this.url, this.code);
    }
  }

  settleLater(reason) {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.failures, LONGEST_WAIT_MS);
    this.failures += 1;
    this.isWaiting = true;
    this.keep();
    this.say("waiting", message(reason));
    this.sendAfter(wait);
  }

  settleConflict(body) {
    this.keep();
    const saved = this.question.querySelector("[data-saved-by]");
    const { saved_by: name, saved_at: moment } = body.current ?? {};
    if (saved && name && moment) saved.textContent = message("saved_by", { name, time: timeOf(moment) });
    if (body.asked_anew_in) {
      this.say("conflict", message("asked_anew", { version: body.asked_anew_in }));
      return;
    }
    this.say("conflict", message("conflict", { name: body.current?.saved_by || message("colleague") }));
  }

  settleChangedQuestion() {
    this.keep();
    this.say("conflict", message("question_changed"));
  }

  settleRefused(answer, body) {
    this.keep();
    const problem = body.problems?.[0]?.message;
    this.say("problem", problem ? message("invalid", { problem }) : message("refused"));
    if (!sameAnswer(readAnswer(this.question), answer)) this.sendAfter(TYPING_PAUSE_MS);
  }

  /** The status line is a polite live region: say a thing once. */
  say(state, text) {
    this.status.dataset.state = state;
    this.form.dispatchEvent(new CustomEvent("savestate"));
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}

function isPassingStatus(status) {
  return status === 0 || status >= 500 || status === 408 || status === 429;
}

function troubleOf(status, isPassing) {
  if (status === 200) return null;
  if (status === 0) return "offline";
  if (status === 401) return "signed_out";
  return isPassing ? "retrying" : "stopped";
}

/** Say in the bar that stays in sight what is not saved; the line at the foot of a question may be far away. */
function showTrouble(form, items, isHeld) {
  const bar = form.querySelector("[data-save-trouble]");
  if (!bar) return;
  const troubled = items.filter((item) => item.trouble !== null);
  const has = (trouble) => troubled.some((item) => item.trouble === trouble);
  const words = () => {
    if (isHeld) return message("bar_held");
    if (has("signed_out")) return message("bar_signed_out");
    if (has("offline")) return message("bar_offline");
    if (has("retrying")) return message("retrying");
    return message("bar_not_saved", { codes: troubled.map((item) => item.code).join(", ") });
  };
  bar.hidden = troubled.length === 0 && !isHeld;
  bar.querySelector("[data-save-trouble-words]").textContent = bar.hidden ? "" : words();
  bar.querySelector("[data-sign-in-again]").hidden = !has("signed_out");
}

function timeOf(moment) {
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(document.documentElement.lang, clock).format(moment ? new Date(moment) : new Date());
}

/** How much of this page is saved; the service counts the whole review, which is more than the page shows. */
function showCompleteness(form, items) {
  const saving = new Map(items.map((item) => [item.question, item]));
  const questions = [...form.querySelectorAll("[data-item]")].filter((question) => fieldOf(question, "seen").length > 0);
  const isDone = (question) => {
    const saved = saving.get(question)?.saved;
    return saved === undefined || (saved.state !== "blank" && isWhole(question, saved));
  };
  const done = questions.filter(isDone).length;
  for (const element of form.querySelectorAll("[data-completeness]")) {
    element.textContent = message("done_of_total", { done, total: questions.length });
  }
}

const isCutOff = (items) => !navigator.onLine || items.some((item) => item.trouble === "offline");

/**
 * Let a save under way finish before the form is sent, so that nobody conflicts with themselves. Without a connection hold
 * it, because the browser would show its own error in place of the page; it is sent once the connection is back. Only the
 * browser's word holds it: where saves alone fail, as behind a proxy that refuses them, the form is the way out.
 */
function watchSubmit(form, items) {
  let isLeaving = false;
  let hasHeld = false;
  let held = null;
  const show = () => showTrouble(form, items, held !== null);
  const stay = () => {
    held = null;
    show();
  };
  const sendHeld = () => {
    if (held === null || isCutOff(items)) return;
    const { submitter } = held;
    stay();
    form.requestSubmit(submitter);
  };
  form.addEventListener("input", stay);
  form.addEventListener("savestate", show);
  form.addEventListener("answersaved", () => setTimeout(sendHeld));
  window.addEventListener("online", sendHeld);
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      held = { submitter: event.submitter };
      items.filter((item) => item.isUnsaved).forEach((item) => item.keep());
      show();
      return;
    }
    stay();
    const flights = items.map((item) => item.hold()).filter((flight) => flight !== null);
    if (flights.length > 0 && !hasHeld) {
      hasHeld = true;
      event.preventDefault();
      const tooLong = new Promise((resolve) => setTimeout(resolve, LONGEST_HOLD_MS));
      Promise.race([Promise.all(flights), tooLong]).then(() => form.requestSubmit(event.submitter));
      return;
    }
    isLeaving = true;
    items.filter((item) => item.isUnsaved).forEach((item) => item.keep(true));
  });
  window.addEventListener("pageshow", () => {
    isLeaving = false;
    hasHeld = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && items.some((item) => item.isUnsaved)) event.preventDefault();
  });
}

/** A settled question has nothing to save; one in conflict waits for the person to choose and press Save. */
function isSaving(question) {
  return fieldOf(question, "seen").length > 0 && fieldOf(question, "resolve").length === 0;
}

/** Show what is asked now; new questions save themselves as the others do, and one that is gone has nothing to save. */
async function follow(form, items, { item: saved, asked, questionnaire }) {
  if (questionnaire !== questionnaireOf(form)) {
    saved.say("saved", `${saved.status.textContent} ${message("moved")}`);
    return;
  }
  const { added, words } = await followConditions(form, asked);
  if (words) saved.say("saved", `${saved.status.textContent} ${words}`);
  const staying = items.filter((item) => form.contains(item.question));
  const starting = added.filter(isSaving).map((question) => new SavingItem(form, question));
  items.splice(0, items.length, ...staying, ...starting);
  starting.forEach((item) => item.start());
  added.forEach((question) => question.dispatchEvent(new Event("change", { bubbles: true })));
  showCompleteness(form, items);
}

function startForm(form) {
  const items = [...form.querySelectorAll("[data-item]")].filter(isSaving).map((each) => new SavingItem(form, each));
  items.forEach((item) => item.start());
  watchSubmit(form, items);
  form.addEventListener("answersaved", ({ detail }) => {
    showCompleteness(form, items);
    follow(form, items, detail);
  });
  for (const moment of ["online", "focus"]) {
    window.addEventListener(moment, () => items.forEach((item) => item.retryNow()));
  }
}

export function startAutosave() {
  document.querySelectorAll("form[data-autosave-url]").forEach(startForm);
}
