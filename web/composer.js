// The message box: what the person writes, new or in the place of an earlier message.

import { byId } from "./elements.js";

export class Composer {
  constructor({ send }) {
    this.words = byId("words");
    this.replaces = null; // the id of the message that is edited
    this.kept = ""; // what stood in the box before
    byId("composer").addEventListener("submit", (event) => (event.preventDefault(), send()));
    byId("end-edit").addEventListener("click", () => this.endEdit());
    this.words.addEventListener("input", () => this.fit());
    this.words.addEventListener("keydown", (event) => this.pressed(event, send));
  }

  get text() {
    return this.words.value.trim();
  }

  pressed(event, send) {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.replaces) this.endEdit();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  }

  // Hands out what was written, and is empty again.
  take() {
    const taken = { text: this.text, branchFrom: this.replaces };
    this.replaces = null;
    this.kept = "";
    this.show("");
    return taken;
  }

  edit(id, text) {
    if (!this.replaces) this.kept = this.words.value;
    this.replaces = id;
    this.show(text);
    this.focus();
    this.words.setSelectionRange(text.length, text.length);
  }

  endEdit() {
    if (!this.replaces) return;
    this.replaces = null;
    this.show(this.kept);
    this.focus();
  }

  show(text) {
    this.words.value = text;
    byId("editing").hidden = !this.replaces;
    this.fit();
  }

  fit() {
    this.words.style.height = "auto";
    this.words.style.height = `${this.words.scrollHeight}px`;
    byId("send").disabled = !this.text;
  }

  focus() {
    this.words.focus();
  }
}
