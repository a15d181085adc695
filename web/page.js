// The page: wires the conversation, the sidebar and the message box together.

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Conversations } from "./conversations.js";
import { byId } from "./elements.js";
import { recall, remember } from "./memory.js";
import { call } from "./rest.js";
import { Sidebar } from "./sidebar.js";
import { Transcript } from "./transcript.js";

const narrow = matchMedia("(max-width: 800px)");

const composer = new Composer({ send });
const transcript = new Transcript({ undo: (card) => chat.undo(card), edit: (id, text) => composer.edit(id, text) });
const chat = new Chat({ transcript, changed, busy: showBusy });
const failed = (sentence) => transcript.tell(sentence, { kind: "error" });
const sidebar = new Sidebar({ failed });
const conversations = new Conversations({ failed, opened, deleted: startAnew, current: () => chat.threadId });

function changed() {
  byId("empty").hidden = !transcript.isEmpty;
  conversations.refresh();
  return zoneSettled.then(() => sidebar.refresh());
}

function showBusy(isBusy) {
  byId("stop").hidden = !isBusy;
  byId("send").hidden = isBusy;
  byId("empty").hidden = !transcript.isEmpty;
}

// Times are read in the person's zone, so the first message waits for it.
async function settleZone() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    let me = await call("GET", "/me");
    if (me.zone === "UTC" && here && here !== "UTC" && !recall("zone")) me = await call("PATCH", "/me", { zone: here });
    remember("zone", here);
    sidebar.zone = me.zone;
  } catch {
    // an unknown zone leaves the server's
  }
}

async function send() {
  if (!composer.text || chat.run) return;
  const { text, branchFrom } = composer.take();
  await zoneSettled;
  await chat.say(text, { branchFrom });
}

function opened(threadId) {
  closeDrawer();
  composer.endEdit();
  return chat.open(threadId).then(() => narrow.matches || composer.focus());
}

function startAnew() {
  closeDrawer();
  composer.endEdit();
  return chat.open(null).then(() => composer.focus());
}

function openDrawer() {
  document.body.classList.add("drawer-open");
  settleDrawer();
  byId("close-drawer").focus();
}

function closeDrawer() {
  const wasOpen = document.body.classList.contains("drawer-open");
  document.body.classList.remove("drawer-open");
  settleDrawer();
  if (wasOpen && narrow.matches) byId("open-drawer").focus();
}

function settleDrawer() {
  const isOpen = narrow.matches && document.body.classList.contains("drawer-open");
  byId("sidebar").inert = narrow.matches && !isOpen;
  document.querySelector("main").inert = isOpen;
  byId("backdrop").hidden = !isOpen;
  byId("open-drawer").setAttribute("aria-expanded", String(isOpen));
}

byId("stop").addEventListener("click", () => chat.stop().then(() => composer.focus()));
byId("new-conversation").addEventListener("click", startAnew);
byId("new-conversation-narrow").addEventListener("click", startAnew);
byId("open-drawer").addEventListener("click", openDrawer);
byId("close-drawer").addEventListener("click", closeDrawer);
byId("backdrop").addEventListener("click", closeDrawer);
addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());
narrow.addEventListener("change", closeDrawer);
for (const example of document.querySelectorAll(".examples button")) {
  example.addEventListener("click", () => (composer.show(example.textContent), send()));
}

settleDrawer();
const zoneSettled = settleZone();
chat.open(recall("thread")).then(() => narrow.matches || composer.focus());
