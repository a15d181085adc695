// The sidebar: tasks and habits as they stand now.

import { byId, element } from "./elements.js";
import { call } from "./rest.js";

const UPCOMING = 6;
const DONE_STAYS = 2500;

export class Sidebar {
  constructor({ failed }) {
    this.failed = failed;
    this.zone = "UTC";
    this.drawn = 0;
  }

  async refresh() {
    const turn = ++this.drawn;
    const [tasks, habits] = await Promise.allSettled([
      call("GET", "/tasks?status=open&limit=100"), this.habits(),
    ]);
    if (turn !== this.drawn) return; // a later look is on its way
    this.draw("tasks", tasks, (page) => this.taskGroups(page.items, page.next));
    this.draw("habits", habits, (found) => this.habitList(found));
  }

  draw(id, { status, value, reason }, nodes) {
    const focused = document.activeElement?.dataset?.key;
    if (status === "fulfilled") byId(id).replaceChildren(...nodes(value));
    else byId(id).replaceChildren(element("p", { class: "none" }, reason.message));
    if (focused) byId(id).querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  get today() {
    return new Intl.DateTimeFormat("en-CA", { timeZone: this.zone }).format(new Date());
  }

  taskGroups(tasks, more) {
    if (!tasks.length) return [element("p", { class: "none" }, "Nothing open.")];
    const today = this.today;
    const isOverdue = ({ due }) => due && (due.length > 10 ? new Date(due) < new Date() : due < today);
    const isToday = (task) => task.due?.slice(0, 10) === today && !isOverdue(task);
    const groups = [
      ["Overdue", tasks.filter(isOverdue)],
      ["Today", tasks.filter(isToday)],
      ["Coming up", tasks.filter((task) => task.due && !isOverdue(task) && !isToday(task))],
      ["Any time", tasks.filter((task) => !task.due)],
    ];
    return groups.filter(([, members]) => members.length).flatMap(([name, members]) => this.group(name, members, more));
  }

  group(name, members, more) {
    const shown = name === "Overdue" || name === "Today" ? members : members.slice(0, UPCOMING);
    const hidden = members.length - shown.length;
    const rest = hidden ? [element("p", { class: "none" }, `and ${hidden}${more ? "+" : ""} more`)] : [];
    const heading = element("h3", {}, name, element("span", { class: "count" }, String(members.length)));
    const rows = shown.map((task) => this.taskRow(task, name));
    return [heading, element("ul", { class: name.toLowerCase().replace(" ", "-") }, ...rows), ...rest];
  }

  taskRow(task, group) {
    const box = element("input", { type: "checkbox", "data-key": `task-${task.id}` });
    const row = element("li", {}, element("label", {}, box,
      element("span", { class: "title" }, task.title), element("span", { class: "meta" }, ...this.taskMeta(task, group))));
    box.addEventListener("change", async () => {
      row.classList.toggle("done", box.checked);
      if (await this.change(box, "PATCH", `/tasks/${task.id}`, { done: box.checked })) this.later(row);
    });
    return row;
  }

  taskMeta({ due, recurrence, tags = [], priority }, group) {
    const words = [];
    if (due) words.push(element("time", { datetime: due }, this.dueWords(due, group === "Today")));
    if (recurrence) words.push(element("span", { title: recurrence }, "repeats"));
    if (priority === 1) words.push(element("span", { class: "high" }, "high priority"));
    if (priority === 2) words.push(element("span", {}, "priority 2"));
    return [...words, ...tags.map((tag) => element("span", { class: "tag" }, `#${tag}`))];
  }

  dueWords(due, isToday) {
    const day = new Date(`${due.slice(0, 10)}T12:00:00Z`);
    const away = Math.round((day - new Date(`${this.today}T12:00:00Z`)) / 86_400_000);
    const near = { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[away];
    const far = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
    const time = due.length > 10 ? due.slice(11, 16) : null;
    if (isToday) return time ?? "Today";
    return [near ?? far.format(day), time].filter(Boolean).join(", ");
  }

  // A ticked row stays a moment, so that a slip can be taken back.
  later(row) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), row.classList.contains("done") ? DONE_STAYS : 0);
  }

  async change(box, method, path, body) {
    box.disabled = true;
    try {
      await call(method, path, body);
      return true;
    } catch (error) {
      box.checked = !box.checked;
      box.closest("li").classList.toggle("done", box.checked);
      this.failed(error.message);
      return false;
    } finally {
      box.disabled = false;
      box.focus();
    }
  }

  async habits() {
    const { items } = await call("GET", "/habits?limit=30");
    const insights = await Promise.all(items.map(({ id }) => call("GET", `/habits/${id}/insights`).catch(() => ({}))));
    return items.map((habit, index) => ({ ...habit, insights: insights[index] }));
  }

  habitList(habits) {
    if (!habits.length) return [element("p", { class: "none" }, "None yet.")];
    return [element("ul", { class: "habits" }, ...habits.map((habit) => this.habitRow(habit)))];
  }

  habitRow(habit) {
    const box = element("input", { type: "checkbox", "data-key": `habit-${habit.id}`, "aria-label": `${habit.name}: done today` });
    box.checked = habit.insights.last_done === this.today;
    const row = element("li", { class: box.checked ? "kept" : "" }, element("label", {}, box,
      element("span", { class: "title" }, habit.name), element("span", { class: "meta" }, habitWords(habit))));
    box.addEventListener("change", async () => {
      const status = box.checked ? "done" : "missed";
      const value = box.checked && habit.kind === "numeric" ? habit.target : null;
      const entry = value == null ? { status } : { status, value };
      if (await this.change(box, "PUT", `/habits/${habit.id}/entries/${this.today}`, entry)) this.refresh();
    });
    return row;
  }
}

function habitWords({ times, per_days: perDays, target, unit, insights }) {
  const goal = target == null ? "" : `${target} ${unit ?? ""}`.trim();
  const often = { 1: "every day", 7: `${times}× a week`, 30: `${times}× a month` }[perDays] ?? `${times} in ${perDays} days`;
  const streak = insights.current_streak > 1 ? `${insights.current_streak} days in a row` : "";
  const week = perDays === 7 && insights.this_week != null ? `${insights.this_week} of ${times} in 7 days` : often;
  return [goal, week, streak].filter(Boolean).join(" · ");
}
