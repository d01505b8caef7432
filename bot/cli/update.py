"""`verbatim update`: a pack brought to a corrected text of its article."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.messages import in_shell, show, usage
from bot.cli.reports import print_object, updated
from bot.cli.settings import Commands, config_option, json_option, wants_reader
from bot.errors import Fault, FileFaults
from bot.pack.folder import read
from bot.serve.progress import terminal_progress
from bot.text.article import Article, Span
from bot.text.display import clip, counted

if TYPE_CHECKING:
    from bot.curate.changes import Place, Sentence
    from bot.curate.update import NowSaid, Update

_PLURALS = {"entry": "entries", "person": "people", "capacity": "capacities"}
_MOST_SHOWN = 160  # characters of a sentence


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "update",
        parents=[config_option(), json_option()],
        help="bring a pack to a corrected text of its article",
        description="Bring a pack to a corrected text of its article. Shows what differs; quotes that the text still has exactly stay, and whatever "
        "it no longer bears is switched off, with the reason, and stays in its file. Gaps are asked of the new sentences. Nothing is written before "
        "you say so, and then all of it or nothing; the former folder is kept beside.",
    )
    parser.add_argument("pack", type=Path, metavar="PACK", help="the pack's folder")
    parser.add_argument(
        "text",
        type=Path,
        metavar="NEWTEXT",
        help="the whole corrected text: plain text, Markdown (.md), HTML (.html) or a saved page (.mhtml)",
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--dry-run", action="store_true", help="show, but write nothing")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show what the text changes, and write it where that is wanted. Returns the exit status. Raises FileFaults."""
    from bot.curate.exchange import finish, refuse_inside
    from bot.curate.update import answers_now, apply, planned  # only here, as no other command wants them
    from bot.draft.pages import article_text

    if finish(options.pack):
        print(f"{options.pack}: a change that was cut off is done now.", file=sys.stderr)
    if not options.dry_run:
        refuse_inside(options.pack)
    data, _ = article_text(_read(options.text), str(options.text))
    update = planned(options.pack, data, str(options.text))
    reader = wants_reader(options)
    said = answers_now(update, terminal_progress(sys.stderr)) if reader and update.is_needed else ()
    if not options.as_object:
        show("\n".join(_lines(options.pack, update, said, reader)))
    writes = update.is_needed and not options.dry_run
    if writes and not options.yes and not options.as_object:
        if not sys.stdin.isatty():
            return usage("nothing is written. Fix: add --yes to write this, or --dry-run where seeing it is enough.")
        if not _agreed(options.pack):
            print("Nothing is written.", file=sys.stderr)
            return 0
    elif not options.yes:
        writes = False  # a program is never asked
    backup = apply(update, said, datetime.date.today().isoformat()) if writes else None
    if options.as_object:
        print_object(updated(options.pack, update, said, backup, reader=reader))
    elif backup:
        print(f"Written. The former pack is kept as {backup}.")
        pack = f"--pack {in_shell(options.pack)}"
        print(f"Next: `verbatim review {pack}` asks about what is open now, and `verbatim check {pack}` proves the rest.")
    return 0


def _read(path: Path) -> bytes:
    """The bytes of a file, as many as show that it is too large."""
    from bot.draft.pages import MOST_BYTES

    try:
        return read(path, MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise FileFaults([Fault(str(path), 0, "there is no such file.", "name the file with the corrected text.")]) from error
    except OSError as error:
        raise FileFaults(
            [Fault(str(path), 0, f"cannot be read ({error.strerror}).", "check the path and its permissions.")]
        ) from error


def _agreed(pack: Path) -> bool:
    print(f"Write this to {pack}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


# What is shown


def _lines(path: Path, update: Update, said: Sequence[NowSaid], reader: bool) -> Iterator[str]:
    plan, old, new = update.plan, update.pack.article, update.article
    yield f"{path}: {update.pack.title}"
    if not update.is_needed:
        yield "  This is the text that the pack stands on. Nothing is to be done."
        return
    counts = Counter(s.change.value for s in plan.sentences)
    same = len(new.sentences) - sum(s.new is not None for s in plan.sentences)
    yield f"  sentences     {', '.join(f'{n} {what}' for what, n in counts.items()) or 'none differ'}; {same} as they were"
    for sentence in plan.sentences:
        yield from _shown(sentence, old, new)
    yield f"  kept          {_of(len(plan.kept), 'quote')} of {len(update.pack.quotes)}, word for word"
    whole = sum(m.whole for m in plan.moved)
    yield f"  moved         {_of(len(plan.moved), 'quote')}{f', {whole} of them with the whole paragraph' if whole else ''}"
    for moved in (m for m in plan.moved if not m.whole):
        yield f"    {_at(moved.at)} from {_paragraph(moved.before)} to {_paragraph(moved.after)}"
    counts = Counter(o.what for o in plan.off) + Counter(v.key for v in plan.values_off)
    yield f"  switched off  {', '.join(_of(n, what) for what, n in counts.items()) or 'nothing'}"
    for off in plan.off:
        yield f"    {_at(off.at)} {off.why}"
        if off.nearest:
            yield f"      nearest now: “{clip(off.nearest, _MOST_SHOWN)}”"
    for value in plan.values_off:
        yield f"    {_at(value.at)} its {value.key} {value.value!r}: {value.why}"
    for fewer in (f for f in plan.fewer if f.what != "gap"):
        kept = f"still has {', '.join(fewer.kept)}" if fewer.kept else "has none left"
        yield f"    {_at(fewer.at)} without {', '.join(fewer.lost)}; {kept}"
    if bare := [f.at.id for f in plan.fewer if f.what == "gap"]:
        yield f"    {_of(len(bare), 'gap')} with fewer nearest passages: {', '.join(bare)}"
    if plan.unasked:
        yield f"    questions.yaml: not asked while it is off, what expects {', '.join(plan.unasked)}"
    for line in (*plan.furniture_gone, *([plan.foot_gone] if plan.foot_gone else [])):
        yield f"    pack.yaml: {line!r} is no longer in the text, and taken out"
    for line in update.perhaps_page:
        yield f"    {clip(line, _MOST_SHOWN)!r} is new and looks like the page's: take it out of the new text, unless the article has it"
    if not reader:
        yield "  answered now  not looked for, as the reader is off"
    else:
        yield f"  answered now  {_of(sum(s.sure for s in said), 'gap')}"
        for gap in said:
            does = "switched off, since it is answered by" if gap.sure else "left as it is, but see whether it is answered by"
            yield f"    {_at(gap.at)} {does} “{clip(gap.sentence, _MOST_SHOWN)}”"
    if plan.look:
        yield f"  look at       {_of(len(plan.look), 'quote')} beside which the words have changed: do they still say the same, by the same person?"
        yield from (
            f"    {_at(q.at)} {', '.join(q.speakers) or 'nobody named'}: “{clip(q.text, _MOST_SHOWN)}”" for q in plan.look
        )
    if plan.stands_again:
        yield "  stand again   switched off before; take `switched_off` out of those that are right"
        yield from (f"    {_at(at)}" for at in plan.stands_again)


def _shown(sentence: Sentence, old: Article, new: Article) -> Iterator[str]:
    where = _paragraph(old.paragraph_at(sentence.old.start).number) if sentence.old else ""
    if sentence.new:
        now = _paragraph(new.paragraph_at(sentence.new.start).number)
        where = now if where in ("", now) else f"{where} -> {now}"
    yield f"    {sentence.change.value}, {where}"
    if sentence.change.value == "moved":
        yield f"      = {_clipped(new, sentence.new)}"
        return
    if sentence.old:
        yield f"      - {_clipped(old, sentence.old)}"
    if sentence.new:
        yield f"      + {_clipped(new, sentence.new)}"


def _clipped(article: Article, span: Span | None) -> str:
    return clip(" ".join(article.excerpt(span).text.split()), _MOST_SHOWN) if span else ""


def _paragraph(number: int) -> str:
    return f"paragraph {number}" if number else "headline"


def _at(at: Place) -> str:
    return f"{at.file}:{at.line}: {at.id}:" if at.line else f"{at.file}: {at.id}:"


def _of(n: int, what: str) -> str:
    return counted(n, what, _PLURALS.get(what, ""))
