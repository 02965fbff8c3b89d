// The citizen's page: the conversation, the box, the ways to say where.

import "./compose.js";
import { openMenu } from "./menu.js";
import "./places.js";
import { connect, isLive, tell } from "./talk.js";
import { kept, page, post, say } from "./words.js";

document.getElementById("leave").addEventListener("click", async () => {
  openMenu(false);
  if (!confirm(say("leave_sure"))) return;
  await post("/leave", {});
  kept.clear();
  location.reload();
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
