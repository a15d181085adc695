// A question that a run waits with: what would be done, and a yes or a no.

import { element } from "./elements.js";

export function approvalOf({ message }, answered) {
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
