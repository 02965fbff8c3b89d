// The door of the staff desk: an invitation once, then a PIN.

import { kept, page, post, say } from "./words.js";

const notice = document.getElementById("notice");

function show(door) {
  if (door === "open" || door === "unconfirmed") {
    location.reload();
    return;
  }
  document.querySelectorAll("[data-for]").forEach((part) => { part.hidden = part.dataset.for !== door; });
  document.querySelector(`[data-for="${door}"] input`)?.focus();
}

function tell(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

async function knock(path, body) {
  tell("");
  const answer = await post(path, body).catch(() => null);
  if (!answer) {
    tell(say("login_failed"));
    return;
  }
  if (answer.told.door) show(answer.told.door);
  if (!answer.ok) tell(answer.told.words ?? say(`error_${answer.told.error}`));
}

const value = (id) => document.getElementById(id).value.trim();

function on(form, act) {
  document.getElementById(form).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

on("code-form", () => knock("/code", { code: value("code"), name: value("name") }));
on("pin-form", () => knock("/pin", { pin: value("pin") }));
on("new-pin-form", () => {
  if (value("new-pin") !== value("pin-again")) tell(say("login_pin_differs"));
  else knock("/pin", { pin: value("new-pin") });
});

// A closed door leaves nothing of what was written here to whoever sits down next.
kept.set("mine", []);
kept.set("draft", "");
show(page.door);
