// The only file that knows the simulator's addresses. Every failure becomes an ApiError with a sentence that can be shown.

export class ApiError extends Error {
  constructor(message, data = null) {
    super(message);
    this.data = data; // the whole answer, where it says more than a sentence
  }
}

const chatPath = (personId, appId, verb = "") =>
  `/simulator/people/${encodeURIComponent(personId)}/chats/${encodeURIComponent(appId)}${verb && `/${verb}`}`;

export const api = {
  state: () => call("GET", "/simulator/state"),
  addPerson: (nickname) => call("POST", "/simulator/people", { nickname }),
  chat: (personId, appId) => call("GET", chatPath(personId, appId)),
  act: (personId, appId, verb, body = {}) => call("POST", chatPath(personId, appId, verb), body),
  subscriptions: (personId, appId) => call("GET", chatPath(personId, appId, "subscriptions")),
  traffic: (path) => call("GET", `/simulator/traffic?after=0&limit=200&path=${encodeURIComponent(path)}`),
  counts: () => call("GET", "/simulator/counts"),
  clearTraffic: () => call("DELETE", "/simulator/traffic"),
  clock: () => call("GET", "/simulator/clock"),
  setClock: (change) => call("POST", "/simulator/clock", change),
  faults: () => call("GET", "/simulator/faults"),
  faultKinds: () => call("GET", "/simulator/faults/kinds"),
  addFault: (fault) => call("POST", "/simulator/faults", fault),
  dropFault: (id) => call("DELETE", `/simulator/faults/${encodeURIComponent(id)}`),
  dropFaults: () => call("DELETE", "/simulator/faults"),
  invalidateToken: (appId) => call("POST", "/simulator/tokens/invalidate", { app_id: appId }),
  settings: () => call("GET", "/simulator/settings"),
  setSettings: (changes) => call("POST", "/simulator/settings", changes),
  scenes: () => call("GET", "/simulator/scenes"),
  loadScene: (scene) => call("POST", "/simulator/scene", scene),
  reset: () => call("POST", "/simulator/reset", {}),
};

export const codePicture = (ticket) => `/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`;

async function call(method, path, body) {
  const answer = await send(method, path, body);
  const data = await readJson(answer);
  if (!answer.ok) throw new ApiError(data?.detail ?? `模拟器回答了 ${answer.status}，请稍后再试。`, data);
  return data ?? {};
}

async function send(method, path, body) {
  try {
    return await fetch(path, { method, ...encode(body), cache: "no-store" });
  } catch {
    throw new ApiError("连不上模拟器，请确认它还在运行。");
  }
}

function encode(body) {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

async function readJson(answer) {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}
