"""`verbatim chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from bot.cli.colours import BOLD, FAINT, Paint, is_dumb, painter
from bot.cli.conversation import HOW_TO_LEAVE, LEAVING, Conversation, Shown, completions
from bot.cli.page import columns, page, paragraph
from bot.cli.settings import Commands, engine_of, pack_option
from bot.cli.standard_input import text_lines
from bot.engine.pipeline import Engine
from bot.serve.progress import make_ready, terminal_progress


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "chat",
        parents=[pack_option()],
        help="talk with the bot in the terminal; needs no token",
        description="A conversation in the terminal, with the words that the bot uses on Discord. Follow-up questions work, and so do "
        "commands; /help lists them. On a terminal, Tab completes questions and commands, the arrows fetch earlier lines, Ctrl-C clears "
        "the line, and Ctrl-D, quit or exit leave. From a pipe it reads a message a line. See docs/terminal.md.",
    )
    parser.add_argument("--explain", action="store_true", help="tell after every answer why it was given")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer line by line, until somebody leaves or the input ends. Returns the exit status. Raises FileFaults."""
    engine = engine_of(options)
    if sys.stdin.isatty() and sys.stdout.isatty():
        _at_terminal(engine, explained=options.explain)
        return 0
    conversation = Conversation(engine, numbered=False, explained=options.explain)
    for message in _until_left(text_lines()):
        print(conversation.take(message).plain + "\n", flush=True)  # whoever sent the message may wait for it
    return 0


def _at_terminal(engine: Engine, *, explained: bool) -> None:
    paint, conversation = painter(sys.stdout), Conversation(engine, numbered=True, explained=explained)
    print(_greeting(engine) + "\n")
    make_ready(engine, terminal_progress(sys.stderr))
    for message in _until_left(_typed(paint("you> ", BOLD), engine)):
        try:
            shown = conversation.take(message)
        except KeyboardInterrupt:
            print("Interrupted.\n")
            continue
        print(_page(shown, paint) + "\n")


def _typed(prompt: str, engine: Engine) -> Iterator[str]:
    """What somebody types: with line editing where the terminal can do that, else with its own."""
    if not is_dumb():
        from bot.cli.prompt import typed  # only here: prompt_toolkit is slow to load

        yield from typed(prompt, lambda text: completions(engine.pack, text))
        return
    while True:
        try:
            yield input(prompt)
        except KeyboardInterrupt:
            print(f"\n{HOW_TO_LEAVE}")
        except EOFError:
            return


def _until_left(messages: Iterable[str]) -> Iterator[str]:
    """The messages that are not empty, up to one that leaves."""
    for message in messages:
        if message.strip().casefold() in LEAVING:
            return
        if message.strip():
            yield message


def _greeting(engine: Engine) -> str:
    return "\n".join(
        paragraph(text, columns())
        for text in (
            f"Verbatim answers from one article: “{engine.pack.article.headline}”.",
            "Ask about it. Tab completes, /help shows what else can be typed, Ctrl-D leaves.",
        )
    )


def _page(shown: Shown, paint: Paint) -> str:
    echo = [paint(f"→ {shown.echo}", FAINT)] if shown.echo else []
    lines = [page(shown.lines, columns(), paint, len(shown.picks))] if shown.lines else []
    aside = [f"\n{paint(shown.aside, FAINT)}"] if shown.aside else []
    return "\n".join([*echo, *lines, *([shown.block] if shown.block else []), *aside])
