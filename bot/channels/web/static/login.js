// The door of the staff desk: an invitation once, then a PIN or the code of an authenticator app.

import { kept, make, page, post, say } from "./words.js";

const notice = document.getElementById("notice");
const part = (id) => document.getElementById(id);
const value = (id) => part(id).value.trim();

function show(door) {
  if (door === "open" || door === "unconfirmed") {
    location.assign("/desk");
    return;
  }
  document.querySelectorAll("[data-for]").forEach((each) => { each.hidden = each.dataset.for !== door; });
  [...document.querySelectorAll(`[data-for="${door}"] input`)].find((input) => input.offsetParent)?.focus();
}

function tell(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

async function knock(path, body) {
  tell("");
  const lang = document.documentElement.lang;
  const answer = await post(path, { ...body, lang }).catch(() => null);
  if (!answer) tell(say("login_failed"));
  else if (answer.ok) return answer.told;
  else {
    if (!page.changes && answer.told.door) show(answer.told.door);
    tell(answer.told.words ?? say(`error_${answer.told.error}`));
  }
  return null;
}

async function enter(path, body) {
  const told = await knock(path, body);
  if (told) show(told.door);
}

function on(form, act) {
  part(form).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

on("code-form", () => enter("/code", { code: value("code"), name: value("name") }));
on("pin-form", () => enter("/key", { pin: value("pin") }));
on("totp-form", () => enter("/key", { code: value("totp") }));
on("new-app-form", () => enter("/key", { code: value("app-code"), old: value("old") }));
on("new-pin-form", () => {
  if (value("new-pin") !== value("pin-again")) tell(say("login_pin_differs"));
  else enter("/key", { pin: value("new-pin"), old: value("old") });
});

function useApp(is) {
  part("new-app-form").hidden = !is;
  part("new-pin-form").hidden = is;
}
part("use-pin").addEventListener("click", () => useApp(false));
part("use-app").addEventListener("click", async () => {
  const offer = await knock("/offer", {});
  if (!offer) return;
  part("qr").src = offer.qr;
  part("app-link").href = offer.uri;
  part("app-secret").textContent = offer.secret;
  useApp(true);
  part("app-code").focus();
});

// A closed door leaves nothing of what was written here to whoever sits down next.
if (!page.changes) {
  kept.set("mine", []);
  kept.set("draft", "");
}
part("old-part").hidden = !page.changes;
if (page.changes) part("other").replaceWith(make("a", { href: "/desk", text: say("login_back") }));
show(page.door);
