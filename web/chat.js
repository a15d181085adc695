// The conversation: sends what the person says, follows the run, and asks where the server asks.
// The server's history is the truth; only what is new is sent.

import { eventsOfRun } from "./agui.js";
import { element } from "./elements.js";
import { newId, recall, remember } from "./memory.js";
import { call, Problem } from "./rest.js";

const CANCEL_WAITS = 3000;
const LOST = "The connection ended before the reply did.";

export class Chat {
  constructor({ transcript, changed, busy }) {
    this.transcript = transcript;
    this.changed = changed; // after each run, and whenever the thread is another one
    this.busy = busy;
    this.run = null;
    this.threadId = null;
  }

  // A conversation as the server has it; none is an empty one.
  async open(threadId) {
    await this.stop();
    this.threadId = threadId;
    remember("thread", threadId);
    this.transcript.clear();
    if (!threadId) return this.changed();
    try {
      const messages = await allMessages(threadId);
      if (this.threadId !== threadId) return;
      this.transcript.clear();
      this.retell(messages);
      await this.markUndone();
      await this.resumeLastRun(messages);
    } catch (error) {
      if (error.status === 404) return this.open(null);
      this.transcript.tell(error.message, { kind: "error", action: { label: "Try again", act: () => this.open(threadId) } });
    }
    this.transcript.toEnd();
    this.changed();
  }

  say(text) {
    this.threadId ??= newId();
    remember("thread", this.threadId);
    this.transcript.said(text);
    return this.ask({ messages: [{ id: newId(), role: "user", content: text }] });
  }

  // One run to its end. What was refused before it began can be sent again as it is.
  async ask({ messages = [], resume, again = () => this.ask({ messages, resume }) }) {
    if (this.run) return;
    const threadId = this.threadId;
    const run = (this.run = { id: newId(), abort: new AbortController(), ended: false });
    remember("run", { threadId, runId: run.id });
    this.busy(true);
    this.transcript.startTurn();
    this.transcript.waiting(true);
    try {
      for await (const event of eventsOfRun({ threadId, runId: run.id, messages, resume }, run.abort)) {
        if (this.run === run) this.take(event, run, messages);
      }
      if (!run.ended) this.lost(threadId);
    } catch (error) {
      if (run.stopped) this.transcript.tell("Stopped.");
      else if (error instanceof Problem) this.failed(error.message, again);
      else this.lost(threadId);
    } finally {
      this.transcript.waiting(false);
      if (this.run === run) this.run = null;
      this.busy(false);
      for (const card of this.transcript.cards.values()) card.ended();
    }
    await this.markUndone();
    this.changed();
  }

  take(event, run, messages) {
    const { transcript } = this;
    switch (event.type) {
      case "TEXT_MESSAGE_START": return transcript.openText(event.messageId);
      case "TEXT_MESSAGE_CONTENT": return transcript.text(event.messageId, event.delta);
      case "TEXT_MESSAGE_END": return transcript.closeText(event.messageId);
      case "TOOL_CALL_START":
        return void transcript.toolCall(event.toolCallId, event.toolCallName, event.parentMessageId);
      case "TOOL_CALL_ARGS": return transcript.card(event.toolCallId)?.arguments(event.delta);
      case "TOOL_CALL_RESULT": {
        transcript.card(event.toolCallId)?.result(event.content);
        return this.changed();
      }
      case "CUSTOM": return this.takeCustom(event);
      case "RUN_FINISHED":
        run.ended = true;
        return this.finished(event.outcome ?? { type: "success" });
      case "RUN_ERROR":
        run.ended = true;
        return this.failed(event.message, messages.length ? () => this.repeat(messages) : null);
    }
  }

  takeCustom({ name, value }) {
    if (name === "metacortex.citations") this.transcript.cite(value);
    if (name === "metacortex.withdrawn") this.transcript.withdraw(value?.messageId);
  }

  finished(outcome) {
    if (outcome.type === "interrupt") this.askFor(outcome.interrupts);
    else if (outcome.type === "cancelled") this.transcript.tell("Stopped.");
  }

  failed(sentence, again) {
    this.transcript.tell(sentence, { kind: "error", action: again && { label: "Try again", act: again } });
  }

  // The failed message stays in the server's history, so the second try is a message of its own.
  repeat(messages) {
    return this.ask({ messages: messages.map((message) => ({ ...message, id: newId() })) });
  }

  lost(threadId) {
    this.transcript.tell(LOST, { kind: "error", action: { label: "Look again", act: () => this.open(threadId) } });
  }

  // Every open question has to be answered before the run goes on.
  askFor(interrupts) {
    const answers = new Map();
    for (const interrupt of interrupts) {
      this.transcript.card(interrupt.toolCallId)?.waitsForApproval();
      const answered = (approved) => {
        answers.set(interrupt.id, { interruptId: interrupt.id, status: "resolved", payload: { approved } });
        if (answers.size === interrupts.length) this.ask({ resume: [...answers.values()] });
      };
      this.transcript.add(approvalOf(interrupt, answered));
    }
  }

  // Ends the run on the server; the stream tells it, and is cut only where it does not.
  async stop() {
    const run = this.run;
    if (!run) return;
    run.stopped = true;
    const cut = setTimeout(() => run.abort.abort(), CANCEL_WAITS);
    await call("POST", `/runs/${encodeURIComponent(run.id)}/cancel`).catch(() => run.abort.abort());
    while (this.run === run) await new Promise((resolve) => setTimeout(resolve, 30));
    clearTimeout(cut);
  }

  async undo(card) {
    try {
      await call("POST", `/actions/${encodeURIComponent(card.actionId)}/undo`);
      card.undone();
    } catch (error) {
      this.transcript.tell(error.message, { kind: "error" });
    }
    this.changed();
  }

  retell(messages) {
    for (const message of messages) {
      if (message.role === "user") this.transcript.said(message.content);
      else if (message.role === "tool") this.transcript.card(message.tool_call_id)?.result(message.content);
      else this.retellReply(message);
    }
    for (const card of this.transcript.cards.values()) card.ended();
  }

  retellReply({ id, content, tool_calls: toolCalls = [], citations = [] }) {
    this.transcript.startTurn();
    if (content) {
      this.transcript.openText(id);
      this.transcript.text(id, content);
      this.transcript.closeText(id);
    }
    for (const toolCall of toolCalls) {
      this.transcript.toolCall(toolCall.id, toolCall.name, id).arguments(JSON.stringify(toolCall.arguments));
    }
    this.transcript.cite(citations);
  }

  // What was undone in words, or elsewhere, loses its button here too.
  async markUndone() {
    const cards = [...this.transcript.cards.values()].filter((card) => card.button?.isConnected);
    if (!cards.length) return;
    const { items } = await call("GET", "/actions?limit=200").catch(() => ({ items: [] }));
    const undone = new Set(items.filter((action) => action.undone_at).map((action) => action.id));
    cards.filter((card) => undone.has(card.actionId)).forEach((card) => card.undone());
  }

  // After a reload: a question still open is asked again, a run still going is waited for.
  async resumeLastRun(messages) {
    const last = recall("run");
    const runId = messages.findLast((message) => message.run_id)?.run_id;
    const asked = last?.threadId === this.threadId ? last.runId : runId;
    if (!asked) return;
    const run = await call("GET", `/runs/${encodeURIComponent(asked)}`).catch(() => null);
    if (run?.status === "paused") this.askFor(run.approvals);
    if (run?.status === "failed" && run.error) this.failed(run.error, null);
    if (run?.status === "running") this.transcript.tell("The reply is still being written.",
      { action: { label: "Look again", act: () => this.open(this.threadId) } });
  }
}

async function allMessages(threadId) {
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

function approvalOf({ message }, answered) {
  const choices = element("div", { class: "choices" });
  const choose = (approved) => () => {
    const chosen = element("p", { class: "chosen", tabindex: "-1" }, approved ? "Approved" : "Denied");
    choices.replaceChildren(chosen);
    chosen.focus();
    choices.parentElement.classList.add("answered");
    answered(approved);
  };
  choices.append(
    element("button", { type: "button", class: "primary", onclick: choose(true) }, "Approve"),
    element("button", { type: "button", onclick: choose(false) }, "Deny"),
  );
  const question = element("p", {}, message ?? "May I go on?");
  return element("section", { class: "approval", "aria-label": "Your approval is needed" }, question, choices);
}
