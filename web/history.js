// What the server has of a conversation: its messages, and the run that came last.

import { recall } from "./memory.js";
import { call } from "./rest.js";

// The thread's messages and its latest run; what ends between the two looks has said more than was read.
export async function messagesAndRun(threadId) {
  let messages = await allMessages(threadId);
  const run = await latestRun(threadId, messages);
  const isAnswered = messages.at(-1)?.role === "assistant" && !messages.at(-1).tool_calls.length;
  if (run && run.status !== "running" && !isAnswered) messages = await allMessages(threadId);
  return { messages, run };
}

async function latestRun(threadId, messages) {
  const own = recall("run");
  const ids = [own?.threadId === threadId && own.runId, messages.findLast((message) => message.run_id)?.run_id];
  const asked = [...new Set(ids.filter(Boolean))];
  const found = await Promise.all(asked.map((id) => call("GET", `/runs/${encodeURIComponent(id)}`).catch(() => null)));
  const runs = found.filter((run) => run?.thread_id === threadId);
  runs.sort((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at));
  return runs.find((run) => run.status === "running") ?? runs[0];
}

export async function allMessages(threadId) {
  const messages = [];
  let cursor = null;
  do {
    const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = await call("GET", `/threads/${encodeURIComponent(threadId)}/messages?limit=200${from}`);
    messages.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return messages;
}
