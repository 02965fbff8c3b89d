// The citizen's page: the conversation, the box, the ways to say where.

import "./compose.js";
import "./places.js";
import { connect, isLive, sayNow, tell } from "./talk.js";
import { kept, page, post, say } from "./words.js";

const menu = document.getElementById("menu");
const items = document.getElementById("items");
const larger = document.getElementById("larger");

function setSize(is) {
  document.documentElement.classList.toggle("larger", is);
  larger.setAttribute("aria-pressed", String(is));
  kept.set("larger", is);
}
larger.addEventListener("click", () => setSize(larger.getAttribute("aria-pressed") !== "true"));
setSize(kept.get("larger", false));

function openMenu(is) {
  items.hidden = !is;
  menu.setAttribute("aria-expanded", String(is));
  if (is) items.querySelector("button").focus();
}
menu.addEventListener("click", () => openMenu(items.hidden));
document.addEventListener("click", (event) => event.target.closest("#menu, #items") || openMenu(false));
items.addEventListener("keydown", (event) => {
  const all = [...items.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") { openMenu(false); menu.focus(); }
  if (!step) return;
  event.preventDefault();
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
});
items.querySelectorAll("[data-say]").forEach((button) => button.addEventListener("click", () => {
  openMenu(false);
  sayNow({ text: button.dataset.say });
}));

document.getElementById("leave").addEventListener("click", async () => {
  openMenu(false);
  if (!confirm(say("leave_sure"))) return;
  await post("/leave", {});
  kept.clear();
  location.reload();
});

document.getElementById("language").addEventListener("click", async () => {
  const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const answer = await post("/message", { key, text: say("other_command") }).catch(() => null);
  if (answer?.ok) location.reload();
  else tell(say("error_fault"));
});

if (!navigator.cookieEnabled) tell(say("error_no_session"), true);

// A new conversation begins with a greeting, once.
const greet = setInterval(() => {
  if (!isLive()) return;
  clearInterval(greet);
  if (!document.querySelector("#list .them, #list .me")) {
    post("/message", { key: `start-${page.token.slice(0, 24)}`, text: "/start" }).then((answer) => {
      if (!answer.ok) tell(say(`error_${answer.told.error}`), true);
    }).catch(() => {});
  }
}, 100);

connect();
