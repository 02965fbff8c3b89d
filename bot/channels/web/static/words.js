// The page's own words, in the language it was served in, and times as people say them.

const words = JSON.parse(document.getElementById("words").textContent);
const zone = "Asia/Ho_Chi_Minh";
const clock = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: zone });
const day = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: zone });

export function say(key, values = {}) {
  const pattern = words[key] ?? key;
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in words;

export const timeOf = (at) => clock.format(at);

export function dayOf(at) {
  const shown = day.format(at);
  if (shown === day.format(new Date())) return say("today");
  return shown === day.format(new Date(Date.now() - 864e5)) ? say("yesterday") : shown;
}

// In the middle of a sentence.
export const when = (at) => `${timeOf(at)} ${dayOf(at).toLowerCase()}`;

export const page = document.body.dataset;

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

export async function post(path, body) {
  const answer = await fetch(page.prefix + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Token": page.token },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  return { status: answer.status, ok: answer.ok, told };
}

// What is kept in this browser; everything goes on without it.
export const kept = {
  get(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`${page.side}.${name}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`${page.side}.${name}`, JSON.stringify(value));
    } catch {
      // Full or forbidden: the page works, it only forgets.
    }
  },
  clear() {
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(`${page.side}.`)) localStorage.removeItem(name);
    } catch {
      // As above.
    }
  },
};
