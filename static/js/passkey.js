// Passkeys: fetches what has to be signed, lets the browser ask the person, and sends the answer with the form.

const words = (form) => form.querySelector("[data-passkey-words]").content;

function say(form, text) {
  const place = form.querySelector("[data-passkey-said]");
  place.textContent = text;
  place.hidden = text === "";
}

function sayWord(form, name) {
  say(form, words(form).querySelector(`[data-word="${name}"]`).textContent.trim());
}

function bytesOf(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function textOf(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const withBytes = (known) => ({ ...known, id: bytesOf(known.id) });

/** The options as the browser takes them: the server writes bytes as base64url. */
function readOptions(sent) {
  const options = { ...sent, challenge: bytesOf(sent.challenge) };
  if (sent.user) options.user = withBytes(sent.user);
  if (sent.excludeCredentials) options.excludeCredentials = sent.excludeCredentials.map(withBytes);
  if (sent.allowCredentials) options.allowCredentials = sent.allowCredentials.map(withBytes);
  return options;
}

/** What the passkey answered, as the server reads it. */
function writeAnswer(credential) {
  const response = { clientDataJSON: textOf(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = credential.response[name];
    if (value instanceof ArrayBuffer) response[name] = textOf(value);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response,
  });
}

/** The options, or null once the form says why there are none. */
async function askServer(form) {
  const response = await fetch(form.dataset.challenge, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    redirect: "manual",
  });
  if (response.ok) return readOptions(await response.json());
  if (response.status === 422) say(form, (await response.json()).problems.map((problem) => problem.message).join(" "));
  else if (response.status === 429) sayWord(form, "busy");
  else sayWord(form, response.type === "opaqueredirect" ? "over" : "failed");
  return null;
}

async function usePasskey(form) {
  say(form, "");
  const publicKey = await askServer(form);
  if (publicKey === null) return;
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.passkey.value = writeAnswer(credential);
  for (const password of form.querySelectorAll("[type=password]")) password.value = "";
  form.submit();
}

function sayError(form, error) {
  const names = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
  sayWord(form, names[error.name] ?? "failed");
}

async function start(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    await usePasskey(form);
  } catch (error) {
    sayError(form, error);
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", start);
  }
  for (const note of document.querySelectorAll("[data-passkey-none]")) note.hidden = true;
}
