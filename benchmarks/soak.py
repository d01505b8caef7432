"""A long time of simulated traffic on several processes of the bot, some of which are killed and replaced meanwhile: memory, latency, and
what became of each question, as Markdown tables.

The processes are `verbatim run` with the shipped pack, on one PostgreSQL on this machine and the fake Discord of tests/fakes/loopback.py,
which lets one shard identify in 5 seconds: discord.py's own networking, TCP. Arrivals are independent of the answers (an open loop); some
servers ask far more than others. By turns a process is killed (SIGKILL) and started again, or told to leave (SIGTERM) while its successor
starts; the first one is left alone, so that its memory shows the whole time. Each question is judged a minute after it was put. Double: the
asker saw more than one answer. Lost: nothing. Of these, deaf: nobody was connected for the server, so that Discord told nobody; cut off: in
the hands of a process that was killed then; late: answered after the 3 seconds in which Discord takes a first response. Times are from the event to the arrival of what answers it, on this machine as it is: the fake
shares it, and its part is told. Its limits are not Discord's. Linux alone.

    python benchmarks/soak.py [--minutes N] [--servers N] [--channels N] [--processes N] [--rate N] [--upset-every N]
        [--reader on|off] [--seed N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from aiohttp import web  # noqa: E402
from fakes import postgres  # noqa: E402
from fakes.contract import contract  # noqa: E402
from fakes.loopback import AUTOCOMPLETE, SLASH, Channel, Discord, Question, Request  # noqa: E402

from bot.config import shipped  # noqa: E402
from bot.engine.build import build  # noqa: E402
from bot.serve.load import recorded, unrecorded  # noqa: E402
from bot.store.address import Database  # noqa: E402
from bot.store.postgres import PostgresStore  # noqa: E402

TOKEN = "bG9vcGJhY2s.none.none"  # of the right form, and nobody's
PACK = "knowledge/backthecode"
SHARDS_EACH = 2  # of a process
READS_MESSAGES = 1 << 19  # the application's flag for Message Content in less than 10,000 servers
SETTLED = 60.0  # seconds after which a question is judged
WAIT = 300.0  # seconds for the processes to begin
SAMPLE_EVERY = 5.0  # seconds
BUTTON = 2  # the type of a component
KEPT = 500  # messages with buttons that can still be pressed
ASKERS = 50  # in a server
SKEW = 3  # of 1,000 servers the first 100 ask 46 % of the questions
APART = 50  # one server in so many listens, and one has its settings changed
LISTENING, CHANGING = 1, 2  # these, by the remainder of their number
WARM = 0.5  # of a process's life, the share whose memory is no growth but filling
STARTING = 60.0  # seconds of a process that are not looked at
CHATTER_FIRST = 5_000  # messages for nobody, before all else, of which each one's processor time is told

MENTION, COMMAND, READ, FOLLOW_UP, PAGE = "recorded, mention", "recorded, /ask", "read, mention", "follow-up", "page"
PRESS, COMPLETION, OVERHEARD, SETTING, TOO_SOON = "press", "completion", "overheard", "setting", "too soon"
MIX = {
    **{MENTION: 34, COMMAND: 12, READ: 6, FOLLOW_UP: 6, PAGE: 8},
    **{PRESS: 10, COMPLETION: 10, OVERHEARD: 10, SETTING: 2, TOO_SOON: 2},
}
FOLLOW_UPS = ("who said that?", "where does it say that?", "and why?")
CHATTER = ("I was there too, and it rained.", "see you on Monday then", "lol")
PAGES: tuple[tuple[str, str | None], ...] = (
    ("quote", None),
    ("faq", None),
    ("article", "about"),
    ("article", "who"),
    ("article", "help"),
)


class Act(NamedTuple):
    """What somebody does: how many seconds after the beginning, what, and the server's number; `chance` from 0 to 1 decides the rest."""

    at: float
    kind: str
    server: int
    chance: float


def acts(seed: int, servers: int, rate: float, seconds: float) -> Iterator[Act]:
    """So many a second on average, each independent of all others (Poisson)."""
    rng = random.Random(seed)
    at = rng.expovariate(rate)
    while at < seconds:
        kind = rng.choices(list(MIX), list(MIX.values()))[0]
        yield Act(at, kind, server_of(kind, int(servers * rng.random() ** SKEW), servers), rng.random())
        at += rng.expovariate(rate)


def server_of(kind: str, number: int, servers: int) -> int:
    """The server for a kind of act near a number: those that are set apart have theirs alone, since a cooldown that comes and goes makes the
    bot silent where it should be."""
    apart = {OVERHEARD: LISTENING, SETTING: CHANGING, TOO_SOON: CHANGING}
    number -= number % APART
    if kind in apart:
        number += apart[kind]
    return min(number + (0 if kind in apart else 3 + number // APART % (APART - 3)), servers - 1)


@dataclass
class Count:
    """What became of the questions of a kind; seconds until they were answered."""

    asked: int = 0
    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    deaf: int = 0
    cut_off: int = 0
    late: int = 0
    double: int = 0

    def row(self, kind: str) -> str:
        times = [f"{1000 * quantile(self.seconds, q):,.0f}" if self.seconds else "–" for q in (0.5, 0.95, 0.99, 1.0)]
        numbers = (self.asked, self.lost, self.deaf, self.cut_off, self.late, self.double)
        return f"| {' | '.join([kind, *times, *(f'{n:,}' for n in numbers)])} |"


def quantile(values: Sequence[float], share: float) -> float:
    """The value of which that share is not above it."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Sample(NamedTuple):
    """Of a process: when, in seconds; its own memory and all of it that is resident, files included, in MB; its processor time in seconds."""

    at: float
    own: float
    resident: float
    cpu: float


def growth(samples: Sequence[Sample]) -> float | None:
    """MB an hour by which a process's own memory grows after its first time: the slope of the least squares. None for too few samples."""
    late = [s for s in samples if s.at >= samples[0].at + WARM * (samples[-1].at - samples[0].at)]
    if len(late) < 3:
        return None
    return 3600 * statistics.linear_regression([s.at for s in late], [s.own for s in late]).slope


def quarters(samples: Sequence[Sample]) -> list[float]:
    """A process's own memory at the beginning, after each quarter and at the end."""
    return [samples[n * (len(samples) - 1) // 4].own for n in range(5)]


def sample(pid: int, at: float) -> Sample | None:
    """https://man7.org/linux/man-pages/man5/proc_pid_status.5.html. None where the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        times = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    except OSError:
        return None
    found = {name: int(kilobytes) / 1024 for name, kilobytes in re.findall(r"(RssAnon|VmRSS):\s+(\d+) kB", status)}
    return Sample(at, found["RssAnon"], found["VmRSS"], sum(map(int, times)) / os.sysconf("SC_CLK_TCK")) if found else None


class Judged(NamedTuple):
    """A question, how many answers its asker has seen, when the first came (None: none), and whether one came too late."""

    question: Question
    answers: int
    first: float | None
    was_late: bool


class Forgetful(Discord):
    """A fake of many servers, for a long time: what was judged, it forgets."""

    def __init__(self, servers: int, shards: int, channels: int) -> None:
        options: dict[str, Any] = {"guilds": servers, "shards": shards, "channels": channels, "flags": READS_MESSAGES}
        super().__init__(**options, heartbeat=41.25, identify_every=5.0)
        self._channels_each = channels
        self.starts = 10**9
        self.kept: OrderedDict[int, Question] = OrderedDict()  # messages with buttons, and what they answer
        self.events = self.answered = 0
        self._first: dict[int, float] = {}
        self._late: set[int] = set()
        self._under_way = 0

    def judge(self, before: float) -> list[Judged]:
        """The questions put before a time (time.monotonic), which are forgotten with that."""

        async def do() -> list[Judged]:
            answers = Counter(q for m, q in self._written.items() if m in self.messages)
            old = [q for q in self.questions.values() if q.at < before]
            found = []
            for question in old:
                given = self._interactions.pop(question.id, None)
                number = answers[question.id] + (given is not None and given.response in (7, 8, 9))
                found.append(Judged(question, number, self._first.pop(question.id, None), question.id in self._late))
                self._late.discard(question.id)
                self.messages.pop(question.id, None)
                self._tokens.pop(question.token, None)
                del self.questions[question.id]
            gone = {question.id: question for question in old}
            for message in [m for m, q in self._written.items() if q in gone]:
                self._keep(message, gone[self._written.pop(message)])
            return found

        return self._run(do(), SETTLED)

    def page(self, name: str, sub: str | None, channel: int, asker: int, **options: Any) -> Question:
        """A slash command, or one of a group."""
        kinds = {str: 3, bool: 5, int: 4}
        inside: list[dict[str, Any]] = [{"name": n, "type": kinds[type(v)], "value": v} for n, v in options.items()]
        if sub is not None:
            inside = [{"name": sub, "type": 1, "options": inside}]
        return self._interact(SLASH, [(channel, asker, {"id": "9", "name": name, "type": 1, "options": inside})])[0]

    def _channels_in(self, guild: int) -> list[Channel]:
        return [self.channels[guild + 1 + n] for n in range(self._channels_each)]  # without a look at all others

    def _keep(self, message: int, question: Question) -> None:
        if not self.messages.get(message, {}).get("components") or question.kind == AUTOCOMPLETE:
            self.messages.pop(message, None)
            return
        self.kept[message] = question
        if len(self.kept) > KEPT:
            self.messages.pop(self.kept.popitem(last=False)[0], None)

    async def _send(self, session: Any, name: str, data: Any) -> None:
        self.events += 1
        await super()._send(session, name, data)

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        self._under_way += 1
        try:
            return await super()._rest(request)
        finally:
            self._under_way -= 1
            if not self._under_way:  # each that is under way knows its place among them
                for done in self.requests:
                    contract().check(done.method, done.path, done.query, done.body)
                self.requests.clear()

    async def _do(self, request: Request) -> web.Response:
        answer = await super()._do(request)
        self.answered += 1
        question = about(request)
        if answer.status < 300 and question is not None and shows(request.body):
            self._first.setdefault(question, time.monotonic())
        elif answer.status == 404 and question in self.questions:
            self._late.add(question)
        return answer


_OF_INTERACTION = re.compile(r"/interactions/(\d+)/.*|/webhooks/\d+/token(\d+).*")


def about(request: Request) -> int | None:
    """The question that a request answers."""
    if found := _OF_INTERACTION.fullmatch(request.path):
        return int(found[1] or found[2])
    if request.method == "POST" and request.path.endswith("/messages"):
        return int((request.body.get("message_reference") or {}).get("message_id") or request.body.get("nonce") or 0)
    return None


def shows(body: Any) -> bool:
    """Whether the asker sees something of a request: all but that it is deferred."""
    return isinstance(body, dict) and body.get("type") not in (5, 6)


@dataclass
class Process:
    """A process of the bot."""

    popen: subprocess.Popen[bytes]
    log: Path
    began: float
    samples: list[Sample] = field(default_factory=list)
    end: str = "left alone"


class Upset(NamedTuple):
    """When a process was killed or told to leave (time.monotonic), how, and the shards that nobody heard then."""

    at: float
    how: str
    shards: frozenset[int]


class Soak:
    """The processes, the fake that they are connected to, and all that is done and counted."""

    def __init__(
        self,
        fake: Forgetful,
        database: Database,
        folder: Path,
        config: Path,
        chance: random.Random,
        texts: Mapping[str, Sequence[str]],
    ) -> None:
        self.fake, self._database, self._folder, self._config = fake, database, folder, config
        self._chance, self._texts = chance, texts
        self.processes: list[Process] = []
        self.gone: list[Process] = []
        self.counts = {kind: Count() for kind in MIX}
        self.upsets: list[Upset] = []
        self.connections = 0  # to the database, of all processes at most
        self.late: list[float] = []  # seconds by which what was due came later
        self._asked: dict[int, tuple[str, bool]] = {}  # kind, and whether somebody was connected
        self._later: deque[tuple[float, int, int]] = deque()  # questions that come too soon: when, channel, asker

    def start(self) -> Process:
        log = self._folder / f"{len(self.processes) + len(self.gone)}-{time.monotonic():.3f}.log"
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": TOKEN, "XDG_CACHE_HOME": str(self._folder / "cache")}
        command = [sys.executable, str(Path(__file__).resolve()), "--serve", str(self.fake.port), str(self._config)]
        with log.open("wb") as written:
            popen = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=written, stderr=written)
        self.processes.append(Process(popen, log, time.monotonic()))
        return self.processes[-1]

    def hear(self, number: int) -> float:
        """Seconds of the processors for each of so many messages that are not for the bot."""
        rng, guilds = self._chance, self.fake.guilds
        where = [rng.choice(guilds) + 1 for _ in range(number)]
        self.look()
        before = sum(p.samples[-1].cpu for p in self.processes)
        for n in range(0, number, 100):
            self.fake.say_all((CHATTER[0], channel, 5) for channel in where[n : n + 100])
        last = self.fake.mention_all((self._pick(MENTION), guild + 1, 6) for guild in guilds[3 * APART :][: self.fake.shards])
        if not self.fake.until(lambda: all(map(self.fake.seen, last)), SETTLED):
            raise TimeoutError("what comes after chatter is not answered")
        self.look()
        self.fake.judge(time.monotonic())
        return (sum(p.samples[-1].cpu for p in self.processes) - before) / number

    def run(self, plan: Iterator[Act], seconds: float, upset_every: float) -> None:
        began = time.monotonic()
        next_upset, next_sample, next_judging = began + upset_every, began, began + 1
        for act in plan:
            due = began + act.at
            while (now := time.monotonic()) < due or (self._later and self._later[0][0] <= now):
                if self._later and self._later[0][0] <= now:
                    _, channel, asker = self._later.popleft()
                    self._put(TOO_SOON, self.fake.slash("ask", channel, asker, question=self._pick(MENTION)))
                elif now >= next_sample:
                    next_sample = now + SAMPLE_EVERY
                    self.look()
                elif now >= next_judging:
                    next_judging = now + 1
                    self.judge(now - SETTLED)
                elif now >= next_upset and now < began + seconds - upset_every / 2:
                    next_upset = now + upset_every
                    self.upset()
                else:
                    time.sleep(min(0.01, max(0.0, due - now)))
            self.late.append(time.monotonic() - due)
            self.do(act)
        while self.fake.questions:
            time.sleep(1.0)
            self.judge(time.monotonic() - SETTLED)

    def do(self, act: Act) -> None:
        """Put what an act says; where it needs an earlier answer and there is none yet, a recorded phrasing."""
        guild = self.fake.guilds[act.server]
        channel, asker = guild + 1, 10_000_000 + act.server * ASKERS + int(act.chance * ASKERS)
        earlier = list(self.fake.kept.items())[-50:]
        message, answered = earlier[int(act.chance * len(earlier))] if earlier else (0, None)
        match act.kind:
            case "read, mention":
                question = self.fake.mention(self._pick(READ), channel, asker)
            case "recorded, /ask":
                question = self.fake.slash("ask", channel, asker, question=self._pick(MENTION))
            case "follow-up" if answered:
                question = self.fake.mention(self._chance.choice(FOLLOW_UPS), answered.channel, answered.asker)
            case "press" if answered and (ids := pressable(self.fake.messages[message])):
                question = self.fake.press(message, self._chance.choice(ids), answered.asker)
            case "page":
                name, sub = self._chance.choice(PAGES)
                question = self.fake.page(name, sub, channel, asker)
            case "completion":
                question = self.fake.complete("ask", "question", self._pick(MENTION)[:12], channel, asker)
            case "overheard":
                heard = self._pick(MENTION) if act.chance < 0.3 else self._chance.choice(CHATTER)
                question = self.fake.say(heard, channel, asker)
            case "setting":
                seconds = self._chance.choice((0, 2, 5))
                question = self.fake.page("verbatim", "cooldown", channel, asker, seconds=seconds, whole_server=True)
            case "too soon":
                question = self.fake.slash("ask", channel, asker, question=self._pick(MENTION))
                self._later.append((time.monotonic() + 0.3, channel, asker))
            case _:
                question = self.fake.mention(self._pick(MENTION), channel, asker)
        self._put(act.kind, question)

    def look(self) -> None:
        """A sample of each process, and of how many connections they have."""
        now = time.monotonic()
        others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')"
        self.connections = max(self.connections, postgres.asked(self._database, others)[0][0] - 1)
        for process in self.processes:
            if found := sample(process.popen.pid, now):
                process.samples.append(found)

    def judge(self, before: float) -> None:
        """Count what became of the questions put before a time."""
        for judged in self.fake.judge(before):
            kind, was_heard = self._asked.pop(judged.question.id)
            count = self.counts[kind]
            count.asked += 1
            count.double += judged.answers > 1
            if judged.first is not None:
                count.seconds.append(judged.first - judged.question.at)
            elif kind != OVERHEARD:
                count.lost += 1
                count.deaf += not was_heard
                was_cut_off = cut_off(judged.question.at, self._shard(judged.question), self.upsets)
                count.cut_off += was_heard and was_cut_off
                count.late += was_heard and not was_cut_off and judged.was_late

    def upset(self) -> None:
        """Kill a process, or have it leave, and start another; not the first."""
        how = ("killed", "left")[len(self.upsets) % 2]
        process = self.processes.pop(1)
        connected = [n for n in range(self.fake.shards) if self.fake.sessions(n)]
        at = time.monotonic()
        process.popen.send_signal(signal.SIGKILL if how == "killed" else signal.SIGTERM)
        shards: frozenset[int] = frozenset()
        if how == "killed":
            process.popen.wait()
            time.sleep(0.2)
            shards = frozenset(n for n in connected if not self.fake.sessions(n))
        self.upsets.append(Upset(at, how, shards))
        process.end = how
        self.gone.append(process)
        self.start()

    def stop(self) -> None:
        for process in self.processes:
            process.popen.terminate()
        for process in [*self.processes, *self.gone]:
            try:
                process.popen.wait(20)
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.end = "did not end"

    def _put(self, kind: str, question: Question) -> None:
        self._asked[question.id] = (kind, self.fake.sessions(self._shard(question)) > 0)

    def _shard(self, question: Question) -> int:
        return self.fake.shard_of(self.fake.channels[question.channel].guild)

    def _pick(self, kind: str) -> str:
        return self._chance.choice(self._texts[kind])


def pressable(message: Mapping[str, Any]) -> list[str]:
    """The custom ids of a message's buttons; not of those that take the message away."""
    items = (item for row in message["components"] for item in row.get("components", ()))
    return [
        item["custom_id"] for item in items if item["type"] == BUTTON and "custom_id" in item and ":hide" not in item["custom_id"]
    ]


def cut_off(at: float, shard: int, upsets: Sequence[Upset]) -> bool:
    """Whether a question was in the hands of a process, or on its way there, that was killed."""
    return any(shard in upset.shards and upset.at - 10 < at < upset.at + 1 for upset in upsets)


def complaints(logs: Sequence[str]) -> Counter[str]:
    """The warnings and errors of some logs, without their numbers."""
    found: Counter[str] = Counter()
    for log in logs:
        for level, line in re.findall(r"^\S+ \S+ (WARNING|ERROR|CRITICAL) +(.*)$", log, re.MULTILINE):
            found[f"{level.lower()}: {re.sub(r'[0-9a-f]*[0-9][0-9a-f.]*', 'N', line)}"] += 1
        found["traceback"] += log.count("Traceback (most recent call last)")
    return +found


# Telling


def tell(soak: Soak, database: Database, seconds: float, own_cpu: float) -> None:
    print("\n| milliseconds, by kind | median | p95 | p99 | longest | put | lost | of these deaf | cut off | late | double |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for kind, count in soak.counts.items():
        print(count.row(kind))
    total = Count()
    for count in soak.counts.values():
        for name in ("asked", "lost", "deaf", "cut_off", "late", "double"):
            setattr(total, name, getattr(total, name) + getattr(count, name))
    print(total.row("all"))
    every = sorted([*soak.gone, *soak.processes], key=lambda p: p.began)
    print(
        "\n| process | minutes | own memory at each quarter, MB | with files | growth in the last half, MB an hour | processor, s |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    for number, process in enumerate(every, 1):
        samples = [s for s in process.samples if s.at > process.began + STARTING]
        if not samples:
            continue
        slope, own = growth(samples), ", ".join(f"{mb:.0f}" for mb in quarters(samples))
        grows, last = "–" if slope is None else f"{slope:+.1f}", samples[-1]
        minutes = (last.at - process.began) / 60
        print(f"| {number}, {process.end} | {minutes:.1f} | {own} | {last.resident:.0f} | {grows} | {last.cpu:.1f} |")
    cpu = sum(p.samples[-1].cpu - p.samples[0].cpu for p in every if p.samples)
    done = max(1, total.asked - total.lost)
    share, late = 100 * own_cpu / seconds, 1000 * quantile(soak.late, 0.99)
    print(
        f"\nProcessor: {1000 * cpu / done:.1f} ms for each of {done:,} answered, starts of new processes and what is overheard included."
    )
    print(
        f"The fake and who asks: {share:.0f} % of one core; what was due came {late:.0f} ms late (p99); "
        f"{soak.fake.events:,} events, {soak.fake.answered:,} requests."
    )
    kinds = Counter(upset.how for upset in soak.upsets)
    print(
        f"Processes killed: {kinds['killed']}; told to leave: {kinds['left']}; IDENTIFYs that came too soon: {soak.fake.too_soon}."
    )
    tables = postgres.asked(database, "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1")  # fmt: skip
    rows = {name: postgres.asked(database, f"SELECT count(*) FROM {name}")[0][0] for name, _ in tables}
    sizes = dict(tables)
    print(
        f"Database: {sum(sizes.values()) / 2**20:.1f} MB; {', '.join(f'{name} {n:,}' for name, n in rows.items() if n)}; "
        f"{sizes['answer'] / max(1, rows['answer']):.0f} bytes an answer; {soak.connections} connections at most."
    )
    found = complaints([p.log.read_text(encoding="utf-8", errors="replace") for p in every])
    print("Warnings and errors in the logs:", "none." if not found else "")
    for line, number in found.most_common(20):
        print(f"- {number:,} times {line}")


def serve(port: str, config: str) -> int:
    """Run the bot against the fake at a port until SIGTERM."""
    import discord  # noqa: TID251
    import yarl

    from bot.cli.main import main

    discord.http.Route.BASE = f"http://127.0.0.1:{port}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway")
    return main(["run", "--config", config])


async def prepare(database: Database, fake: Discord) -> None:
    """Make the tables, and have some servers listen."""
    store = PostgresStore(database)
    for guild in fake.guilds[LISTENING::APART]:
        await store.change(guild, None, lambda old: replace(old, listen=True))
    await store.close()


def play(options: argparse.Namespace) -> None:
    seconds = 60 * options.minutes
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(postgres.schema())
        database = Database(f"{database.url}&application_name={folder.name}")
        shards = SHARDS_EACH * options.processes
        fake = stack.enter_context(Forgetful(options.servers, shards, options.channels))
        config = folder / "config.yaml"
        lines = {
            "pack": str(shipped(PACK)),
            "state": database.url,
            "reader": options.reader,
            "shards": str(shards),
            "log_level": "warning",
        }
        config.write_text("".join(f'{k}: "{v}"\n' for k, v in lines.items()) + "listen: true\n", encoding="utf-8")
        asyncio.run(prepare(database, fake))
        engine = build(shipped(PACK), reader=False)
        texts = {MENTION: recorded(engine), READ: unrecorded(engine)}
        del engine
        soak = Soak(fake, database, folder, config, random.Random(options.seed), texts)
        try:
            for _ in range(options.processes):
                soak.start()
            if not fake.until(fake.is_ready, WAIT):
                raise TimeoutError("the processes do not come to have all shards")
            time.sleep(5)  # discord.py waits two seconds for further servers, then the bots are told that they are ready
            print(f"{options.servers:,} servers of {options.channels} channels, {options.processes} processes, reader {options.reader}, "
                  f"{options.rate:g} acts a second, {options.minutes:g} minutes, seed {options.seed}.", flush=True)  # fmt: skip
            each = soak.hear(CHATTER_FIRST)
            print(f"A message that is not for the bot: {1000 * each:.2f} ms of a processor.", flush=True)
            before, began = cpu_of_self(), time.monotonic()
            soak.run(acts(options.seed, options.servers, options.rate, seconds), seconds, options.upset_every)
            tell(soak, database, time.monotonic() - began, cpu_of_self() - before)
        finally:
            soak.stop()


def cpu_of_self() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--servers", type=int, default=10_000, help="of the bot, at least 100 (10000)")
    parser.add_argument("--channels", type=int, default=20, help="of a server; people use the first one (20)")
    parser.add_argument("--processes", type=int, default=4, help="of the bot, at least 2 (4)")
    parser.add_argument("--rate", type=float, default=20.0, help="what people do in a second (20)")
    parser.add_argument(
        "--upset-every", type=float, default=150.0, help="seconds between two processes killed or told to leave (150)"
    )
    parser.add_argument("--reader", choices=("on", "off"), default="on", help="whether the bot has the reader (on)")
    parser.add_argument("--seed", type=int, default=1, help="of what is done when (1)")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(*options.serve)
    if options.servers < 2 * APART or options.processes < 2 or options.channels < 1 or min(options.rate, options.minutes) <= 0:
        parser.error("at least 100 servers, a channel and 2 processes, and a rate and a time above 0")
    play(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
