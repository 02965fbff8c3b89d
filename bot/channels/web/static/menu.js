// What both pages have in their corner: a menu for keyboard and finger, and larger letters.

import { sayNow } from "./talk.js";
import { kept } from "./words.js";

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
  sayNow({ text: button.dataset.say });
}));
