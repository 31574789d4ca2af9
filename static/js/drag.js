// Drags parts of an outline to another place: it sends what the buttons of the part's own page send, and shows the answer.

const LINES = "[data-address]";
const kindOf = (address) => address.split("/")[0];
const codeOf = (address) => address.split("/").slice(1).join("/");
const linesOf = (list) => [...list.querySelectorAll(`:scope > ${LINES}`)];
const outlineIn = (root) => root.querySelector("[data-outline]");

/** Where a part would go: before or behind another of its kind, or to the end of a section. */
function placeOf(line, dragged, y) {
  const list = line.parentElement;
  const kind = kindOf(dragged.dataset.address);
  if (list.dataset.like === kind && line !== dragged) {
    const box = line.getBoundingClientRect();
    const isBehind = y > box.top + Math.min(box.height, heightOfLink(line)) / 2;
    const others = linesOf(list).filter((each) => each !== dragged);
    const section = list.closest("[data-section]")?.dataset.section ?? "";
    return { line, isBehind, section: kind === "item" ? section : "", position: others.indexOf(line) + (isBehind ? 2 : 1) };
  }
  if (kind === "item" && line.dataset.section) return { line, isBehind: true, section: line.dataset.section, position: "" };
  return null;
}

const heightOfLink = (line) => line.querySelector("a").getBoundingClientRect().height * 2;

/** The nearest line that takes what is dragged: an item is dropped on items and sections, a section on sections. */
function targetOf(event, dragged) {
  let line = event.target.closest?.(LINES);
  while (line) {
    const place = placeOf(line, dragged, event.clientY);
    if (place) return place;
    line = line.parentElement.closest(LINES);
  }
  return null;
}

function unmark(outline) {
  for (const line of outline.querySelectorAll("[data-drop]")) delete line.dataset.drop;
}

const say = (outline, text) => {
  outline.querySelector("[data-outline-said]").textContent = text;
};

/** Ask for a page, or send a form; the browser parses the answer itself, so no text is made into HTML here. */
function request(method, url, fields = null) {
  return new Promise((resolve) => {
    const sent = new XMLHttpRequest();
    sent.open(method, url);
    sent.responseType = "document";
    sent.onload = () => resolve({ status: sent.status, page: sent.response, url: sent.responseURL });
    sent.onerror = () => resolve({ status: 0, page: null, url: "" });
    sent.send(fields);
  });
}

/** Put the outline as the service has it now in this one's place; what is typed beside it stays. */
async function reload(outline) {
  const { page } = await request("GET", window.location.pathname);
  const fresh = page && outlineIn(page);
  if (!fresh) return outline;
  outline.replaceWith(document.adoptNode(fresh));
  startOutline(fresh);
  return fresh;
}

const reasonOf = (page) =>
  [".error-summary a", "main .lead", "main h1"].map((each) => page?.querySelector(each)?.textContent.trim()).find(Boolean) ?? "";

async function move(outline, address, place) {
  const fields = new FormData();
  const sent = { csrf_token: outline.dataset.csrf, act: "move", section: place.section, position: place.position };
  for (const [name, value] of Object.entries(sent)) fields.append(name, value);
  const encoded = new URLSearchParams(fields);
  const url = `${outline.dataset.outline}${kindOf(address)}/${encodeURIComponent(codeOf(address))}`;
  const { status, page, url: landed } = await request("POST", url, encoded);
  const { moved, refused, failed } = outline.dataset;
  const fresh = await reload(outline);
  if (status === 200 && landed.includes("/parts/")) say(fresh, moved.replace("{part}", codeOf(address)));
  else if (status >= 400 && status < 500 && status !== 401 && status !== 403) say(fresh, refused.replace("{reason}", reasonOf(page)));
  else say(fresh, failed);
  fresh.querySelector(`[data-address="${CSS.escape(address)}"] a`)?.focus();
}

function startOutline(outline) {
  let dragged = null;
  for (const line of outline.querySelectorAll(LINES)) {
    line.draggable = true;
    for (const link of line.querySelectorAll("a")) link.draggable = false;
  }
  outline.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(LINES) ?? null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.address);
    dragged.dataset.dragged = "";
  });
  outline.addEventListener("dragover", (event) => {
    unmark(outline);
    const place = dragged && targetOf(event, dragged);
    if (!place) return;
    event.preventDefault();
    place.line.dataset.drop = place.position === "" ? "inside" : place.isBehind ? "behind" : "before";
  });
  outline.addEventListener("drop", (event) => {
    const place = dragged && targetOf(event, dragged);
    if (!place) return;
    event.preventDefault();
    move(outline, dragged.dataset.address, place);
  });
  outline.addEventListener("dragend", () => {
    unmark(outline);
    if (dragged) delete dragged.dataset.dragged;
    dragged = null;
  });
}

export function startDragging() {
  document.querySelectorAll("[data-outline]").forEach(startOutline);
}
