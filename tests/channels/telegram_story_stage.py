"""Transcripts played over HTTP on both Telegram bots: every line goes through the double of the Bot API and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from storage.records import AgencyId, Role
from tests.channels.telegram_stage import CITIZENS, STAFF
from tests.channels.zalo_stage import Phone, ZaloStage
from tests.doubles.telegram import Call, TelegramServer

PICTURES = Path(__file__).parent.parent / "pictures"
CHANNELS = {CITIZENS: "telegram", STAFF: "telegram_staff"}


class TelegramStage(ZaloStage):
    """Citizens write to one bot, staff to the other.

    A line is a message. Gestures: `:press LABEL` (a button of the newest message that has it), `:photo FILE [words]`,
    `:file FILE`, `:album FILE FILE … [| words]`, `:place LAT,LON`, `:contact NUMBER`, `:sticker`, `:answer FILE words`
    (a reply with a photo to the newest message that bears a case's code), `:edit words` (of one's last message),
    `:again` (the platform brings the last update once more).
    What is said is shown with its buttons; "✎ " marks a message that was changed in its place, "⌨ " a keyboard.
    """

    async def begin(self) -> dict[str, Any]:
        self.double = TelegramServer()
        await self.double.__aenter__()
        tokens = {"telegram_citizen_token": SecretStr(CITIZENS), "telegram_staff_token": SecretStr(STAFF)}
        return {**tokens, "telegram_api_base": self.double.base}

    async def end(self) -> None:
        await self.double.__aexit__()

    def terminal(self, who: str, name: str) -> Any:
        chat = f"{who} {name}".strip()
        if chat not in self.terminals:
            base = 9000 if who == "cán bộ" else 5000
            self.terminals[chat] = Phone(str(base + len(self.terminals)))
        return self.terminals[chat]

    async def hear(self, phone: Phone, line: str) -> None:
        user = int(phone.user)
        bot = STAFF if user >= 9000 else CITIZENS
        name, _, rest = line.partition(" ")
        if name == ":again":
            assert phone.last is not None
            self.double.give(bot, dict(phone.last))
        elif name == ":press":
            phone.last = self.double.press(bot, self._with_button(phone, rest), rest)
        elif name == ":album":
            for part in self._album(user, rest):
                phone.last = self.double.give(bot, {"message": part})
        else:
            phone.last = self.double.give(bot, self._update(phone, user, name, rest, line))

    def _update(self, phone: Phone, user: int, name: str, rest: str, line: str) -> dict[str, Any]:
        said = self.double.message
        match name:
            case ":photo":
                file, _, words = rest.partition(" ")
                return {"message": said(user, photo=self._sizes(file), **({"caption": words} if words else {}))}
            case ":file":
                kept = self.double.keep((PICTURES / rest).read_bytes())
                return {"message": said(user, document={"file_id": kept, "file_unique_id": kept, "file_name": rest})}
            case ":answer":
                file, _, words = rest.partition(" ")
                card = {**said(user, text="…"), "message_id": self._with_code(phone).result["message_id"]}
                return {"message": said(user, photo=self._sizes(file), caption=words, reply_to_message=card)}
            case ":place":
                lat, lon = (float(part) for part in rest.split(","))
                return {"message": said(user, location={"latitude": lat, "longitude": lon})}
            case ":contact":
                contact = {"phone_number": rest, "first_name": "Lan", "user_id": user}
                return {"message": said(user, contact=contact)}
            case ":sticker":
                thing = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9}
                return {"message": said(user, sticker={**thing, "is_animated": False, "is_video": False})}
            case ":edit":
                assert phone.last is not None
                before = phone.last.get("message") or phone.last["edited_message"]
                return {"edited_message": {**before, "text": rest, "edit_date": before.get("edit_date", 1) + 1}}
        assert not line.startswith(":"), line
        return {"message": said(user, text=line)}

    def _album(self, user: int, rest: str) -> list[dict[str, Any]]:
        """Its parts, the last one first; the words are those of the first."""
        files, _, words = rest.partition(" | ")
        parts = [self.double.message(user, media_group_id="77", photo=self._sizes(f)) for f in files.split()]
        parts[0] |= {"caption": words} if words else {}
        return list(reversed(parts))

    def _sizes(self, file: str) -> list[dict[str, Any]]:
        kept = self.double.keep((PICTURES / file).read_bytes())
        return [{"file_id": kept, "file_unique_id": kept, "width": 900, "height": 900}]

    def _with_button(self, phone: Phone, label: str) -> Call:
        """The newest message, as it stands now, that has this button."""
        cards = {call.fields.get("message_id") or call.result["message_id"]: call for call in self._sent(phone.user)}
        return next(c for c in reversed(list(cards.values())) if any(label in b["text"] for b in c.buttons))

    def _with_code(self, phone: Phone) -> Call:
        return next(call for call in reversed(self._sent(phone.user)) if self.codes[-1] in call.text)

    def _sent(self, user: str) -> list[Call]:
        return [call for call in list(self.double.sent(user)) if call.method != "sendMediaGroup"]

    def is_unheard(self) -> bool:
        return bool(self.double.waiting(CITIZENS) or self.double.waiting(STAFF)) or bool(self._kept())

    def _kept(self) -> int:
        return sum(len(self.service.store.read_now(lambda tx, c=c: tx.updates.kept(c))) for c in CHANNELS.values())

    def _is_busy(self, tx: Any) -> bool:
        waiting = [
            push
            for phone in self.terminals.values()
            for channel in CHANNELS.values()
            for push in tx.outbox.waiting(channel, phone.user)
        ]
        is_due = any(push.not_before is None or push.not_before <= self.clock() for push in waiting)
        return is_due or bool(tx.files.waiting(self.clock(), 1))

    def shown(self, user: str) -> list[str]:
        return [_shown(call) for call in list(self.double.sent(user))]

    def invite(self, agency: str, role: str, name: str) -> None:
        code, config = new_code(), self.service.current_config()
        made = (AgencyId(agency), Role(role), "console", name)
        self.service.store.write_now(lambda tx: invite(Context(tx, config, self.clock()), code, *made, confirmed=True))
        self.say("cán bộ", name, f"/start {code}")
        phone = self.terminal("cán bộ", name)
        assert phone.said, "nobody was welcomed"
        phone.said.clear()


def _shown(call: Call) -> str:
    pictures = len(call.files)
    lines = [call.text] if call.text else []
    if pictures:
        lines.append(f"({'tệp' if call.method == 'sendDocument' else 'ảnh'}: {pictures})")
    markup = call.fields.get("reply_markup") or {}
    lines += [" ".join(f"[{b['text']}]" for b in row) for row in markup.get("inline_keyboard", [])]
    lines += ["⌨ " + " ".join(f"[{b['text']}]" for b in row) for row in markup.get("keyboard", [])]
    if markup.get("remove_keyboard"):
        lines.append("⌨ –")
    return ("✎ " if call.method.startswith("edit") else "") + "\n".join(lines)
