"""The command line: one file for each noun, all under `phananh`."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from bot.cli import administration, bench, conversation, corrections, demo, operation, reading, safekeeping, serve
from bot.cli.terminal import explained


class _Commands(TyperGroup):
    """Whichever command is typed, what somebody can mend is told in words."""

    def invoke(self, ctx: Any) -> Any:
        with explained():
            return super().invoke(ctx)


app = typer.Typer(
    name="phananh",
    cls=_Commands,
    help="Tiếp nhận phản ánh của người dân trong một cuộc trò chuyện.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
for _part in (serve, conversation, operation, safekeeping, reading, corrections, administration, demo, bench):
    _part.register(app)
