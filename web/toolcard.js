// A tool call as a small card: what is being done, then what was done, with undo.

import { chipsOf } from "./chips.js";
import { element } from "./elements.js";

const DOING = {
  add_tasks: "Adding tasks", find_tasks: "Looking through tasks", update_tasks: "Changing tasks",
  complete_tasks: "Completing tasks", delete_tasks: "Deleting tasks", plan_day: "Planning the day",
  write_note: "Writing a note", update_note: "Changing a note", find_notes: "Looking through notes",
  summarize_notes: "Reading notes", delete_notes: "Deleting notes",
  create_habit: "Starting a habit", log_habit: "Logging a habit", update_habit: "Changing a habit",
  habit_insights: "Looking at a habit", delete_habit: "Deleting a habit",
  search: "Searching", remember: "Remembering", forget: "Forgetting", undo: "Undoing",
};
// Those that only look: the reply says what they found, so the card need not.
const LOOKED = {
  find_tasks: "Looked through tasks", find_notes: "Looked through notes", summarize_notes: "Read notes",
  plan_day: "Looked at the day", habit_insights: "Looked at a habit", search: "Searched",
};

export class ToolCard {
  constructor(name, undo) {
    this.name = name;
    this.undo = undo;
    this.spoken = "";
    this.line = element("span", { class: "line" }, `${DOING[name] ?? name.replaceAll("_", " ")}…`);
    this.details = element("div", { class: "inside" });
    this.root = element("div", { class: "tool", "data-state": "running", "data-tool": name },
      element("details", {}, element("summary", {}, element("span", { class: "state", "aria-hidden": "true" }), this.line),
        this.details));
  }

  arguments(delta) {
    this.spoken += delta;
    this.draw();
  }

  waitsForApproval() {
    this.root.dataset.state = "waiting";
    this.line.textContent = `${DOING[this.name] ?? this.name}: waiting for your answer`;
  }

  ended() {
    if (this.root.dataset.state === "running") this.root.dataset.state = "stopped";
  }

  result(content) {
    const { summary, action_id: actionId, items = [] } = resultOf(content);
    const allFailed = items.length > 0 && items.every((item) => item.ok === false);
    this.root.dataset.state = allFailed ? "failed" : "done";
    this.line.textContent = LOOKED[this.name] ?? summary;
    this.found = LOOKED[this.name] ? summary : null;
    this.items = items;
    this.draw();
    this.actionId = actionId;
    this.button?.remove();
    if (actionId && this.name !== "undo") this.offerUndo();
  }

  // What was read for the tasks that were added just now, to be taken back one by one.
  offerChips(said, changed) {
    if (this.name !== "add_tasks" || this.root.dataset.state !== "done") return;
    this.root.append(...chipsOf(parsed(this.spoken) ?? {}, this.items, said, changed));
  }

  offerUndo() {
    this.button = element("button", { type: "button", class: "undo", onclick: () => this.undo(this) }, "Undo");
    this.button.setAttribute("aria-label", `Undo: ${this.line.textContent}`);
    this.root.append(this.button);
  }

  undone() {
    this.root.dataset.state = "undone";
    this.button?.remove();
    this.root.querySelectorAll(".chips").forEach((row) => row.remove());
  }

  draw() {
    const lines = (this.items ?? []).map(lineOf).filter(Boolean).map((line) => element("li", {}, line));
    const found = this.found && element("p", {}, this.found);
    const inside = lines.length ? [element("ul", {}, ...lines)] : [];
    this.details.replaceChildren(
      ...[found, ...inside, element("pre", {}, `${this.name} ${pretty(this.spoken)}`)].filter(Boolean));
  }
}

function lineOf(item) {
  if (item.error) return item.error;
  return [item.title ?? item.name, item.reading, item.question].filter((part) => typeof part === "string" && part).join(" · ");
}

function resultOf(content) {
  const text = Array.isArray(content) ? content.map((part) => part.text ?? "").join("") : String(content);
  try {
    const result = JSON.parse(text);
    if (result && typeof result.summary === "string") return result;
  } catch {
    // a tool from elsewhere may answer in plain words
  }
  return { summary: text };
}

function pretty(json) {
  const value = parsed(json);
  return value === undefined ? json : JSON.stringify(value, null, 2);
}

// Undefined where it is not JSON, or not all of it yet.
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
