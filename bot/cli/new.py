"""`verbatim new`: a first draft of a pack from a text or a saved web page."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.messages import in_shell, show
from bot.cli.settings import Commands, config_option, wants_reader
from bot.engine.build import build
from bot.pack.values import PersonKind, QuoteKind, Verdict
from bot.serve.progress import terminal_progress
from bot.text.article import Section
from bot.text.display import clip, counted
from bot.text.progress import Progress

if TYPE_CHECKING:
    from bot.draft.folder import NewPack

_MOST_SHOWN = 160  # characters of a headline


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "new",
        parents=[config_option()],
        help="draft a pack from a text, a Markdown file or a saved web page",
        description="Draft a pack: the text, what it states of itself, who speaks in each sentence and quotation, whom it introduces and "
        "where they stand, and questions that it probably leaves open. Each record is marked as drafted, and what is not sure is left open "
        "with the reason. Nothing is fetched. Markdown and HTML need the extra pages.",
    )
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="plain text, Markdown (.md), HTML (.html) or a saved page (.mhtml)"
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the pack's folder, which must not exist yet")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the pack and print what is in it. Returns the exit status. Raises FileFaults."""
    from bot.draft.folder import new_pack  # only here: its many patterns take time that no other command should wait for

    tell = terminal_progress(sys.stderr)
    reading = partial(_reading, tell) if wants_reader(options) else None
    show("\n".join(_summary(new_pack(options.source, options.folder, reading, tell))))
    return 0


def _reading(tell: Progress, text: bytes) -> Callable[[str], bool]:
    """What says of a question whether the text alone answers it."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "article.txt"
        path.write_bytes(text)
        engine = build(path, Path(place), progress=tell)
        engine.warm()
    return lambda question: engine.answer(question).verdict is Verdict.ANSWER


def _summary(made: NewPack) -> list[str]:
    folder, article, found, stated = made.folder, made.article, made.draft, made.stated
    said = [q for q in found.quotes if q.kind is not QuoteKind.NARRATION]
    left = [q for q in found.quotes if q.open]
    people = [p for p in found.people if p.kind is not PersonKind.SOURCE]
    page = [p for p in article.paragraphs if p.section is Section.FURNITURE]
    known = [name for name, value in (("date", stated.date), ("author", stated.authors), ("address", stated.url)) if value]
    pack = f"--pack {in_shell(folder)}"
    return [
        f"{folder}: {clip(' '.join(article.headline.split()), _MOST_SHOWN)}",
        f"  text     {len(article.text):,} characters, {len(article.sentences)} sentences",
        *([f"  page     {counted(len(page), 'paragraph')} of it left out, under `furniture` in pack.yaml"] if page else []),
        f"  stated   {', '.join(known) or 'neither date nor author nor address'}",
        f"  people   {len(people)}, people and bodies",
        f"  quotes   {len(found.quotes)}, of which {len(said)} are somebody's words or statements, and {len(left)} are open",
        f"  entries  {len(found.entries)}: who or what somebody is, and where somebody stands",
        f"  gaps     {len(found.gaps)} likely; they and the entries count when you take `drafted: true` out",
        f"Next: `verbatim chat {pack}` asks it, and `verbatim review {pack}` goes through what is open.",
    ]
