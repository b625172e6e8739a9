/** Requests to the studio's server, and the stream of its state. */

async function request(method, path, body, type) {
  const headers = type ? { "Content-Type": type } : {};
  let answer;
  try {
    answer = await fetch(path, { method, body, headers });
  } catch {
    throw new Error("The studio's server does not answer.");
  }
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) return value;
  const line = value.error || `The server answered ${answer.status}.`;
  throw Object.assign(new Error(line), { status: answer.status });
}

/** POST with JSON; the answer's JSON. Throws an Error of one line. */
export const post = (path, value = {}) =>
  request("POST", path, JSON.stringify(value), "application/json");

/** DELETE. */
export const remove = (path) => request("DELETE", path);

/** Uploads a file or blob; {id, width, height}. A mask is not listed among the pictures. */
export function upload(blob, name, isMask = false) {
  const path = `/api/pictures?name=${encodeURIComponent(name)}${isMask ? "&mask=1" : ""}`;
  return request("POST", path, blob, blob.type || "application/octet-stream");
}

/** The text at an address. */
export async function text(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.text();
}

const AGAIN = 1500;

/**
 * Calls onState with each state of the server, and onConnection with "open", "lost" or "refused".
 * A stream that ends is opened again for as long as the page lives.
 */
export function follow(onState, onConnection) {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => onConnection("open"));
  source.addEventListener("state", (event) => onState(JSON.parse(event.data)));
  source.addEventListener("error", async () => {
    source.close();
    onConnection(await reason());
    setTimeout(() => follow(onState, onConnection), AGAIN);
  });
}

async function reason() {
  const answer = await fetch("/api/state").catch(() => null);
  return answer && answer.status === 403 ? "refused" : "lost";
}

/** Addresses of pictures. */
export const pictureOf = (id, side) =>
  `/api/pictures/${encodeURIComponent(id)}.png${side ? `?side=${side}` : ""}`;
export const previewOf = (run) =>
  `/api/runs/${encodeURIComponent(run.id)}/preview.png?v=${run.preview}`;
export const historyOf = (id, ending) => `/api/history/${encodeURIComponent(id)}.${ending}`;
