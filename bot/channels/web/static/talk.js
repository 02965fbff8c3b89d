// The list of messages: what the server sent, what was written here, and the line between the two.

import { dayOf, has, kept, make, page, post, say, timeOf } from "./words.js";

const list = document.getElementById("list");
const talk = document.getElementById("talk");
const typing = document.getElementById("typing");
const notice = document.getElementById("notice");
const state = document.getElementById("state");
const down = document.getElementById("down");
const REMEMBERED = 200;
// A browser keeps some 5 MB for a site: previews only of the last messages with photos.
const PICTURED = 8;
const SILENT_MS = 45_000;

const shown = new Set();
const hearers = { message: [], queue: [], ready: [] };
let last = 0;
let newest = null;
let unread = 0;
let lastDay = "";
let isReady = false;
let mine = kept.get("mine", []);

export const on = (name, hearer) => hearers[name].push(hearer);
export const isLive = () => isReady;

// — the line to the server —

let source = null;
let patience = 1000;
let watch = 0;

export function connect() {
  clearTimeout(watch);
  source?.close();
  source = new EventSource(`${page.prefix}/events${last ? `?after=${last}` : ""}`);
  const alive = () => {
    clearTimeout(watch);
    watch = setTimeout(lost, SILENT_MS);
  };
  source.addEventListener("message", (event) => {
    alive();
    show(JSON.parse(event.data));
  });
  source.addEventListener("ready", () => {
    alive();
    patience = 1000;
    isReady = true;
    online(true);
    settleMine();
    flush();
    hearers.ready.forEach((hear) => hear());
  });
  source.addEventListener("tick", alive);
  source.addEventListener("busy", () => { alive(); busy(true); });
  source.addEventListener("queue", () => { alive(); hearers.queue.forEach((hear) => hear()); });
  source.onerror = lost;
  alive();
}

function lost() {
  clearTimeout(watch);
  source?.close();
  source = null;
  online(false);
  watch = setTimeout(connect, patience * (0.8 + Math.random() * 0.4));
  patience = Math.min(patience * 2, 15_000);
  checkDoor();
}

// Why there is no line: a stream that is refused does not say so itself.
async function checkDoor() {
  const answer = await fetch(`${page.prefix}/links`).catch(() => null);
  if (answer?.status === 401) location.reload();
  if (answer?.status === 403) tell(say("error_no_session"), true);
}

let wasOnline = true;
function online(is) {
  state.textContent = is ? say("online") : say("connecting");
  state.classList.toggle("off", !is);
  if (!is && wasOnline && isReady) tell(say("offline"), true);
  if (is && !wasOnline && isReady) tell(say("back_online"));
  if (isReady) wasOnline = is;
}

let quiet = 0;
export function tell(text, stays = false, isAlarm = false) {
  clearTimeout(quiet);
  notice.classList.toggle("alarm", isAlarm);
  notice.textContent = text;
  notice.hidden = !text;
  if (!stays) quiet = setTimeout(() => { notice.hidden = true; }, 6000);
}

notice.addEventListener("click", () => tell(""));

addEventListener("online", () => source || connect());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  seen();
  if (!source) connect();
});

// — showing —

let patienceToType = 0;
export function busy(is) {
  clearTimeout(patienceToType);
  typing.hidden = !is;
  if (is) patienceToType = setTimeout(() => busy(false), 10_000);
  if (isPinned) toEnd();
}

// Whoever reads at the end stays there, also when a picture arrives late and makes its message taller.
let isPinned = true;
const isLow = () => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;

let [tall, room] = [0, 0];

export function toEnd() {
  isPinned = true;
  talk.scrollTop = talk.scrollHeight;
  [tall, room] = [talk.scrollHeight, talk.clientHeight];
  down.hidden = true;
}

talk.addEventListener("scroll", () => {
  // Nobody scrolled: a keyboard, a turned phone or larger letters moved everything, and the observer below mends it.
  if (isPinned && (talk.scrollHeight !== tall || talk.clientHeight !== room)) return;
  isPinned = isLow();
  down.hidden = isPinned;
  if (isPinned) seen();
}, { passive: true });
const taller = new ResizeObserver(() => isPinned && toEnd());
taller.observe(list);
taller.observe(talk);
down.addEventListener("click", toEnd);

function show(message) {
  if (shown.has(message.id)) return;
  shown.add(message.id);
  last = message.id;
  busy(false);
  const item = bubble(message);
  if (message.slot && newest?.dataset.slot === message.slot) newest.remove();
  newest?.classList.add("past");
  // News that comes by itself ends no question.
  if (!message.key.startsWith("push.")) retire();
  if (message.old && !list.querySelector(".unread") && message.id > kept.get("read", 0) && kept.get("read", 0)) {
    list.append(make("li", { class: "unread", text: say("unread") }));
  }
  dayLine(new Date(message.at ?? Date.now()));
  list.append(item);
  newest = item;
  placeMine(message.id);
  if (isPinned || message.old) toEnd();
  else down.hidden = false;
  if (message.key === "privacy.erased") forget();
  if (message.old) {
    if (message.id > kept.get("read", 0)) seen();
    return;
  }
  if (document.hidden || !isPinned) count(unread + 1);
  else seen();
  hearers.message.forEach((hear) => hear(message));
}

function seen() {
  if (document.hidden || !last) return;
  kept.set("read", last);
  alarm = "";
  count(0);
}

function count(number) {
  unread = number;
  document.title = [alarm, number && `(${number})`, page.title].filter(Boolean).join(" ");
}

// Stands before the title until this page is looked at.
let alarm = "";
export function raise(words) {
  if (!document.hidden) return;
  alarm = words;
  count(unread);
}

// Buttons of a question that is over are taken away; those about a case stay good.
function retire() {
  for (const button of list.querySelectorAll(".live")) {
    const row = button.parentElement;
    const offer = row.parentElement;
    button.remove();
    if (!row.children.length) row.remove();
    if (!offer.children.length) offer.remove();
  }
}

// A number that was typed is shown with the words of its button, which are gone once it is pressed.
function chosen(text) {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  const words = newest?.querySelectorAll(".choice > span")[number - 1]?.textContent;
  return words ? `${text} · ${words}` : text;
}

function dayLine(at) {
  const named = dayOf(at);
  if (named !== lastDay) list.append(make("li", { class: "day", text: named }));
  lastDay = named;
}

function bubble(message) {
  const at = new Date(message.at ?? Date.now());
  const body = make("div", { class: "bubble" }, ...extras(message), written(message));
  body.append(make("time", { datetime: at.toISOString(), text: timeOf(at) }));
  const item = make("li", { class: "them", "data-id": message.id, "data-slot": message.slot }, body);
  if (message.buttons) item.append(choices(message));
  return item;
}

function extras(message) {
  const made = [];
  const isBoth = new Set(message.pictures?.map((link) => link.purpose)).size > 1;
  const seen = (message.pictures ?? []).map((link, index) => picture(link, index, isBoth));
  const code = page.side === "desk" && message.slot?.startsWith("case") ? message.slot.slice(4) : "";
  if (code) {
    const map = make("img", { class: "map", alt: say("map_of", { code }), src: `/desk/map/${code}.svg`, loading: "lazy" });
    map.addEventListener("error", () => map.remove());
    seen.push(map);
  }
  if (seen.length) made.push(make("div", { class: "pictures" }, ...seen));
  if (message.document) {
    const [name, content] = message.document;
    const address = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
    made.push(make("a", { class: "document", href: address, download: name, text: say("document", { name }) }));
  }
  return made;
}

// A recording is listened to, a film watched, a document fetched.
function recording(link) {
  if (link.kind === "document") return make("a", { class: "document", href: link.large, download: "", text: say("document", { name: "PDF" }) });
  const player = make(link.kind === "voice" ? "audio" : "video", { src: link.large, controls: true, preload: "none" });
  let tried = false;
  player.addEventListener("error", async () => {
    if (tried) return;
    tried = true;
    player.src = (await fresh(link)).large;
  });
  return player;
}

function picture(link, index, isNamed) {
  if (link.kind && link.kind !== "photo") return recording(link);
  const name = isNamed ? say(`picture_${link.purpose}`) : "";
  const alt = link.alt || [say("picture_number", { n: index + 1 }), name].filter(Boolean).join(", ");
  const image = make("img", { src: link.small, alt, "data-file": link.file });
  let tried = false;
  image.addEventListener("error", async () => {
    if (tried) return;
    tried = true;
    link = await fresh(link);
    image.src = link.small;
  });
  const open = async () => {
    link = await fresh(link);
    document.getElementById("large").src = link.large;
    document.getElementById("viewer").showModal();
  };
  const caption = name && make("span", { class: "caption", "aria-hidden": "true", text: name });
  return make("button", { type: "button", class: link.alt ? "picture drawing" : "picture", onclick: open }, image, caption);
}

async function fresh(link) {
  const answer = await fetch(`${page.prefix}/links?file=${link.file}`).catch(() => null);
  return answer?.ok ? (await answer.json())[0] : link;
}

// Commands, case codes, the emergency numbers and our own addresses can be touched; everything else stays text, most
// of all an address that somebody else wrote.
const TOUCHED = /(?<url>https?:\/\/[^\s<>"”]*[\w/-])|(?<before>^|[\s(])(?<command>\/[a-z]{2,20})(?![\w/])|(?<code>\b[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{3}\b)|\b(?<phone>11[1-5])\b/g;
const EMERGENCY = /^(danger|consent|help|scope|banned|too_many)/;

function written({ text, key, slot }) {
  const paragraph = make("p");
  const isCard = slot?.startsWith("case");
  text.replace(/\n{3,}/g, "\n\n").trim().split("\n").forEach((line, index) => {
    if (index) paragraph.append("\n");
    const label = /^(▪ [^:]{2,30}:)( .*)$/.exec(line) ?? (isCard && /^(\p{L}[\p{L} ]{1,28}:)( .*)$/u.exec(line));
    if (label) paragraph.append(make("span", { class: "label", text: label[1] }), ...touchable(label[2], key));
    else if (isCard && !index) paragraph.append(make("span", { class: "head" }, ...touchable(line, key)));
    else paragraph.append(...touchable(line, key));
  });
  return paragraph;
}

function touchable(text, key) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(TOUCHED)) {
    const { before = "", command, code, phone, url } = found.groups;
    if ((phone && !EMERGENCY.test(key)) || (url && !url.startsWith(`${location.origin}/`))) continue;
    const touched = url ?? command ?? code ?? phone;
    const start = found.index + before.length;
    const said = code ? { text: `/xem ${code}`, label: code } : { text: command };
    parts.push(text.slice(at, start), url ? make("a", { href: url, target: "_blank", rel: "noopener", text: url }) : phone
      ? make("a", { href: `tel:${phone}`, text: phone, "aria-label": say("call", { n: phone }) })
      : make("button", { type: "button", class: "command", text: touched, onclick: () => sayNow(said) }));
    at = start + touched.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function choices(message) {
  let number = 0;
  const rows = message.buttons.map((row) => make("div", { class: "choices" }, ...row.map((choice) => {
    number += 1;
    const label = make("span", { text: choice.label });
    const mark = make("b", { text: number, "aria-hidden": "true" });
    if (choice.url) return make("a", { class: "choice", href: choice.url, rel: "noopener noreferrer" }, mark, label);
    const press = (event) => {
      const button = event.currentTarget;
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      setTimeout(() => button.removeAttribute("aria-busy"), 1500);
      // Whoever has no pointer goes on typing where the next number is typed; a phone's keyboard stays down.
      if (!event.detail) document.getElementById("say").focus();
      sayNow({ press: choice.press, label: choice.label });
    };
    const life = /^\d+\./.test(choice.press) ? "choice live" : "choice";
    return make("button", { type: "button", class: life, "data-press": choice.press, onclick: press }, mark, label);
  })));
  return make("div", { class: "offer", role: "group" }, ...rows);
}

// — what is written here: kept until the server has it, in order, each with a key of its own —

export function sayNow({ text = "", press, label, place, files = [], previews = [] }) {
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const note = { key, text: label ?? chosen(text), after: last, at: Date.now(), state: "sending", previews, place: Boolean(place) };
  note.body = { key, ...(press ? { press } : { text }), ...(place && { place }), ...(files.length && { files }) };
  mine.push(note);
  remember();
  newest?.classList.add("past");
  retire();
  dayLine(new Date());
  list.append(own(note));
  toEnd();
  flush();
}

function own(note) {
  const body = make("div", { class: "bubble" }, make("span", { class: "unseen", text: `${say("me")}: ` }));
  if (note.previews?.length) {
    body.append(make("div", { class: "pictures" }, ...note.previews.map((source) => source
      ? make("span", { class: "picture" }, make("img", { src: source, alt: say("picture") }))
      : make("span", { class: "file", text: say("file_sent") }))));
  }
  if (note.place) body.append(make("p", { text: say("point_sent") }));
  if (note.text) body.append(make("p", { text: note.text }));
  const at = new Date(note.at);
  const sign = make("span", { class: "sign" });
  body.append(sign, make("time", { datetime: at.toISOString(), text: timeOf(at) }));
  const item = make("li", { class: "me", "data-key": note.key }, body);
  mark(item, note);
  return item;
}

function mark(item, note) {
  const sign = item?.querySelector(".sign");
  if (!sign) return;
  const signs = { sending: "…", sent: "✓", failed: "!" };
  sign.replaceChildren(make("span", { "aria-hidden": "true", text: signs[note.state] }),
    make("span", { class: "unseen", text: say(note.state) }));
  item.classList.toggle("failed", note.state === "failed");
  item.querySelector(".again")?.remove();
  if (note.state === "failed") {
    const again = () => { note.state = "sending"; mark(item, note); flush(); };
    item.append(make("button", { type: "button", class: "again", text: say("again"), onclick: again }));
  }
}

const itemOf = (note) => list.querySelector(`[data-key="${note.key}"]`);

// Notes written before this page was opened find their place after the message they followed.
function placeMine(id) {
  for (const note of mine) if (note.after === id && !itemOf(note)) list.append(own(note));
}

function settleMine() {
  for (const note of mine) {
    if (itemOf(note)) continue;
    const follower = [...list.querySelectorAll(".them")].find((item) => Number(item.dataset.id) > note.after);
    follower ? follower.before(own(note)) : list.append(own(note));
  }
  toEnd();
}

function remember() {
  mine = mine.slice(-REMEMBERED);
  const pictured = new Set(mine.filter((note) => note.previews?.length).slice(-PICTURED));
  kept.set("mine", mine.map((note) => ({
    ...note,
    previews: pictured.has(note) ? note.previews : note.previews?.map(() => ""),
    body: note.state === "sent" ? undefined : note.body,
  })));
}

// Whoever had their data erased keeps nothing of it in this browser either.
function forget() {
  mine = [];
  remember();
  list.querySelectorAll(".me").forEach((item) => item.remove());
}

let isFlushing = false;
async function flush() {
  if (isFlushing) return;
  isFlushing = true;
  try {
    for (let note; (note = mine.find((each) => each.state === "sending"));) if (!(await send(note))) break;
  } finally {
    isFlushing = false;
  }
}

async function send(note) {
  let answer;
  busy(true);
  try {
    answer = await post("/message", note.body);
  } catch {
    later(3000);
    return false;
  }
  if (answer.status === 429 || answer.status >= 500) {
    if (answer.status === 429) tell(say("error_too_fast"));
    later(answer.status === 429 ? 4000 : 3000);
    return false;
  }
  if (answer.status === 401 && page.side === "desk") location.reload();
  note.state = answer.ok ? "sent" : "failed";
  if (!answer.ok) {
    busy(false);
    const reason = `error_${answer.told.error}`;
    tell(has(reason) ? say(reason) : say("failed"), true);
  }
  mark(itemOf(note), note);
  remember();
  return true;
}

let waiting = 0;
function later(ms) {
  busy(false);
  clearTimeout(waiting);
  waiting = setTimeout(flush, ms);
}

// Another tab of the same conversation wrote something, or got it off. What is not off yet either of the two may
// send: the same key takes effect once.
addEventListener("storage", (event) => {
  if (event.key !== `${page.side}.mine`) return;
  for (const note of kept.get("mine", [])) {
    const known = mine.find((each) => each.key === note.key);
    if (!known) {
      mine.push(note);
      list.append(own(note));
      toEnd();
    } else if (note.state === "sent" && known.state !== "sent") {
      known.state = "sent";
      mark(itemOf(known), known);
    }
  }
});

document.getElementById("viewer").addEventListener("click", (event) => event.currentTarget.close());
document.querySelectorAll("[data-close]").forEach((button) =>
  button.addEventListener("click", () => button.closest("dialog").close()));
