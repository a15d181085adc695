// Requests to the server: the key where one is asked for, and problems as errors with a sentence to show.

import { byId } from "./elements.js";
import { recall, remember } from "./memory.js";

export class Problem extends Error {
  constructor(status, detail, told = {}) {
    super(detail);
    this.status = status;
    this.told = told;
  }
}

export async function call(method, path, body) {
  const response = await send(method, path, { body });
  if (response.status === 204) return null;
  return response.json();
}

// The response of a request that went well; throws Problem otherwise.
export async function send(method, path, { body, accept = "application/json", signal } = {}) {
  const response = await attempt(method, path, { body, accept, signal });
  if (response.status === 401) {
    remember("key", await askForKey((await problemOf(response)).message));
    return send(method, path, { body, accept, signal });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function attempt(method, path, { body, accept, signal }) {
  const headers = { Accept: accept };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (recall("key")) headers.Authorization = `Bearer ${recall("key")}`;
  try {
    return await fetch(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The server cannot be reached. Is it still running?");
  }
}

async function problemOf(response) {
  const told = await response.json().catch(() => ({}));
  const detail = typeof told.detail === "string" ? told.detail : told.title;
  return new Problem(response.status, detail || `The server answered ${response.status}.`, told);
}

let asking = null;

function askForKey(reason) {
  asking ??= new Promise((resolve) => {
    const dialog = byId("key-dialog");
    byId("key-reason").textContent = reason;
    dialog.addEventListener("close", () => {
      asking = null;
      resolve(byId("key").value.trim());
    }, { once: true });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.showModal();
  });
  return asking;
}
