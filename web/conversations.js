// The list of conversations: found by words, opened, renamed, deleted.

import { byId, element } from "./elements.js";
import { call } from "./rest.js";

const TYPING_ENDS = 200;

export class Conversations {
  constructor({ opened, deleted, current, failed }) {
    this.opened = opened;
    this.deleted = deleted; // the one that is shown
    this.current = current;
    this.failed = failed;
    this.changing = null; // the id of the one that is renamed, or asked about
    this.drawn = 0;
    byId("find-thread").addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.refresh(), TYPING_ENDS);
    });
  }

  async refresh() {
    const turn = ++this.drawn;
    const words = byId("find-thread").value.trim();
    const query = words ? `&query=${encodeURIComponent(words)}` : "";
    const nodes = await call("GET", `/threads?limit=30${query}`)
      .then(({ items }) => this.list(items, words), (error) => [element("p", { class: "none" }, error.message)]);
    if (turn !== this.drawn || this.changing) return;
    const focused = document.activeElement?.dataset?.key;
    byId("threads").replaceChildren(...nodes);
    if (focused) byId("threads").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  list(threads, words) {
    if (!threads.length) return [element("p", { class: "none" }, words ? "Nothing found." : "None yet.")];
    return [element("ul", {}, ...threads.map((thread) => this.row(thread)))];
  }

  row(thread) {
    const title = thread.title || "Untitled";
    const isCurrent = thread.id === this.current();
    const row = element("li", { class: "row" });
    const act = (name, path, onclick) => element("button", {
      type: "button", class: "icon", "aria-label": `${name}: ${title}`, title: name, "data-key": `${name}-${thread.id}`, onclick,
    }, icon(path));
    row.append(
      element("button", {
        type: "button", class: "thread", "data-key": `thread-${thread.id}`, "aria-current": isCurrent ? "true" : null,
        onclick: () => this.opened(thread.id),
      }, title),
      act("Rename", "M4 20h4L19 9l-4-4L4 16z", () => this.askForName(row, thread)),
      act("Delete", "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13", () => this.askToDelete(row, thread)),
    );
    return row;
  }

  askForName(row, thread) {
    this.changing = thread.id;
    const name = element("input", { type: "text", "aria-label": "Another title", maxlength: "500", value: thread.title ?? "" });
    const form = element("form", {}, name);
    let isOver = false;
    const end = async (title) => {
      if (isOver) return;
      isOver = true;
      if (title && title !== thread.title) await this.change("PATCH", thread, { title });
      this.end(`Rename-${thread.id}`);
    };
    form.addEventListener("submit", (event) => (event.preventDefault(), end(name.value.trim())));
    name.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), end(null)));
    name.addEventListener("blur", () => end(name.value.trim()));
    row.replaceChildren(form);
    name.select();
  }

  askToDelete(row, thread) {
    this.changing = thread.id;
    const isShown = thread.id === this.current();
    const erase = async () => {
      const isGone = await this.change("DELETE", thread);
      this.end(null);
      if (isGone && isShown) this.deleted();
    };
    const keep = element("button", { type: "button", onclick: () => this.end(`Delete-${thread.id}`) }, "Keep");
    const choices = element("div", { class: "choices" },
      element("button", { type: "button", class: "danger", onclick: erase }, "Delete"), keep);
    const question = element("p", {}, `Delete “${thread.title || "Untitled"}”? What was done in it stays done.`);
    const asked = element("div", { class: "asked", role: "group", "aria-label": "Delete the conversation?" }, question, choices);
    asked.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), keep.click()));
    row.replaceChildren(asked);
    keep.focus();
  }

  async change(method, { id }, body) {
    try {
      await call(method, `/threads/${encodeURIComponent(id)}`, body);
      return true;
    } catch (error) {
      this.failed(error.message);
      return false;
    }
  }

  // The list as it is, the focus where it was.
  async end(key) {
    this.changing = null;
    await this.refresh();
    if (key) byId("threads").querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
}

function icon(path) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  drawn.append(line);
  return drawn;
}
