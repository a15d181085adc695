// The wire: one run over AG-UI 1.0, as an async sequence of its events.

import { send } from "./rest.js";

export async function* eventsOfRun({ threadId, runId, messages = [], resume }, { signal } = {}) {
  const body = {
    threadId, runId, protocolVersion: "1.0", messages, tools: [], context: [], state: {}, forwardedProps: {},
  };
  if (resume) body.resume = resume;
  const response = await send("POST", "/agui", { body, accept: "text/event-stream", signal });
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
      const data = dataOf(frame);
      if (data) yield JSON.parse(data);
    }
  }
}

function dataOf(frame) {
  return frame
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trimStart())
    .join("\n");
}
