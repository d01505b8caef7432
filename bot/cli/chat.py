"""`verbatim chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from bot.cli.colours import BOLD, CYAN, FAINT, Paint, painter
from bot.cli.settings import Commands, engine_of, pack_option
from bot.cli.standard_input import text_lines
from bot.engine.answer import Answer
from bot.say.languages import FALLBACK, wording
from bot.say.replies import compose
from bot.say.why import explain


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "chat",
        parents=[pack_option()],
        help="talk with the bot in the terminal; needs no token",
        description="A conversation in the terminal, with the words that the bot uses on Discord. Follow-up questions work.",
    )
    parser.add_argument("--explain", action="store_true", help="tell after every reply why it was given")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer line by line, until an empty line in a terminal or the end of the input. Returns the exit status."""
    engine = engine_of(options)
    interactive = sys.stdin.isatty()
    paint = painter(sys.stdout)
    if interactive:
        print(
            f"Verbatim answers from one article: “{engine.pack.article.headline}”.\nAsk about it; an empty line or Ctrl-D ends.\n"
        )
    history: list[Answer] = []
    for message in _typed(paint("you> ", BOLD)) if interactive else text_lines():
        if not message.strip():
            continue
        answer = engine.answer(message, history)
        history.append(answer)
        print(_coloured(compose(answer, engine.pack, wording(FALLBACK)).plain, paint) + "\n")
        if options.explain:
            print(paint(explain(answer, wording(FALLBACK)), FAINT) + "\n")
    return 0


def _typed(prompt: str) -> Iterator[str]:
    """What somebody types, up to an empty line or the end of the input."""
    while True:
        try:
            message = input(prompt)
        except EOFError:
            return
        if not message.strip():
            return
        yield message


def _coloured(text: str, paint: Paint) -> str:
    """A reply with its quotations in colour and its source faint."""
    return "\n".join(
        paint(line, CYAN) if line.startswith("“") else paint(line, FAINT) if line.startswith("Source:") else line
        for line in text.split("\n")
    )
