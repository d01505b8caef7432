"""`verbatim bench-load`: how many questions a second this machine answers in time."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.cli.reports import Machine, loaded, print_object
from bot.cli.settings import Commands, build_engine, json_option, pack_option, pack_path
from bot.engine.pipeline import Engine
from bot.serve.progress import terminal_progress
from bot.text.progress import Progress

if TYPE_CHECKING:
    from bot.serve.load import Ask, Load

_SECONDS = 60.0
_FEWEST, _MOST = 5.0, 3600.0  # of them
_SHARES = {"unrecorded": 0.8, "recorded": 0.2}  # of the time; what is judged takes longer, so fewer are asked
_SERVERS = 50  # from which they come by turns
_TICK = 0.5  # seconds


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "bench-load",
        parents=[pack_option(), json_option()],
        help="measure how many questions a second this machine answers in time",
        description="Ask the pack's questions at one rate after the other, through the queue and the threads of the bot but without Discord, "
        "and tell the highest rate at which 99 of 100 are answered within 2 seconds of when they come, be it that earlier ones still wait. "
        "Twice: for recorded phrasings, which are looked up, and for others, which are judged: the same phrasings with a \"please\", "
        "and the pack's own test questions; of a text without curation, its sentences as questions. Each is asked by somebody else, from 50 "
        "servers. Nothing else should run meanwhile: all that does is measured with it.",
    )  # fmt: skip
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=_SECONDS,
        metavar="N",
        help=f"how long to measure (default: {_SECONDS:.0f}); the longer, the surer",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, and print what came of it. Returns the exit status. Raises FileFaults."""
    # Only here: they load the Discord library and asyncio, for which no other command should wait.
    import asyncio

    from bot.serve.library import settle
    from bot.serve.load import recorded, unrecorded
    from bot.serve.turns import THREADS

    path, tell = pack_path(options), terminal_progress(sys.stderr)
    engine = build_engine(path, options)
    tell("Getting ready", 0, 1)
    engine.warm()
    settle()
    tell("Getting ready", 1, 1)
    texts = {"unrecorded": unrecorded(engine), "recorded": recorded(engine)}
    loads = asyncio.run(_measured(engine, texts, options.seconds, tell))
    machine = Machine(_cores(), THREADS, engine.has_reader, options.seconds, _peak_memory())
    if options.as_object:
        print_object(loaded(path, engine.pack, machine, loads, {name: len(found) for name, found in texts.items()}))
    else:
        _print(loads, machine)
    return 0


async def _measured(engine: Engine, texts: Mapping[str, Sequence[str]], seconds: float, tell: Progress) -> dict[str, Load]:
    """What is carried of each kind of questions."""
    import asyncio

    from bot.serve.load import measure
    from bot.serve.turns import THREADS

    begun = time.monotonic()

    async def tick() -> None:
        while True:
            tell("Seconds of measuring", min(int(time.monotonic() - begun), int(seconds) - 1), int(seconds))
            await asyncio.sleep(_TICK)

    ticking = asyncio.create_task(tick())
    found = {}
    try:
        for name, share in _SHARES.items():
            found[name] = await measure(_asking(engine, texts[name]), 2 * THREADS, share * seconds)
    finally:
        ticking.cancel()
        tell("Seconds of measuring", int(seconds), int(seconds))
    return found


def _asking(engine: Engine, texts: Sequence[str]) -> Ask:
    """Puts the questions to a bot as its Discord side does, each by an asker of its own and by turns from several servers."""
    from bot.client.answering import Answering, Asked
    from bot.client.patient_store import PatientStore
    from bot.say.languages import FALLBACK, wording
    from bot.serve.dialogue import Conversation, Dialogue
    from bot.serve.library import Articles
    from bot.store.memory import MemoryStore

    answering, articles, words = (
        Answering(Dialogue(), PatientStore(MemoryStore())),
        Articles((engine,), (engine,)),
        wording(FALLBACK),
    )

    async def ask(number: int) -> bool:
        refused: list[int] = []
        server = 1 + number % _SERVERS
        conversation = Conversation(server, number, engine.pack.version)
        asked = Asked(texts[number % len(texts)], articles, conversation, server, words)
        await answering.answer(asked, lambda: refused.append(number))
        return not refused

    return ask


def _print(loads: Mapping[str, Load], machine: Machine) -> None:
    from bot.serve.load import WITHIN

    print(f"{'questions':12}{'a second':>10}{'median':>12}{'p99':>12}{'at most':>10}")
    for name, load in loads.items():
        best = load.carried
        times = (f"{best.rate:.1f}", _time(best.quantile(0.5)), _time(best.quantile(0.99))) if best else ("none", "", "")
        print(f"{name:12}{times[0]:>10}{times[1]:>12}{times[2]:>12}{load.most:10.1f}")
    print(
        f"\na second: the highest rate that was tried and carried, 99 of 100 answered within {WITHIN:.0f} s of when they come;\n"
        "at most: where nobody minds waiting. Through the bot's queue, without Discord.\n"
        f"{machine.cores} cores, {machine.threads} questions judged at once{'' if machine.reader else ', without the reader'}"
        + (f"; at most {machine.peak_memory:.0f} MB of memory" if machine.peak_memory else "")
    )


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def _seconds(text: str) -> float:
    value = float(text) if text.isascii() and text.isdigit() else 0.0
    if not _FEWEST <= value <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of seconds from {_FEWEST:.0f} to {_MOST:.0f}")
    return value


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _peak_memory() -> float | None:
    """The most that this process has had in memory, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10  # bytes there, else KiB
