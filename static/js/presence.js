// Tells colleagues which question one is on, and shows which ones they are on; quietly, and never more often than needed.
import { message } from "./messages.js";

const STAY_MS = 30_000;
const SETTLE_MS = 1_000;
const SHORTEST_GAP_MS = 5_500;

class Presence {
  constructor(line) {
    this.line = line;
    this.item = "";
    this.sentAt = 0;
    this.timer = null;
  }

  start() {
    document.addEventListener("focusin", ({ target }) => this.moved(target.closest("[data-item]")?.dataset.item));
    document.addEventListener("visibilitychange", () => this.plan(SETTLE_MS));
    this.plan(STAY_MS);
  }

  moved(item) {
    if (item === undefined || item === this.item) return;
    this.item = item;
    this.plan(SETTLE_MS);
  }

  /** Somebody who tabs through a page is on no question: wait until they stay, and leave a gap between two signs. */
  plan(wait) {
    clearTimeout(this.timer);
    if (document.visibilityState === "hidden") return;
    this.timer = setTimeout(() => this.send(), Math.max(wait, this.sentAt + SHORTEST_GAP_MS - Date.now()));
  }

  /** A sign that is lost is not missed: the next one follows in half a minute. */
  async send() {
    this.sentAt = Date.now();
    this.plan(STAY_MS);
    try {
      const response = await fetch(this.line.dataset.presenceUrl, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": this.line.dataset.csrf ?? "" },
        body: JSON.stringify({ section: this.line.dataset.section, item: this.item }),
      });
      if (response.ok) this.show((await response.json()).here);
    } catch {
      // offline: what is shown stays until the next sign
    }
  }

  show(here) {
    for (const place of document.querySelectorAll("[data-here]")) {
      const item = place.dataset.here;
      const names = here.filter((each) => each.section === this.line.dataset.section && each.item === item);
      const words = item === "" ? "in_this_section" : "on_this_question";
      const text = names.length === 0 ? "" : message(words, { names: names.map((each) => each.name).join(", ") });
      // A polite live region speaks when its text changes: say a thing once.
      if (place.textContent !== text) place.textContent = text;
    }
  }
}

export function startPresence() {
  const line = document.querySelector("[data-presence-url]");
  if (line) new Presence(line).start();
}
