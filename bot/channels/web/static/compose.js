// Writing: a box that grows, files that go up at once with a preview and a bar, by button, by dropping, by pasting.

import { on, sayNow, tell } from "./talk.js";
import { kept, make, page, say } from "./words.js";

const form = document.getElementById("compose");
const box = document.getElementById("say");
const chooser = document.getElementById("files");
const row = document.getElementById("waiting");
const MAX_FILES = 20;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_PIXELS = 40e6;
const SIDE = 2600;
const PREVIEW = 280;
const BREATH_MS = 5000;

let waiting = [];

box.value = kept.get("draft", "");
const grow = () => {
  box.style.height = "auto";
  const border = box.offsetHeight - box.clientHeight;
  box.style.height = `${Math.min(box.scrollHeight + border, 160)}px`;
};
box.addEventListener("input", () => { grow(); kept.set("draft", box.value); });
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
grow();
addEventListener("resize", grow);
// Whoever just starts to type means the box.
addEventListener("keydown", (event) => {
  const isWord = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isWord && event.key !== " " && document.activeElement === document.body) box.focus();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  sendAll();
});

function sendAll() {
  const text = box.value.trim();
  if (waiting.some((file) => file.state === "going")) {
    tell(say("still_uploading"));
    waiting.forEach((file) => { file.then = sendAll; });
    return;
  }
  const ready = waiting.filter((file) => file.state === "there");
  if (!text && !ready.length) {
    if (waiting.length) tell(say("error_upload", { name: waiting[0].name }), true);
    return;
  }
  sayNow({
    text,
    files: ready.map((file) => ({ ref: file.ref, name: file.name.slice(0, 120) })),
    previews: ready.map((file) => file.preview ?? ""),
  });
  box.value = "";
  kept.set("draft", "");
  waiting = waiting.filter((file) => file.state === "failed");
  draw();
  grow();
  box.focus();
}

document.getElementById("attach").addEventListener("click", () => chooser.click());
chooser.addEventListener("change", () => {
  add([...chooser.files]);
  chooser.value = "";
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length) { event.preventDefault(); add(files); }
});
addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  add([...event.dataTransfer.files]);
});
addEventListener("beforeunload", (event) => {
  if (waiting.some((file) => file.state === "going")) event.preventDefault();
});

async function add(files) {
  if (waiting.length + files.length > MAX_FILES) tell(say("error_too_many_files"));
  for (const blob of files.slice(0, MAX_FILES - waiting.length)) {
    const file = { name: blob.name || say("picture"), state: "going", done: 0 };
    waiting.push(file);
    prepare(file, blob);
  }
  draw();
}

async function prepare(file, blob) {
  file.blob = blob;
  if (blob.type.startsWith("image/")) {
    const picture = await createImageBitmap(blob).catch(() => null);
    if (picture) {
      file.preview = drawn(picture, PREVIEW).toDataURL("image/jpeg", 0.6);
      if (blob.size > MAX_BYTES || picture.width * picture.height > MAX_PIXELS) file.blob = await new Promise((done) => drawn(picture, SIDE).toBlob(done, "image/jpeg", 0.85));
      picture.close();
      draw();
    }
  }
  if (file.blob.size > MAX_BYTES) refused(file, "file_too_big");
  else upload(file);
}

// Only a picture too heavy or too large to be taken is made smaller: the original may carry the place where it was taken.
function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = make("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function upload(file) {
  if (!waiting.includes(file)) return;
  const request = new XMLHttpRequest();
  file.request = request;
  request.open("POST", `${page.prefix}/upload`);
  request.setRequestHeader("X-Token", page.token);
  const isConfig = /\.ya?ml$/i.test(file.name);
  request.setRequestHeader("Content-Type", isConfig ? "application/yaml" : "application/octet-stream");
  request.responseType = "json";
  request.upload.onprogress = (event) => { file.done = event.loaded / event.total; paint(file); };
  request.onload = () => {
    if (request.status === 200) arrived(file, request.response);
    else if (request.status === 429) setTimeout(upload, BREATH_MS, file);
    // A proxy says only the number.
    else refused(file, request.response?.error ?? { 413: "file_too_big" }[request.status]);
  };
  request.onerror = () => refused(file, "upload");
  request.send(file.blob);
}

function arrived(file, told) {
  file.state = "there";
  file.ref = told.ref;
  settle(file);
}

function refused(file, why = "upload") {
  const isFinal = ["file_kind", "file_too_big", "no_session", "old_page"].includes(why);
  tell(say(`error_${why}`, { name: file.name }), true);
  file.state = "failed";
  if (isFinal) waiting = waiting.filter((each) => each !== file);
  settle(file);
}

// What a lost line broke off goes up again when the line is back.
function retry(file) {
  if (file.state !== "failed") return;
  file.state = "going";
  file.done = 0;
  upload(file);
  draw();
}
on("ready", () => waiting.forEach(retry));

function settle(file) {
  draw();
  const { then } = file;
  file.then = null;
  if (then && !waiting.some((each) => each.state === "going")) then();
}

function draw() {
  row.hidden = !waiting.length;
  row.replaceChildren(...waiting.map((file) => {
    const remove = () => {
      file.request?.abort();
      waiting = waiting.filter((each) => each !== file);
      draw();
    };
    const again = () => retry(file);
    const label = `${say("remove_file")}: ${file.name}`;
    file.bar = make("progress", { max: 1, value: file.done, "aria-label": file.name, hidden: file.state !== "going" });
    return make("li", { class: file.state },
      file.preview ? make("img", { src: file.preview, alt: file.name, onclick: again })
        : make("span", { class: "file", text: file.name, onclick: again }),
      file.bar,
      make("button", { type: "button", text: "✕", "aria-label": label, title: label, onclick: remove }));
  }));
}

function paint(file) {
  if (file.bar) file.bar.value = file.done;
}

export function writeAbout(hint) {
  box.placeholder = hint;
  box.focus();
}

