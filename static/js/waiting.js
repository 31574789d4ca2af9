// Looks again while something is being built, and puts what the page says now in its place; a link does the same without it.
const PAUSE_MS = 2_000;
const LONGEST_MS = 600_000;

async function look(place, until) {
  if (place.dataset.waiting !== "yes" || Date.now() > until) return;
  if (document.visibilityState !== "hidden") {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const now = page.querySelector("[data-waiting]");
        if (now && now.innerHTML !== place.innerHTML) {
          place.dataset.waiting = now.dataset.waiting;
          place.replaceChildren(...now.childNodes);
        }
      }
    } catch {
      // offline: what is shown stays until the next look
    }
  }
  setTimeout(() => look(place, until), PAUSE_MS);
}

export function startWaiting() {
  const place = document.querySelector("[data-waiting]");
  if (place) setTimeout(() => look(place, Date.now() + LONGEST_MS), PAUSE_MS);
}
