// Reads back what is typed in an editor: the service says each condition as a sentence and draws the points; nothing is saved.

const PAUSE_MS = 500;

/** What the service reads, or null; the browser parses it itself, so no text is made into HTML here. */
function readBack(form) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.readingUrl);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.response : null);
    request.onerror = () => resolve(null);
    request.send(new URLSearchParams(new FormData(form)));
  });
}

/** Put what is read anew in the place of what was; what reads the same stays, so that nothing is said twice. */
function show(form, fresh) {
  for (const place of form.querySelectorAll("[data-reading]")) {
    const read = fresh.querySelector(`[data-reading="${CSS.escape(place.dataset.reading)}"]`);
    if (read && read.innerHTML !== place.innerHTML) place.replaceChildren(...[...read.childNodes].map((each) => document.adoptNode(each)));
  }
}

function startForm(form) {
  if (!form.querySelector("[data-reading]")) return;
  let timer = null;
  let turn = 0;
  const read = async () => {
    turn += 1;
    const mine = turn;
    const fresh = await readBack(form);
    if (fresh && mine === turn) show(form, fresh);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE_MS);
  });
}

export function startReadings() {
  document.querySelectorAll("form[data-reading-url]").forEach(startForm);
}
