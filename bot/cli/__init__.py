"""The command line: one file for each noun, all under `phananh`."""

from __future__ import annotations

import typer

from bot.cli import administration, bench, conversation, corrections, demo, operation, reading, safekeeping, serve

app = typer.Typer(
    name="phananh",
    help="Tiếp nhận phản ánh của người dân trong một cuộc trò chuyện.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
for _part in (serve, conversation, operation, safekeeping, reading, corrections, administration, demo, bench):
    _part.register(app)
