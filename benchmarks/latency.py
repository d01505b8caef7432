"""From a question's event to its reply, and how fast what is not for the bot is passed over, beside a minimal discord.py bot that
only echoes, in the same run.

The fake Discord of the tests, the echo and Verbatim (as `verbatim run` runs it: the shipped pack, the default settings, a store
on disk) are processes of their own, on loopback TCP, with no rate limits. Questions are phrasings of the pack, none twice, from
one asker each. The engine knows a phrasing word for word from a table, which is its quickest way to an answer; so there is a row
with one slip of the finger in each too. Closed loop: the next question is put when the reply to the last was acknowledged; blocks
alternate between the bots, so that a busy machine hits both. The interval of a ratio of medians is a bootstrap over those blocks.
Times are of this machine as it is at the moment: compare the ratios. Every request is checked against Discord's contract at the
end.

    python benchmarks/latency.py [--questions N] [--ignored N]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import queue
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from aiohttp import web  # noqa: E402
from fakes.loopback import Discord, Question  # noqa: E402

from bot.config import shipped  # noqa: E402
from bot.pack.loading import load  # noqa: E402
from bot.pack.values import normal_form  # noqa: E402

SEED = 1
BLOCK = 25  # questions that one bot is asked before the other has its turn
WARM_UP = 20  # questions to each bot in each way before the first that counts
SPACED = 1 / 40  # seconds between two questions: Verbatim lets 45 messages a second go at most, as Discord takes 50
BURST = 200  # commands at once
FOUR, FOURS = 4, 25  # unrecorded questions in commands at once, and how often
BURSTS, FIREHOSES = 3, 3  # how often each is done; the tables give the median of them
CHANNELS = 100
PATIENCE = 60.0  # seconds
RESAMPLES = 2000
LEAST_BLOCKS = 4  # from which an interval means anything
TOKEN = "bG9vcGJhY2s.none.none"  # of the right form, and nobody's
ECHO, VERBATIM, WATCHED = "echo", "verbatim", "watched"

_QUESTION_OF = re.compile(r"/interactions/(\d+)/.*|/channels/\d+/messages")


# The bots, each in a process of its own


def serve(bot: str, base: str, gateway: str, spans: Path) -> int:
    """Run a bot against the Discord at these addresses until SIGTERM."""
    import discord  # noqa: TID251
    import yarl

    discord.http.Route.BASE = base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    if bot == ECHO:
        return serve_echo()
    from bot.cli.main import main

    if bot == VERBATIM:
        return main(["run"])
    with watched() as found:
        status = main(["run"])
    spans.write_text(json.dumps(found), encoding="utf-8")
    return status


def serve_echo() -> int:
    import discord  # noqa: TID251

    class Echo(discord.Client):
        async def on_message(self, message: discord.Message) -> None:
            if self.user in message.mentions and not message.author.bot:
                await message.reply("You said something.")

        async def on_interaction(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message("You said something.")

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    Echo(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True)).run(TOKEN, log_handler=None)
    return 0


Span = tuple[str, float, float]  # what, from when, until when (time.perf_counter, which on Linux is time.monotonic)
DISPATCH, ANSWER, ENGINE, WORDS = "dispatch", "answer", "engine", "words"
BUTTONS, SENDING, NOTING = "buttons", "sending", "noting"


@contextmanager
def watched() -> Iterator[list[Span]]:
    """Where Verbatim's time goes, from outside: its functions, and those of discord.py that it calls, with a clock round them."""
    from unittest.mock import patch

    import discord  # noqa: TID251
    from discord.webhook.async_ import AsyncWebhookAdapter  # noqa: TID251

    from bot.client import delivery, pages, responses
    from bot.client.answering import Answering
    from bot.client.asking import Asking
    from bot.client.lifecycle import Verbatim
    from bot.engine.pipeline import Engine
    from bot.store.sqlite import SqliteStore

    found: list[Span] = []

    def plain(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                found.append((name, began, time.perf_counter()))

        return timed

    def awaited(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        async def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return await function(*args, **kwargs)
            finally:
                found.append((name, began, time.perf_counter()))

        return timed

    parts: list[tuple[str, Any, str, Callable[..., Any]]] = [
        (DISPATCH, Verbatim, "on_message", awaited),
        (DISPATCH, Asking, "ask", awaited),
        (ANSWER, Answering, "answer", awaited),
        (ENGINE, Engine, "answer", plain),
        (WORDS, pages, "answered", plain),
        *((BUTTONS, module, function, plain) for module in (delivery, responses) for function in ("clamp", "view_of")),
        (SENDING, discord.http.HTTPClient, "request", awaited),
        (SENDING, AsyncWebhookAdapter, "request", awaited),
        (NOTING, SqliteStore, "note", awaited),
    ]
    with ExitStack() as stack:
        for name, owner, attribute, clock in parts:
            stack.enter_context(patch.object(owner, attribute, clock(name, getattr(owner, attribute))))
        yield found


# Their Discord


@dataclass
class Times:
    """Of one question (time.monotonic): when its event was sent, when the reply had arrived whole, and when that was
    acknowledged."""

    sent: float
    arrived: float
    acknowledged: float

    @property
    def reply(self) -> float:
        return 1000 * (self.arrived - self.sent)

    @property
    def whole(self) -> float:
        return 1000 * (self.acknowledged - self.sent)


class Watching(Discord):
    """The fake, telling when it has acknowledged the reply to a question."""

    def __init__(self) -> None:
        super().__init__(channels=CHANNELS, heartbeat=41.25)
        self.acknowledged: queue.SimpleQueue[tuple[int, float]] = queue.SimpleQueue()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        answer = await super()._rest(request)
        await answer.prepare(request)
        await answer.write_eof()
        at = time.monotonic()
        if request.method == "POST" and answer.status < 300:
            question = question_of("/" + request.match_info["path"], await request.json())
            if question is not None:
                self.acknowledged.put((question, at))
        return answer

    def wait_for(self, asked: Sequence[Question]) -> list[Times]:
        """The times of questions that were put, once all are answered. Raises TimeoutError."""
        acknowledged: dict[int, float] = {}
        while not all(q.id in acknowledged for q in asked):
            try:
                number, at = self.acknowledged.get(timeout=PATIENCE)
            except queue.Empty:
                raise TimeoutError(f"{len(asked)} questions were put, and not all of them answered") from None
            acknowledged[number] = at
        arrived = {question_of(r.path, r.body): r.at for r in self.requests[-4 * len(asked) - 20 :] if r.method == "POST"}
        return [Times(q.at, arrived[q.id], acknowledged[q.id]) for q in asked]


def question_of(path: str, body: Any) -> int | None:
    """The question that a request answers."""
    found = _QUESTION_OF.fullmatch(path)
    if found is None:
        return None
    return int(found[1] or (body.get("message_reference") or {}).get("message_id") or 0)


@dataclass
class Bot:
    """A running bot and the Discord that it is connected to."""

    name: str
    discord: Watching
    spans: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    askers: Iterator[int] = field(default_factory=lambda: iter(range(1000, 1_000_000_000)))

    def start(self, folder: Path) -> None:
        environ = {
            **os.environ,
            **{"PYTHONPATH": str(ROOT), "DISCORD_TOKEN": TOKEN, "VERBATIM_CONFIG": str(shipped("config.yaml"))},
            **{"XDG_STATE_HOME": str(folder / self.name), "XDG_CACHE_HOME": str(folder / "cache")},
        }
        command = [
            sys.executable,
            str(Path(__file__).resolve()),
            "--serve",
            self.name,
            self.discord.base,
            self.discord.gateway,
            str(self.spans),
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        if not self.discord.until(self.discord.is_ready, PATIENCE):
            raise TimeoutError(f"{self.name} does not connect:\n{self.log.read_text(encoding='utf-8')[-2000:]}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _place(self, number: int) -> tuple[int, int]:
        """A channel and an asker who has not asked before."""
        channels = list(self.discord.channels)
        return channels[number % len(channels)], next(self.askers)

    def mention(self, question: str, number: int) -> Times:
        return self.discord.wait_for([self.discord.mention(question, *self._place(number))])[0]

    def slash(self, question: str, number: int) -> Times:
        return self.discord.wait_for([self.discord.slash("ask", *self._place(number), question=question)])[0]

    def mention_all(self, questions: Sequence[str]) -> list[Times]:
        return self.discord.wait_for(self.discord.mention_all([(q, *self._place(n)) for n, q in enumerate(questions)]))

    def slash_all(self, questions: Sequence[str]) -> list[Times]:
        places = [self._place(n) for n in range(len(questions))]
        asked = [(channel, asker, {"question": q}) for q, (channel, asker) in zip(questions, places, strict=True)]
        return self.discord.wait_for(self.discord.slash_all("ask", asked))

    def ignore(self, number: int, question: str) -> float:
        """Events a second where so many messages that are not for the bot come before a question: until that is answered."""
        said = [("I was there too, and it rained.", *self._place(n)) for n in range(number)]
        began = time.monotonic()
        self.discord.say_all(said)
        answered = self.mention(question, 0)
        return (number + 1) / (answered.arrived - began)


@contextmanager
def running(names: Sequence[str], folder: Path) -> Iterator[list[Bot]]:
    with ExitStack() as stack:
        bots = []
        for name in names:
            bot = Bot(name, stack.enter_context(Watching()), folder / f"{name}.json", folder / f"{name}.log")
            bot.start(folder)
            if name == ECHO:  # whose requests need not keep to the contract, which also has rules that are Verbatim's alone
                stack.callback(bot.discord.requests.clear)
            stack.callback(bot.stop)
            bots.append(bot)
        for bot in bots:
            bot.wait_until_ready()
        time.sleep(3)  # discord.py waits two seconds for further servers, then the bots are told that they are ready
        yield bots


# Measuring


class Questions:
    """Phrasings of the shipped pack in an order that a seed gives. Each is handed out once."""

    def __init__(self) -> None:
        pack = load(shipped("knowledge/backthecode"))
        phrasings = sorted({p for t in pack.topics for p in t.asked})
        self._rng = random.Random(SEED)
        self._rng.shuffle(phrasings)
        self._left = iter(phrasings)
        self._known = {normal_form(p) for p in phrasings}

    def take_misspelt(self, number: int) -> list[str]:
        """Each with two neighbouring letters swapped, so that it is no phrasing word for word."""
        taken: list[str] = []
        while len(taken) < number:
            [text] = self.take(1)
            places = [i for i in range(len(text) - 1) if text[i : i + 2].isalpha() and text[i].lower() != text[i + 1].lower()]
            at = self._rng.choice(places or [0])
            slipped = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
            if normal_form(slipped) not in self._known:
                self._known.add(normal_form(slipped))
                taken.append(slipped)
        return taken

    def take(self, number: int) -> list[str]:
        taken = [question for question, _ in zip(self._left, range(number), strict=False)]
        if len(taken) < number:
            raise SystemExit("latency.py: the pack has too few phrasings for that many questions")
        return taken


Asking = Callable[[Bot, str, int], Times]
WAYS: Mapping[str, tuple[Asking, Callable[[Questions, int], list[str]]]] = {
    "mention": (Bot.mention, Questions.take),
    "/ask": (Bot.slash, Questions.take),
    "mention, misspelt": (Bot.mention, Questions.take_misspelt),
}


def one_by_one(bots: Sequence[Bot], asking: Asking, questions: Sequence[str]) -> dict[str, list[list[Times]]]:
    """The times of each bot, block by block."""
    found: dict[str, list[list[Times]]] = {bot.name: [] for bot in bots}
    blocks = [questions[i : i + BLOCK] for i in range(0, len(questions), BLOCK)]
    for number, block in enumerate(blocks):
        for bot in bots if number % 2 else reversed(bots):
            times = []
            for n, question in enumerate(block):
                due = time.monotonic() + SPACED
                times.append(asking(bot, question, n))
                time.sleep(max(0.0, due - time.monotonic()))
            found[bot.name].append(times)
    return found


def in_turn(bots: Sequence[Bot], times: int, act: Callable[[Bot, int], Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {bot.name: [] for bot in bots}
    for number in range(times):
        for bot in bots if number % 2 else reversed(bots):
            found[bot.name].append(act(bot, number))
    return found


# Telling

Numbers = NDArray[np.float64]


def ratio(own: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """The ratio of the medians with its 95 % interval. Whole blocks are drawn anew, the two bots' together, since a busy
    moment lasts longer than a question."""

    def of(blocks: Sequence[int]) -> float:
        first, second = (np.concatenate([np.asarray(side[b]) for b in blocks]) for side in (own, other))
        return float(np.median(first) / np.median(second))

    rng = np.random.default_rng(SEED)
    number = len(own)
    drawn = [of([int(b) for b in rng.integers(number, size=number)]) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return of(range(number)), float(low), float(high)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n| {' | '.join(head)} |\n|{'|'.join(['---'] + ['---:'] * (len(head) - 1))}|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def tell_one_by_one(found: Mapping[str, Mapping[str, Sequence[Sequence[Times]]]]) -> None:
    rows = []
    seconds: dict[str, Callable[[Times], float]] = {"arrived": lambda t: t.reply, "acknowledged": lambda t: t.whole}
    for way, by_bot in found.items():
        for what, of in seconds.items():
            own, other = ([[of(t) for t in block] for block in by_bot[name]] for name in (VERBATIM, ECHO))
            cells = []
            for side in (other, own):
                flat = np.concatenate([np.asarray(b) for b in side])
                cells += [f"{np.median(flat):.2f}", f"{np.quantile(flat, 0.99):.2f}"]
            middle, low, high = ratio(own, other)
            interval = f" ({low:.2f} to {high:.2f})" if len(own) >= LEAST_BLOCKS else ""
            rows.append([f"{way}, until {what}", *cells, f"**{middle:.2f}**{interval}"])
    print_table(("milliseconds", "echo, median", "p99", "Verbatim, median", "p99", "ratio of medians (95 %)"), rows)


def tell_bursts(found: Mapping[str, Mapping[str, Sequence[Sequence[Times]]]], number: int) -> None:
    rows = []
    for way, by_bot in found.items():
        cells, medians = [], []
        for name in (ECHO, VERBATIM):
            each = []
            for burst in by_bot[name]:
                took = max(t.arrived for t in burst) - min(t.sent for t in burst)
                replies = [t.reply for t in burst]
                each.append((np.median(replies), np.quantile(replies, 0.99), len(burst) / took))
            median, p99, rate = np.median(np.asarray(each), axis=0)
            medians.append(median)
            cells += [f"{median:.0f}", f"{p99:.0f}", f"{rate:.0f}"]
        rows.append([way, *cells, f"{medians[1] / medians[0]:.2f}"])
    head = ("echo, median ms", "p99", "replies a second", "Verbatim, median ms", "p99", "replies a second", "ratio of medians")
    print_table((f"{number} questions at once", *head), rows)


def tell_ignored(found: Mapping[str, Sequence[float]], number: int) -> None:
    echo, own = (float(np.median(found[name])) for name in (ECHO, VERBATIM))
    head = (f"{number:,} messages that are not for it, then a question", "echo", "Verbatim", "ratio")
    print_table(head, [["events a second until it is answered", f"{echo:,.0f}", f"{own:,.0f}", f"{own / echo:.2f}"]])


def tell_parts(asked: Mapping[str, Sequence[Times]], spans: Sequence[Span]) -> None:
    """Where Verbatim's time goes. What runs at the same time counts in each of its rows, so they need not add up."""
    rows: dict[str, list[str]] = defaultdict(list)
    for times in asked.values():
        parts: dict[str, list[float]] = defaultdict(list)
        for t in times:
            inside: dict[str, list[tuple[float, float]]] = defaultdict(list)
            for name, began, ended in spans:
                if t.sent <= began <= t.acknowledged:
                    inside[name].append((began, ended))
            length = {name: sum(e - b for b, e in of) for name, of in inside.items()}
            answer, sending = length.get(ANSWER, 0.0), inside[SENDING][-1][0]
            engine, words = length.get(ENGINE, 0.0), length.get(WORDS, 0.0)
            steps = {
                "Discord to bot: the frame read, parsed, dispatched": inside[DISPATCH][-1][0] - t.sent,
                "engine": engine,
                "wording": words,
                "the rest of the answering (locks, threads, memory of the dialogue)": answer - engine - words,
                "clamp and buttons": length.get(BUTTONS, 0.0),
                "all from dispatch to the request": sending - inside[DISPATCH][-1][0],
                "request: until it has arrived whole": t.arrived - sending,
                "request: until it is acknowledged": t.acknowledged - t.arrived,
                "the whole": t.acknowledged - t.sent,
            }
            for step, seconds in steps.items():
                parts[step].append(1000 * seconds)
        for step, found in parts.items():
            rows[step] += [f"{np.median(found):.2f}", f"{np.quantile(found, 0.99):.2f}"]
    head = ("Verbatim watched, milliseconds", *(cell for way in asked for cell in (f"{way}, median", "p99")))
    print_table(head, [[step, *cells] for step, cells in rows.items()])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--questions", type=int, default=500, metavar="N", help="put one by one, in each way (default: 500)")
    parser.add_argument(
        "--ignored", type=int, default=20_000, metavar="N", help="messages that are not for the bot (default: 20000)"
    )
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        name, base, gateway, spans = options.serve
        return serve(name, base, gateway, Path(spans))
    number, burst = options.questions, min(BURST, options.questions)
    # The fake is the instrument: it keeps all that it is sent, and looking through that would be measured as the bots' time.
    gc.disable()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        questions = Questions()
        with running((ECHO, VERBATIM), folder) as bots:
            for asking, take in WAYS.values():
                one_by_one(bots, asking, take(questions, min(WARM_UP, number)))
            single = {way: one_by_one(bots, asking, take(questions, number)) for way, (asking, take) in WAYS.items()}
            tell_one_by_one(single)
            at_once = [questions.take(burst) for _ in range(BURSTS)]
            bursts = {
                "/ask": in_turn(bots, BURSTS, lambda bot, n: bot.slash_all(at_once[n])),
            }
            tell_bursts(bursts, burst)
            four = [questions.take_misspelt(FOUR) for _ in range(min(FOURS, number))]
            together = in_turn(bots, len(four), lambda bot, n: bot.slash_all(four[n]))
            tell_bursts({"/ask, misspelt, until acknowledged": together}, FOUR)
            after = questions.take(FIREHOSES)
            tell_ignored(in_turn(bots, FIREHOSES, lambda bot, n: bot.ignore(options.ignored, after[n])), options.ignored)
        with running((WATCHED,), folder) as (bot,):
            asked = {}
            for way, (asking, take) in WAYS.items():
                one_by_one((bot,), asking, take(questions, min(WARM_UP, number)))
                asked[way] = [t for block in one_by_one((bot,), asking, take(questions, number))[WATCHED] for t in block]
        tell_parts(asked, json.loads((folder / f"{WATCHED}.json").read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
