// Chips: what was read in the words for a new task, each to be taken back where it was read wrongly.

import { element } from "./elements.js";
import { call } from "./rest.js";

// What the tool was told of a task: how it is called here, and the field of the task that it became.
const READ = {
  due: ["due", "due"], recurrence: ["repeats", "recurrence"], remind: ["reminder", "remind_at"],
  duration: ["takes", "duration_minutes"], priority: ["priority", "priority"], project: ["project", "project"],
  tags: ["tag", "tags"],
};

// A row of chips for each task that a call added; `said` is the message, whose words go back to their place in the title.
export function chipsOf({ tasks = [] }, items, said, changed) {
  const rows = tasks.map((task, index) => ({ item: items[index] ?? {}, read: readOf(task, items[index]?.id) }))
    .filter(({ item, read }) => item.ok && item.id && read.length);
  return rows.map(({ item, read }) =>
    element("div", { class: "chips", role: "group", "aria-label": `Read as: ${item.title ?? "task"}` },
      rows.length > 1 && item.title ? element("span", { class: "whose" }, item.title) : null,
      ...read.map((each) => chip(each, said, changed))));
}

function readOf(task, id) {
  return Object.entries(READ).flatMap(([name, [called, field]]) =>
    [task[name] ?? []].flat().map((value) => ({ id, called, field, words: String(value), hasDue: Boolean(task.due) })));
}

function chip(read, said, changed) {
  const take = async () => {
    button.disabled = true;
    try {
      await takeBack(read, said);
      root.remove();
      changed();
    } catch (error) {
      root.replaceChildren(error.message);
      root.setAttribute("role", "alert");
    }
  };
  const name = `${read.called} ${read.words}`;
  const button = element("button", { type: "button", "aria-label": `Take back: ${name}`, onclick: take }, "×");
  const root = element("span", { class: "read" }, name, button);
  return root;
}

async function takeBack({ id, field, words, hasDue }, said) {
  const path = `/tasks/${encodeURIComponent(id)}`;
  const task = await call("GET", path);
  const change = field === "tags" ? { tags: task.tags.filter((tag) => tag !== words) } : { [field]: null };
  // What repeats has a due, so that neither goes alone unless the due was said by itself.
  if ((field === "due" && task.recurrence) || (field === "recurrence" && !hasDue)) change.due = change.recurrence = null;
  if (field === "due" || field === "recurrence") change.title = withWords(task.title, words, said);
  await call("PATCH", path, change);
}

// Before the next word of the message that the title has, or at its end.
function withWords(title, words, said) {
  const at = said.indexOf(words);
  const held = title.toLowerCase();
  const following = at < 0 ? [] : said.slice(at + words.length).toLowerCase().split(/[^\p{L}\p{N}'’-]+/u);
  const places = following.filter(Boolean).map((word) => held.search(new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "u")));
  const next = places.find((place) => place >= 0);
  return next === undefined ? `${title} ${words}` : `${title.slice(0, next)}${words} ${title.slice(next)}`;
}
