"""`verbatim check`: a pack's faults, and how it fares in its own tests."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.cli.messages import show
from bot.cli.reports import checked, print_object
from bot.cli.settings import Commands, build_engine, json_option, pack_option, pack_path
from bot.curate.leads import doubtful_leads
from bot.curate.near_misses import NearMiss
from bot.curate.phrasings import ENOUGH, underasked
from bot.curate.self_test import MOST_MADE, MOST_READ, Asserted, SelfTest, self_test
from bot.pack import proof
from bot.pack.values import Pack
from bot.serve.progress import make_ready, terminal_progress
from bot.text.article import Article, Section, Span
from bot.text.display import counted

_MOST_LISTED = 10  # of exchanges after which a question would be answered, of sentences and the like; all of them where told to


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "check",
        parents=[pack_option(), json_option()],
        help="verify a pack and run its own tests",
        description="Verify a pack: its faults with file and line, ten at most; then its phrasings, near misses and regression "
        "questions, questions that look like its own with one thing exchanged, and how much of the article is reached.",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help=f"list every fault, also those that follow from others; ask every near miss, not only the {MOST_READ} nearest to their "
        f"entries, and every one that is made, not only {MOST_MADE}; and list the misrouted phrasings and "
        "the sentences that no entry reaches",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print how the pack fares. Returns the exit status: 1 where one of its tests fails. Raises FileFaults."""
    path = pack_path(options)
    engine = build_engine(path, options)
    pack = engine.pack
    if not options.as_object:
        show(f"{path}: {pack.title}")
        _print_article(pack)
    if not pack.entries:
        if options.as_object:
            print_object(checked(path, pack, None, (), passed=True))
        else:
            print("  There is nothing curated to check: its sentences are searched, and only a sure one is shown.")
            _print_open(pack, everything=options.all)
            _print_off(pack, everything=options.all)
        return 0
    tell = terminal_progress(sys.stderr)
    make_ready(engine, tell)
    tested = self_test(engine, every_near_miss=options.all, progress=tell)
    uncovered = pack.uncovered_sentences()
    passed = tested.passed and not uncovered
    if options.as_object:
        print_object(checked(path, pack, tested, uncovered, passed=passed))
        return 0 if passed else 1
    _print_figures(pack, len(uncovered), tested, everything=options.all)
    _print_uncovered(pack, uncovered, everything=options.all)
    _print_misses(tested, everything=options.all)
    _print_asserted(pack, tested.asserted, everything=options.all)
    _print_open(pack, everything=options.all)
    _print_off(pack, everything=options.all)
    return 0 if passed else 1


def _print_uncovered(pack: Pack, uncovered: Sequence[Span], *, everything: bool) -> None:
    if not uncovered:
        return
    advice = (
        "write entries that cite them, for what people will ask first" if len(uncovered) > 1 else "write an entry that cites it"
    )
    print(f"\nNot reached by any entry, {counted(len(uncovered), 'sentence')}: {advice}.")
    for span in uncovered if everything else uncovered[:_MOST_LISTED]:
        show(f"  “{pack.article.excerpt(span).text}”")
    if len(uncovered) > _MOST_LISTED and not everything:
        print(f"  and {len(uncovered) - _MOST_LISTED} more (--all lists them; `verbatim review` asks about each)")


def _print_article(pack: Pack) -> None:
    article = pack.article
    if not pack.quotes and not pack.people:
        print(f"  article     {len(article.sentences)} sentences, no curation\n{_taken(article)}")
        return
    print(
        f"  article     {len(article.text):,} characters, {len(article.sentences)} sentences, "
        f"SHA-256 {article.sha256[:12]}… as the pack names it\n{_taken(article)}"
    )
    if pack.former:
        print(f"  former      {counted(len(pack.former), 'text')}, the last until {max(until for _, until in pack.former)}")
    if unproved := proof.unproved(article, pack.quotes.values()):
        print(
            "  warning: the quotation marks of the article do not balance round these quotes, so nothing proves whether they are "
            f"direct or narration; their records decide: {', '.join(q.id for q in unproved)}"
        )


def _print_open(pack: Pack, *, everything: bool) -> None:
    """What is drafted or open: no fault, since nothing is asserted by it."""
    drafted, unsettled = [p for p in pack.open_points if not p.why], [p for p in pack.open_points if p.why]
    if drafted:
        by_file = Counter(p.file for p in drafted)
        counts = ", ".join(f"{number} in {file}" for file, number in by_file.items())
        print(f"  drafted     {counts}: take `drafted: true` out of each that is right")
    if unsettled:
        print(
            f"  open        {counted(len(unsettled), 'record')}: settle what each says, as `verbatim review` asks it, and take `open` out"
        )
    for point in unsettled if everything else unsettled[:_MOST_LISTED]:
        show(f"    {point.file}:{point.line}: {point.id}: {point.why}")
    if len(unsettled) > _MOST_LISTED and not everything:
        print(f"    and {len(unsettled) - _MOST_LISTED} more (--all lists them)")


def _print_off(pack: Pack, *, everything: bool) -> None:
    """What is kept in the files without being used: no fault, since it is neither shown nor asked."""
    if not pack.switched_off:
        return
    counts = ", ".join(f"{number} in {file}" for file, number in Counter(o.file for o in pack.switched_off).items())
    print(f"  off         {counts}: mend each and take `switched_off` out, or remove it")
    for off in pack.switched_off if everything else pack.switched_off[:_MOST_LISTED]:
        show(f"    {off.file}:{off.line}: {off.id}: {off.why or f'its {off.key}'}")
    if len(pack.switched_off) > _MOST_LISTED and not everything:
        print(f"    and {len(pack.switched_off) - _MOST_LISTED} more (--all lists them)")


def _taken(article: Article) -> str:
    """How the text was taken: what parts its paragraphs, and whether its lines were broken to fit."""
    paragraphs = sum(p.section in (Section.BODY, Section.FOOT) for p in article.paragraphs)
    parted = "a line each, as no blank lines part them" if article.layout.by_line else "apart by blank lines"
    wrapped = f"; lines wrapped at {article.layout.columns} columns are joined" if article.layout.columns else ""
    page = sum(p.section is Section.FURNITURE for p in article.paragraphs)
    left_out = f"; {counted(page, 'paragraph')} of the page left out" if page else ""
    return f"  taken as    a headline and {counted(paragraphs, 'paragraph')} {parted}{wrapped}{left_out}"


def _print_figures(pack: Pack, uncovered: int, tested: SelfTest, *, everything: bool) -> None:
    sentences, entries = len(pack.article.sentences), len(pack.entries)
    curated = [t for t in pack.topics if t.cites or t.looked_for]
    phrasings, misrouted = sum(len(t.asked) for t in curated), len(tested.misrouted)
    listed = "" if everything or not misrouted else " (no fault; --all lists the others)"
    print(f"  quotes      {len(pack.quotes)} of {len(pack.quotes)} located exactly once")
    print(f"  coverage    {sentences - uncovered} of {sentences} sentences reached ({1 - uncovered / sentences:.0%})")
    print(f"  topics      {entries} entries, {len(curated) - entries} gaps and premises, {phrasings:,} phrasings")
    print(f"  phrasings   {tested.phrasings - misrouted:,} of {tested.phrasings:,} lie nearest to their own entry{listed}")
    near_misses = (
        f"{tested.read - len(tested.confused)} of {tested.read} asked do not get the entry, {tested.near_misses:,} in all"
    )
    print(f"  near misses {near_misses if tested.near_misses else 'none yet'}")
    print(
        f"  exchanges   {tested.made_read - len(tested.asserted)} of {tested.made_read} made questions asked are not answered as "
        f"what they look like, {tested.made:,} in all"
    )
    if tested.expectations:
        print(f"  regression  {tested.expectations - len(tested.failed)} of {tested.expectations} questions as expected")
    else:
        print(
            '  regression  no tests yet: write two lines for each into questions.yaml, `- ask: "a question"` and, below it, '
            f"`  expect: {pack.entries[0].id}`, or what else it should get"
        )
    if tested.unguarded:
        print(
            f"  warning: {len(tested.unguarded)} of {entries} entries have no near misses, "
            f"so nothing tests what must not get them: {', '.join(tested.unguarded)}"
        )
    if few := underasked(pack):
        print(
            f"  warning: {len(few)} of {entries} entries have fewer than {ENOUGH} phrasings beside their question: "
            f"{', '.join(t.id for t in few)}"
        )
    for lead in doubtful_leads(pack):
        show(f"  warning: the lead of {lead.entry}, “{lead.lead}”, may be wrong: {lead.why}")


def _print_misses(tested: SelfTest, *, everything: bool) -> None:
    for pair in tested.confusable:
        print(
            f"\nentries that nobody can tell apart: {pair.one} and {pair.other}\n"
            f"  {pair.misrouted} of {pair.phrasings} phrasings of {pair.one} lie nearer to {pair.other}, "
            f"such as {', '.join(map(repr, pair.examples))}\n"
            f"  {pair.advice}"
        )
    for title, misses in (
        ("misrouted phrasing", tested.misrouted if everything else ()),
        ("near miss that gets the entry", tested.confused),
        ("regression question", tested.failed),
    ):
        for miss in misses:
            print(f"\n{title}: {miss.ask!r}\n  wanted {miss.wanted}, got {miss.got}\n  {miss.advice}")


def _print_asserted(pack: Pack, asserted: Sequence[Asserted], *, everything: bool) -> None:
    """Questions of one entry with the same put in are told together: the same thing mends them."""
    alike: defaultdict[tuple[str, str], list[Asserted]] = defaultdict(list)
    for one in asserted:
        alike[one.made.entry.id, one.made.new.lower() or one.made.exchange].append(one)
    groups = list(alike.values())
    listed = len(groups) if everything else _MOST_LISTED
    for found, *others in groups[:listed]:
        made, lead = found.made, f" with the lead “{found.lead}”" if found.lead else ""
        entry = next((i for i in found.got if i in pack.by_id), made.entry.id)
        likewise = f"\n  likewise {', '.join(repr(o.made.ask) for o in others)}" if others else ""
        show(
            f"\nwarning: would be answered: {made.ask!r}\n"
            f"  made of {made.phrasing!r} of {made.entry.id}, {_exchanged(made)}; got {', '.join(found.got)}{lead}{likewise}\n"
            f"  Fix: if the article does not answer it, add it to the near misses of {entry}, and write a gap for it, or a premise "
            "where the article contradicts it, with more phrasings like it."
        )
    if more := sum(map(len, groups[listed:])):
        print(f"\nwarning: {more} more made questions would be answered (--all lists them)")


def _exchanged(made: NearMiss) -> str:
    if made.old and made.new:
        return f"with {made.new!r} for {made.old!r}"
    return f"with {made.new!r} put in" if made.new else f"with {made.old!r} taken out"
