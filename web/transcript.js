// The transcript: what was said and done, drawn as it comes. Holds elements, asks nothing of the server.

import { byId, element } from "./elements.js";
import { rendered } from "./markdown.js";
import { ToolCard } from "./toolcard.js";

const NEAR_END = 80;

export class Transcript {
  constructor({ undo, edit }) {
    this.log = byId("log");
    this.scroll = byId("scroll");
    this.undo = undo;
    this.edit = edit;
    this.clear();
  }

  clear() {
    this.log.replaceChildren();
    this.messages = new Map();
    this.thinking = new Map();
    this.cards = new Map(); // by tool call id; providers repeat these, the latest counts
    this.pendingCitations = [];
  }

  get isEmpty() {
    return this.log.childElementCount === 0;
  }

  said(text, id) {
    const edit = element("button", { type: "button", class: "edit", onclick: () => this.edit(id, text) }, "Edit");
    edit.setAttribute("aria-label", `Edit: ${text.slice(0, 80)}`);
    this.add(element("div", { class: "own" },
      element("article", { class: "message user", "aria-label": "You" }, element("p", {}, text)), edit));
    this.toEnd();
  }

  // The message with this id, made when it is first heard of.
  message(id) {
    if (!this.messages.has(id)) {
      const message = new AssistantMessage();
      this.messages.set(id, message);
      this.add(message.root);
    }
    return this.messages.get(id);
  }

  openText(id) {
    const message = this.message(id);
    message.root.setAttribute("aria-busy", "true");
    this.latest = message;
    if (this.pendingCitations.length) this.cite(this.pendingCitations.splice(0));
  }

  text(id, delta) {
    this.keepingEnd(() => this.message(id).write(delta));
  }

  closeText(id) {
    this.message(id).root.removeAttribute("aria-busy");
  }

  // What the model thinks before it answers: folded, for who wants to look.
  openThoughts(id) {
    const words = element("p", {});
    const root = element("details", { class: "thoughts", "aria-busy": "true" }, element("summary", {}, "Thinking…"), words);
    this.thinking.set(id, { root, words });
    this.add(root);
  }

  thoughts(id, delta) {
    this.keepingEnd(() => this.thinking.get(id)?.words.append(delta));
  }

  closeThoughts(id) {
    const thought = this.thinking.get(id);
    if (!thought) return;
    thought.root.removeAttribute("aria-busy");
    thought.root.firstChild.textContent = "Thoughts";
  }

  withdraw(id) {
    const message = this.messages.get(id);
    message?.root.remove();
    this.messages.delete(id);
    this.thinking.get(`${id}_r`)?.root.remove();
    if (this.latest === message) this.latest = null;
  }

  toolCall(id, name, messageId) {
    const card = new ToolCard(name, this.undo);
    this.cards.set(id, card);
    this.keepingEnd(() => this.message(messageId ?? id).append(card.root));
    return card;
  }

  card(id) {
    return this.cards.get(id);
  }

  cite(citations) {
    if (!citations.length) return;
    if (!this.latest) this.pendingCitations = citations;
    else this.keepingEnd(() => this.latest.cite(citations));
  }

  add(node) {
    this.keepingEnd(() => this.log.append(node));
    return node;
  }

  // A sentence about the conversation itself, perhaps with something to press.
  tell(sentence, { kind = "notice", action } = {}) {
    const notice = element("div", { class: kind, role: kind === "error" ? "alert" : null }, element("p", {}, sentence));
    if (action) {
      const press = () => (notice.remove(), action.act());
      notice.append(element("button", { type: "button", onclick: press }, action.label));
    }
    return this.add(notice);
  }

  waiting(isWaiting) {
    this.dots?.remove();
    this.dots = isWaiting ? this.add(element("div", { class: "dots", "aria-hidden": "true" }, ...dots())) : null;
  }

  // Why nothing comes just now; nothing where it does.
  meanwhile(sentence) {
    if (this.lull?.textContent === sentence && this.lull.isConnected) return;
    this.lull?.remove();
    this.lull = sentence ? this.tell(sentence) : null;
  }

  offerAgain(act) {
    this.offer?.remove();
    const button = element("button", { type: "button", onclick: act }, "Other words");
    this.offer = this.add(element("div", { class: "again" }, button));
  }

  startTurn() {
    this.latest = null;
    this.pendingCitations = [];
    this.offer?.remove();
  }

  // Nothing more comes for now.
  settle() {
    this.waiting(false);
    this.meanwhile(null);
    for (const card of this.cards.values()) card.ended();
    for (const { root } of this.messages.values()) root.removeAttribute("aria-busy");
    for (const id of this.thinking.keys()) this.closeThoughts(id);
  }

  keepingEnd(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    const wasAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    change();
    if (this.dots?.isConnected && this.log.lastChild !== this.dots) this.log.append(this.dots);
    if (wasAtEnd) this.toEnd();
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }
}

class AssistantMessage {
  constructor() {
    this.root = element("article", { class: "message assistant", "aria-label": "MetaCortex" });
    this.block = null;
  }

  write(delta) {
    if (!this.block) {
      this.block = { words: "", node: element("div", { class: "words" }) };
      this.append(this.block.node, { closesText: false });
    }
    this.block.words += delta;
    this.block.node.replaceChildren(rendered(this.block.words));
  }

  append(node, { closesText = true } = {}) {
    if (closesText) this.block = null;
    if (this.sources?.isConnected) this.sources.before(node);
    else this.root.append(node);
  }

  cite(citations) {
    this.sources?.remove();
    this.sources = sourcesOf(citations);
    this.root.append(this.sources);
  }
}

function sourcesOf(citations) {
  const passage = element("blockquote", { class: "passage", hidden: true });
  const chips = citations.map((citation, index) =>
    element("button", { type: "button", class: "chip", "aria-expanded": "false", title: `From the ${citation.kind}` },
      element("span", { class: "number" }, String(citation.marker ?? index + 1)), citation.title || citation.kind));
  chips.forEach((chip, index) => chip.addEventListener("click", () => {
    const opens = chip.getAttribute("aria-expanded") === "false";
    chips.forEach((other) => other.setAttribute("aria-expanded", String(opens && other === chip)));
    passage.hidden = !opens;
    passage.replaceChildren(rendered(citations[index].passage ?? ""));
  }));
  return element("div", { class: "sources", role: "group", "aria-label": "Sources" }, ...chips, passage);
}

function dots() {
  return [element("i"), element("i"), element("i")];
}
