// Keeps unsaved answers in this tab's sessionStorage, one entry per review and item.

const keyOf = (url, code) => `unsaved ${url} ${code}`;

/** Storage may be full or forbidden; the page then works without the safety net. */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export function keep(url, code, entry) {
  attempt(() => sessionStorage.setItem(keyOf(url, code), JSON.stringify(entry)));
}

export function forget(url, code) {
  attempt(() => sessionStorage.removeItem(keyOf(url, code)));
}

/** The kept entry, or null. */
export function find(url, code) {
  return attempt(() => JSON.parse(sessionStorage.getItem(keyOf(url, code))));
}
