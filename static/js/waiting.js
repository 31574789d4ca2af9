// Looks again while something is being built, and puts what the page says now in its place; a link does the same without it.
const PAUSE_MS = 2_000;
const LONGEST_MS = 600_000;

/** Let the browser read the page: a string as HTML is none of what this site's policy allows. */
function fetched(href) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", href);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.responseXML : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

async function look(place, until) {
  if (place.dataset.waiting !== "yes" || Date.now() > until) return;
  const page = document.visibilityState === "hidden" ? null : await fetched(location.href);
  const now = page?.querySelector("[data-waiting]");
  if (now && now.innerHTML !== place.innerHTML) {
    place.dataset.waiting = now.dataset.waiting;
    place.replaceChildren(...[...now.childNodes].map((each) => document.adoptNode(each)));
  }
  setTimeout(() => look(place, until), PAUSE_MS);
}

export function startWaiting() {
  const place = document.querySelector("[data-waiting]");
  if (place) setTimeout(() => look(place, Date.now() + LONGEST_MS), PAUSE_MS);
}
