// The wire: AG-UI 1.0 over server-sent events; a run's events with their numbers.

import { send } from "./rest.js";

// Begins a run, or joins it where the server knows its id already.
export async function* beginRun({ threadId, runId, messages = [], resume, branchFrom }, { signal } = {}) {
  const body = {
    threadId, runId, protocolVersion: "1.0", messages, tools: [], context: [], state: {},
    forwardedProps: branchFrom ? { branchFrom } : {},
  };
  if (resume) body.resume = resume;
  const response = await send("POST", "/agui", { body, accept: "text/event-stream", signal });
  yield* eventsOf(response.body);
}

// What the run tells after that number, from the first on with 0.
export async function* readRun(runId, after, { signal } = {}) {
  const path = `/runs/${encodeURIComponent(runId)}/events?after=${after}`;
  const response = await send("GET", path, { accept: "text/event-stream", signal });
  yield* eventsOf(response.body);
}

// Frames end with an empty line; keep-alives are comments and carry no data.
async function* eventsOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const frames = (waiting + value).split("\n\n");
    waiting = frames.pop();
    for (const frame of frames) {
      const data = fieldOf(frame, "data").join("\n");
      if (data) yield { number: numberOf(frame), event: JSON.parse(data) };
    }
  }
}

function fieldOf(frame, name) {
  return frame
    .split("\n")
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trimStart());
}

// The number in `id: <run>:<number>`; null where the event is not one of the run's own.
function numberOf(frame) {
  const [id] = fieldOf(frame, "id");
  return id ? Number(id.slice(id.lastIndexOf(":") + 1)) : null;
}
