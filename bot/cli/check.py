"""`verbatim check`: a pack's faults, and how it fares in its own tests."""

from __future__ import annotations

import argparse
import math

from bot.cli.settings import Commands, build_engine, pack_option, pack_path
from bot.curate import evaluate
from bot.pack.loading import load
from bot.pack.values import Pack

_LISTED = 20  # phrasings that stray without themselves, unless all are asked for


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "check",
        parents=[pack_option()],
        help="verify a pack and run its own tests",
        description="Verify a pack: every fault with file and line; then its phrasings (also each as if it had never been "
        "learnt), near misses and regression questions, and how much of the article is reached.",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help=f"list every phrasing that goes astray without itself; else the {_LISTED} worst, where there are too many",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print how the pack fares. Returns the exit status: 1 where one of its tests fails. Raises FileFaults."""
    path = pack_path(options)
    pack = load(path)
    print(f"{path}: {pack.title}")
    _print_article(pack)
    if not pack.entries:
        print("  There is nothing curated to check: its sentences are searched, and only a sure one is shown.")
        return 0
    tested = evaluate.self_test(build_engine(path, options))
    uncovered = pack.uncovered_sentences()
    _print_figures(pack, len(uncovered), tested)
    for span in uncovered:
        print(f"\nNot reached by any entry: “{pack.article.excerpt(span).text}”\n  Write an entry that cites it.")
    _print_misses(tested, everything=options.all)
    return 0 if tested.passed and not uncovered else 1


def _print_article(pack: Pack) -> None:
    article = pack.article
    if not pack.quotes:
        print(f"  article     {len(article.sentences)} sentences, no curation")
        return
    print(
        f"  article     {len(article.text):,} characters, {len(article.sentences)} sentences, "
        f"SHA-256 {article.sha256[:12]}… as the pack names it"
    )


def _print_figures(pack: Pack, uncovered: int, tested: evaluate.SelfTest) -> None:
    sentences, entries = len(pack.article.sentences), len(pack.entries)
    curated = [t for t in pack.topics if t.cites or t.looked_for]
    phrasings, strayed, weighed = sum(len(t.phrasings) for t in curated), len(tested.strayed), len(tested.left_out)
    print(f"  quotes      {len(pack.quotes)} of {len(pack.quotes)} located exactly once")
    print(f"  coverage    {sentences - uncovered} of {sentences} sentences reached ({1 - uncovered / sentences:.0%})")
    print(f"  topics      {entries} entries, {len(curated) - entries} gaps and premises, {phrasings:,} phrasings")
    print(f"  phrasings   {tested.phrasings - len(tested.lost):,} of {tested.phrasings:,} find their own entry's passages")
    print(
        f"  leave-one-out  {weighed - strayed:,} of {weighed:,} phrasings find their own entry's passages without themselves "
        f"({_rounded_down(tested.share_left_out)}), {_rounded_down(tested.share_answered)} are also answered"
        if weighed
        else f"  leave-one-out  not done: no entry has {evaluate.MIN_LEFT_OUT_PHRASINGS} phrasings"
    )
    print(f"  near misses {tested.near_misses - len(tested.mixed)} of {tested.near_misses} minimal pairs apart")
    print(f"  regression  {tested.expectations - len(tested.failed)} of {tested.expectations} questions as expected")
    if tested.unguarded:
        print(
            f"  warning: {len(tested.unguarded)} of {entries} entries have no near misses, "
            f"so nothing tests what must not get them: {', '.join(tested.unguarded)}"
        )


def _print_misses(tested: evaluate.SelfTest, *, everything: bool) -> None:
    for pair in tested.alike:
        print(
            f"\nentries that nobody can tell apart: {pair.one} and {pair.other}\n"
            f"  {pair.strays} of {pair.phrasings} phrasings of {pair.one} find {pair.other} without themselves, "
            f"such as {', '.join(map(repr, pair.examples))}\n"
            "  Merge them, let one cite both passages, or give each the words that tell it from the other."
        )
    too_many = tested.share_left_out < evaluate.MIN_LEFT_OUT
    listed = tested.strayed if everything else tested.strayed[:_LISTED] if too_many else ()
    for title, misses in (
        ("phrasing that misses its entry", tested.lost),
        ("phrasing that misses its entry without itself", [s.miss for s in listed]),
        ("near miss that gets the entry", tested.mixed),
        ("regression question", tested.failed),
    ):
        for miss in misses:
            print(f"\n{title}: {miss.ask!r}\n  wanted {miss.wanted}, got {miss.got}\n  {miss.advice}")
    if too_many:
        more = f" The {len(listed)} worst of {len(tested.strayed)} are listed; --all lists the others too."
        print(f"\nleave-one-out: {evaluate.MIN_LEFT_OUT:.0%} are needed.{more if len(listed) < len(tested.strayed) else ''}")


def _rounded_down(share: float) -> str:
    """As a percentage that never says more than is true: 94.99% is no 95%."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:.1f}%"
