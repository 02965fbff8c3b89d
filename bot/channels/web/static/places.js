// Where it happened: the browser's own position, words, or a point on a map drawn from the wards' borders.

import { writeAbout } from "./compose.js";
import { sayNow } from "./talk.js";
import { make, say } from "./words.js";

const dialog = document.getElementById("places");
const ways = document.getElementById("ways");
const mapper = document.getElementById("mapper");
const hereState = document.getElementById("here-state");
const frame = document.getElementById("map");
const select = document.getElementById("ward");
const where = document.getElementById("map-where");
const sendPoint = document.getElementById("map-send");
const hint = document.getElementById("map-hint");
const ACCURACY_MS = 12_000;

let city = null;
let drawing = null;
let ward = null;
let point = null;

document.getElementById("place").addEventListener("click", () => {
  ways.hidden = false;
  mapper.hidden = true;
  hereState.textContent = "";
  dialog.showModal();
});

document.getElementById("here").addEventListener("click", () => {
  if (!window.isSecureContext) { hereState.textContent = say("here_unsafe"); return; }
  if (!navigator.geolocation) { hereState.textContent = say("here_none"); return; }
  hereState.textContent = say("here_asking");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => { dialog.close(); sayNow({ place: { lat: coords.latitude, lon: coords.longitude } }); },
    (fault) => { hereState.textContent = say(fault.code === 1 ? "here_denied" : "here_failed"); },
    { enableHighAccuracy: true, timeout: ACCURACY_MS, maximumAge: 30_000 },
  );
});

document.getElementById("words-way").addEventListener("click", () => {
  dialog.close();
  writeAbout(say("place_hint"));
});

document.getElementById("map-way").addEventListener("click", async () => {
  ways.hidden = true;
  mapper.hidden = false;
  await showCity();
});
document.getElementById("map-city").addEventListener("click", showCity);
select.addEventListener("change", () => select.value && showWard(select.value));
sendPoint.addEventListener("click", () => {
  const { west, north, lon, lat } = drawing.dataset;
  dialog.close();
  sayNow({ place: { lat: north - point.y / lat, lon: Number(west) + point.x / lon } });
});

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(address);
  return document.importNode(new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement, true);
}

async function show(address) {
  point = null;
  sendPoint.disabled = true;
  where.textContent = "";
  try {
    drawing = await load(address);
  } catch {
    where.textContent = say("map_failed");
    return false;
  }
  drawing.setAttribute("aria-hidden", "true");
  frame.replaceChildren(drawing);
  drawing.addEventListener("click", touched);
  return true;
}

async function showCity() {
  ward = null;
  hint.textContent = say("map_hint");
  select.value = "";
  if (!city) {
    if (!(await show("/map/city.svg"))) return;
    city = drawing;
    const wards = [...city.querySelectorAll(".ward")].sort((a, b) => a.dataset.name.localeCompare(b.dataset.name, "vi"));
    select.append(...wards.map((each) => make("option", { value: each.id.slice(1), text: each.dataset.name })));
  }
  drawing = city;
  point = null;
  sendPoint.disabled = true;
  where.textContent = "";
  frame.replaceChildren(city);
}

async function showWard(code) {
  select.value = code;
  if (!(await show(`/map/${code}.svg`))) return;
  ward = drawing.querySelector(".ward");
  hint.textContent = say("map_hint_point");
  where.textContent = ward.dataset.name;
  frame.focus();
}

function touched(event) {
  if (!ward) {
    const found = event.target.closest(".ward");
    if (found) showWard(found.id.slice(1));
    return;
  }
  const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  pin(spot.x, spot.y);
}

function pin(x, y) {
  point = { x, y };
  const box = drawing.viewBox.baseVal;
  const size = Math.max(box.width, box.height) / 30;
  drawing.querySelector(".pin")?.remove();
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  mark.setAttribute("class", "pin");
  mark.setAttribute("d", `M${x} ${y}l${-size * 0.6} ${-size * 1.3}a${size * 0.75} ${size * 0.75} 0 1 1 ${size * 1.2} 0z`);
  drawing.append(mark);
  const { west, north, lon, lat } = drawing.dataset;
  const shown = `${(north - y / lat).toFixed(5)}, ${(Number(west) + x / lon).toFixed(5)}`;
  where.textContent = `${ward.dataset.name} · ${shown}`;
  sendPoint.disabled = false;
}

// Without a pointer: arrows move the pin (from the ward's middle), plus and minus zoom.
frame.addEventListener("keydown", (event) => {
  if (!ward) return;
  const box = drawing.viewBox.baseVal;
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const zoom = { "+": 0.8, "=": 0.8, "-": 1.25 }[event.key];
  if (!moves[event.key] && !zoom) return;
  event.preventDefault();
  const from = point ?? { x: Number(ward.dataset.x), y: Number(ward.dataset.y) };
  if (zoom) {
    const [width, height] = [box.width * zoom, box.height * zoom];
    drawing.setAttribute("viewBox", `${from.x - width / 2} ${from.y - height / 2} ${width} ${height}`);
    pin(from.x, from.y);
    return;
  }
  const step = Math.max(box.width, box.height) / 60;
  const [dx, dy] = point ? moves[event.key] : [0, 0];
  pin(from.x + dx * step, from.y + dy * step);
});
