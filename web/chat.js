// The conversation: sends what the person says, follows the run, and asks where the server asks.
// The server's history is the truth; only what is new is sent.

import { approvalOf } from "./approval.js";
import { allMessages, messagesAndRun } from "./history.js";
import { newId, remember } from "./memory.js";
import { call, Problem } from "./rest.js";
import { Run } from "./run.js";

const CANCEL_WAITS = 3000;
const BUSY = "Another reply is still being written in this conversation.";
const UNTOLD = "Stopped here. The server could not be told, so the reply may still go on.";

export class Chat {
  constructor({ transcript, changed, busy }) {
    this.transcript = transcript;
    this.changed = changed; // after each run, and whenever the thread is another one
    this.busy = busy;
    this.run = null;
    this.threadId = null;
    this.lastSaid = null; // the person's latest message
  }

  // A conversation as the server has it; none is an empty one. A run under way there goes on, and is joined.
  async open(threadId) {
    this.leave();
    this.threadId = threadId;
    remember("thread", threadId);
    this.clear();
    if (!threadId) return this.changed();
    try {
      const { messages, run } = await messagesAndRun(threadId);
      if (this.threadId !== threadId || this.run) return;
      this.retell(messages, run?.status === "running" ? run.id : null);
      this.changed();
      await this.markUndone();
      if (this.threadId === threadId && run) this.takeUp(run);
    } catch (error) {
      if (this.threadId !== threadId) return;
      if (error.status === 404) return this.open(null);
      this.failed(error.message, () => this.open(threadId));
    }
    this.transcript.toEnd();
  }

  // After a reload: a question still open is asked again, a run still going is joined.
  takeUp({ id, status, approvals, error }) {
    if (status === "running") this.follow(new Run({ threadId: this.threadId, id }));
    else if (status === "paused") this.askFor(approvals);
    else if (status === "failed" && error) this.failed(error, this.lastSaid && (() => this.again()));
    else this.offerOtherWords();
  }

  // With `branchFrom` in the place of that message, and all that followed it is set aside.
  say(text, { branchFrom } = {}) {
    this.threadId ??= newId();
    remember("thread", this.threadId);
    const id = newId();
    this.transcript.said(text, id);
    this.lastSaid = { id, role: "user", content: text };
    return this.ask({ messages: [this.lastSaid], branchFrom });
  }

  // Other words to the same message.
  again() {
    return this.ask({ messages: [this.lastSaid], isAgain: true });
  }

  // What is answered or said while a reply is written goes out when that has ended.
  async ask({ isAgain = false, ...asked }) {
    const { threadId } = this;
    if (isAgain && this.run) return;
    while (this.run) await new Promise((resolve) => setTimeout(resolve, 50));
    if (this.threadId !== threadId) return;
    const run = new Run({ threadId: this.threadId, asked });
    run.replaces = isAgain || Boolean(asked.branchFrom);
    run.repeat = () => this.ask({ isAgain, ...asked });
    remember("run", { threadId: this.threadId, runId: run.id });
    return this.follow(run);
  }

  // One run to its end.
  async follow(run) {
    const { transcript } = this;
    this.run = run;
    this.busy(true);
    transcript.startTurn();
    transcript.waiting(true);
    try {
      for await (const event of run.events((sentence) => this.run === run && transcript.meanwhile(sentence))) {
        if (this.run !== run) return;
        await this.take(event, run);
      }
      if (this.run === run && !run.ended) return this.open(run.threadId);
    } catch (error) {
      if (this.run === run) this.broke(run, error);
    } finally {
      this.settle(run);
    }
    if (this.run || this.threadId !== run.threadId) return;
    await this.markUndone();
    this.changed();
  }

  settle(run) {
    if (this.run !== run) return;
    this.run = null;
    this.transcript.settle();
    this.busy(false);
  }

  broke(run, error) {
    if (run.stopped) this.transcript.tell(run.stopped, run.isKnown ? this.lookAgain(run) : {});
    else if (!(error instanceof Problem)) throw error;
    else if (error.status === 404 && run.isKnown) this.open(run.threadId);
    else if (error.status === 409 && error.told.run_id) this.offerToStop(error.told.run_id, run.repeat);
    else if (run.isKnown) this.failed(error.message, () => this.follow(run));
    else this.failed(error.message, run.repeat);
  }

  offerToStop(runId, repeat) {
    const stop = async () => {
      await call("POST", `/runs/${encodeURIComponent(runId)}/cancel`).catch(() => null);
      repeat();
    };
    this.transcript.tell(BUSY, { kind: "error", action: { label: "Stop it", act: stop } });
  }

  take(event, run) {
    const { transcript } = this;
    switch (event.type) {
      case "RUN_STARTED": return run.replaces ? this.redraw(run) : null;
      case "TEXT_MESSAGE_START": return transcript.openText(event.messageId);
      case "TEXT_MESSAGE_CONTENT": return transcript.text(event.messageId, event.delta);
      case "TEXT_MESSAGE_END": return transcript.closeText(event.messageId);
      case "REASONING_MESSAGE_START": return transcript.openThoughts(event.messageId);
      case "REASONING_MESSAGE_CONTENT": return transcript.thoughts(event.messageId, event.delta);
      case "REASONING_MESSAGE_END": return transcript.closeThoughts(event.messageId);
      case "TOOL_CALL_START":
        return void transcript.toolCall(event.toolCallId, event.toolCallName, event.parentMessageId);
      case "TOOL_CALL_ARGS": return transcript.card(event.toolCallId)?.arguments(event.delta);
      case "TOOL_CALL_RESULT":
        transcript.card(event.toolCallId)?.result(event.content);
        transcript.card(event.toolCallId)?.offerChips(this.lastSaid?.content ?? "", this.changed);
        return void this.changed();
      case "CUSTOM": return this.takeCustom(event);
      case "RUN_FINISHED":
        run.ended = true;
        return this.finished(event.outcome ?? { type: "success" });
      case "RUN_ERROR":
        run.ended = true;
        return this.failed(event.message, this.lastSaid && (() => this.again()));
    }
  }

  takeCustom({ name, value }) {
    if (name === "metacortex.citations") this.transcript.cite(value);
    if (name === "metacortex.withdrawn") this.transcript.withdraw(value?.messageId);
    if (name === "metacortex.notice") this.transcript.tell(value?.message);
  }

  finished(outcome) {
    if (outcome.type === "interrupt") return this.askFor(outcome.interrupts);
    if (outcome.type === "cancelled") this.transcript.tell("Stopped.");
    this.offerOtherWords();
  }

  failed(sentence, again) {
    this.transcript.tell(sentence, { kind: "error", action: again && { label: "Try again", act: again } });
  }

  offerOtherWords() {
    if (this.lastSaid) this.transcript.offerAgain(() => this.again());
  }

  lookAgain({ threadId }) {
    return { action: { label: "Look again", act: () => this.open(threadId) } };
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
    if (!run || run.stopped) return;
    run.stopped = "Stopped.";
    const cut = setTimeout(() => run.abort.abort(), CANCEL_WAITS);
    try {
      await call("POST", `/runs/${encodeURIComponent(run.id)}/cancel`);
    } catch (error) {
      if (![404, 409].includes(error.status)) run.stopped = UNTOLD;
      if (error.status !== 409) run.abort.abort();
    }
    while (this.run === run) await new Promise((resolve) => setTimeout(resolve, 30));
    clearTimeout(cut);
  }

  // Reads no further; the run itself goes on.
  leave() {
    const run = this.run;
    if (!run) return;
    this.settle(run);
    run.abort.abort();
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

  clear() {
    this.transcript.clear();
    this.lastSaid = null;
  }

  // What the run replaces is gone from the server's history by now.
  async redraw(run) {
    const messages = await allMessages(run.threadId).catch(() => null);
    if (!messages || this.run !== run) return;
    this.clear();
    this.retell(messages, run.id);
    this.transcript.waiting(true);
    this.transcript.toEnd();
  }

  // All that was said, apart from what the run `apart` says: that is told by its events.
  retell(messages, apart) {
    for (const message of messages) {
      if (message.role === "user") {
        this.lastSaid = { id: message.id, role: "user", content: message.content };
        this.transcript.said(message.content, message.id);
      } else if (message.run_id === apart) continue;
      else if (message.role === "tool") this.transcript.card(message.tool_call_id)?.result(message.content);
      else this.retellReply(message);
    }
    this.transcript.settle();
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
}
