// The staff desk: the conversation, and beside it the queue that every officer of the agency sees the same.

import "./compose.js";
import { openMenu } from "./menu.js";
import { connect, on, raise, sayNow, tell } from "./talk.js";
import { kept, make, post, say, when } from "./words.js";

const list = document.getElementById("queue");
const total = document.getElementById("total");
const note = document.getElementById("queue-note");
const body = document.body;

// — the queue —

let known = null;
let current = "";
let isLooking = false;
let isStale = false;

async function look() {
  if (isLooking) { isStale = true; return; }
  isLooking = true;
  isStale = false;
  const answer = await fetch("/desk/queue").catch(() => null);
  if (answer?.status === 401) location.reload();
  if (answer?.ok) draw(await answer.json());
  isLooking = false;
  if (isStale) look();
}

function draw(queue) {
  const codes = new Set(queue.cases.map((one) => one.code));
  const focused = document.activeElement?.dataset?.code;
  total.textContent = queue.total;
  list.replaceChildren(...queue.cases.map((one) => line(one, known !== null && !known.has(one.code))));
  const more = queue.total - queue.cases.length;
  note.textContent = queue.total ? (more > 0 ? say("desk_more", { n: more }) : "") : say("desk_empty");
  known = codes;
  if (focused) list.querySelector(`[data-code="${focused}"]`)?.focus();
}

function line(one, isFresh) {
  const marks = [
    one.is_urgent && make("b", { class: "mark urgent", text: say("desk_urgent") }),
    one.is_new && make("b", { class: "mark new", text: say("desk_new") }),
  ];
  const due = one.due_at ? new Date(one.due_at) : null;
  const at = due ? when(due) : "";
  const holder = one.is_mine ? say("desk_mine") : one.officer ? say("desk_taken", { who: one.officer }) : "";
  const open = () => { showQueue(false); mark(one.code); sayNow({ press: `open:${one.code}`, label: one.code }); };
  const attributes = { type: "button", class: isFresh ? "case fresh" : "case", "data-code": one.code, onclick: open };
  return make("li", {}, make("button", { ...attributes, "aria-current": String(one.code === current) },
    make("span", { class: "case-top" }, ...marks, make("strong", { text: one.code })),
    make("span", { class: "case-what", text: `${one.category} · ${one.ward}` }),
    make("span", { class: "case-text", text: one.text }),
    make("span", { class: one.is_late ? "case-due late" : "case-due",
      text: [one.status, due && say(one.is_late ? "desk_late" : "desk_due", { at }), holder].filter(Boolean).join(" · ") })));
}

function mark(code) {
  current = code;
  list.querySelectorAll(".case").forEach((each) => each.setAttribute("aria-current", String(each.dataset.code === code)));
}

function showQueue(is) {
  body.classList.toggle("queue-open", is);
}
document.getElementById("to-queue").addEventListener("click", () => showQueue(true));
document.getElementById("to-talk").addEventListener("click", () => showQueue(false));

// — a sound for a new case; two for an urgent one —

const sound = document.getElementById("sound");
let audio = null;

function setSound(is) {
  sound.setAttribute("aria-pressed", String(is));
  sound.title = say(is ? "desk_sound_on" : "desk_sound_off");
  kept.set("sound", is);
}
sound.addEventListener("click", () => {
  setSound(sound.getAttribute("aria-pressed") !== "true");
  ring(1);
});
setSound(kept.get("sound", true));

// Browsers let a page sound only after it was touched.
addEventListener("pointerdown", () => { audio ??= new AudioContext(); }, { once: true });
addEventListener("keydown", () => { audio ??= new AudioContext(); }, { once: true });

function ring(times) {
  if (!audio || sound.getAttribute("aria-pressed") !== "true") return;
  for (let i = 0; i < times; i += 1) {
    const start = audio.currentTime + i * 0.35;
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = times > 1 ? 988 : 740;
    loud.gain.setValueAtTime(0.25, start);
    loud.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(loud).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
}

on("message", (message) => {
  if (/^push\.(new|nobody)$/.test(message.key)) ring(1);
  if (/^push\.(new_urgent|urgent_again)/.test(message.key)) {
    ring(3);
    raise(say("desk_urgent"));
    tell(message.text.split("\n")[0], true, true);
  }
});
on("queue", look);

// — devices —

const devices = document.getElementById("device-list");
const lines = document.getElementById("device-lines");
const code = document.getElementById("device-code");

document.getElementById("devices").addEventListener("click", async () => {
  openMenu(false);
  code.hidden = true;
  await listDevices();
  devices.showModal();
});

async function listDevices() {
  const answer = await fetch("/desk/devices");
  if (!answer.ok) return;
  lines.replaceChildren(...(await answer.json()).map((device) => {
    const seen = device.seen_at ? new Date(device.seen_at) : null;
    const facts = [device.here ? say("devices_here") : say(device.is_open ? "devices_open" : "devices_locked"),
      seen && say("devices_seen", { at: when(seen) })].filter(Boolean).join(" · ");
    const remove = async () => {
      if (!confirm(say("devices_remove_sure"))) return;
      await post("/devices", { do: "remove", device: device.chat });
      await listDevices();
    };
    return make("li", {}, make("span", { text: named(device.agent) }), make("span", { class: "hint", text: facts }),
      !device.here && make("button", { type: "button", class: "plain", text: say("devices_remove"), onclick: remove }));
  }));
}

function named(agent) {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)/.exec(agent)?.[1].replace("Edg", "Edge").replace("OPR", "Opera");
  const system = /(Android|iPhone|iPad|Windows|Mac OS|Linux)/.exec(agent)?.[1];
  return [browser, system].filter(Boolean).join(" · ") || say("devices_unknown");
}

document.getElementById("device-add").addEventListener("click", async () => {
  const answer = await post("/devices", { do: "add" });
  if (!answer.ok) return;
  code.replaceChildren(say("devices_code"), make("code", { text: answer.told.code }));
  code.hidden = false;
});
async function lock(what) {
  await post("/devices", { do: what });
  location.reload();
}
document.getElementById("lock-all").addEventListener("click", () => lock("lock_all"));
document.getElementById("lock").addEventListener("click", () => lock("lock"));

look();
setInterval(look, 60_000);
connect();
