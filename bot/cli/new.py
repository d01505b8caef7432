"""`verbatim new`: a first draft of a pack from a text or a saved web page."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.settings import Commands
from bot.draft.drafting import Draft
from bot.draft.folder import new_pack
from bot.draft.stated import Stated
from bot.pack.values import PersonKind, QuoteKind
from bot.text.article import Article


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "new",
        help="draft a pack from a text, a Markdown file or a saved web page",
        description="Draft a pack: the text, what it states of itself, who speaks in each sentence and quotation, and questions that it "
        "probably leaves open. Each record is marked as drafted, and what is not sure is left open with the reason. Nothing is fetched. "
        "Markdown and HTML need the extra pages.",
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="plain text, Markdown (.md), HTML (.html) or a saved page (.mhtml)")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the pack's folder, which must not exist yet")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the pack and print what is in it. Returns the exit status. Raises FileFaults."""
    article, found, stated = new_pack(options.source, options.folder)
    print("\n".join(_summary(options.folder, article, found, stated)))
    return 0


def _summary(folder: Path, article: Article, found: Draft, stated: Stated) -> list[str]:
    said = [q for q in found.quotes if q.kind is not QuoteKind.NARRATION]
    left = [q for q in found.quotes if q.open]
    people = [p for p in found.people if p.kind is not PersonKind.SOURCE]
    known = [name for name, value in (("date", stated.date), ("author", stated.authors), ("address", stated.url)) if value]
    return [
        f"{folder}: {' '.join(article.headline.split())}",
        f"  text     {len(article.text):,} characters, {len(article.sentences)} sentences",
        f"  stated   {', '.join(known) or 'neither date nor author nor address'}",
        f"  people   {len(people)}, people and bodies",
        f"  quotes   {len(found.quotes)}, of which {len(said)} are somebody's words or statements, and {len(left)} are open",
        f"  gaps     {len(found.gaps)} likely, which count when you take `drafted: true` out",
        f"Next: verbatim chat --pack {folder}, and verbatim check --pack {folder} for what is open.",
    ]
