// The words scripts say, read from the page so that they are translated with the rest of it.

/** The message with each {name} replaced, e.g. message("saved", { time: "14:02" }). */
export function message(name, values = {}) {
  const words = document.getElementById("messages")?.content;
  const text = words?.querySelector(`[data-message="${name}"]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}
