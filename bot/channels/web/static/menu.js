// What both pages have in their corner: a menu for keyboard and finger, larger letters, the other language.

import { sayNow, tell } from "./talk.js";
import { kept, post, say } from "./words.js";

const menu = document.getElementById("menu");
const items = document.getElementById("items");
const larger = document.getElementById("larger");

function setSize(is) {
  document.documentElement.classList.toggle("larger", is);
  larger.setAttribute("aria-pressed", String(is));
  kept.set("larger", is);
  dispatchEvent(new Event("resize"));
}
larger.addEventListener("click", () => setSize(larger.getAttribute("aria-pressed") !== "true"));
setSize(kept.get("larger", false));

export function openMenu(is) {
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
  sayNow({ text: button.dataset.say, label: button.textContent });
}));

document.getElementById("language").addEventListener("click", async () => {
  const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const answer = await post("/message", { key, text: say("other_command") }).catch(() => null);
  if (answer?.ok) location.reload();
  else tell(say("error_fault"));
});
