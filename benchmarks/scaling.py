"""What a bot of so many servers takes, from what was measured: processes, memory, database, Discord's limits, and how long questions wait
in the busiest hour, as Markdown tables.

The sizes are computed; the waiting is simulated, event by event. Questions come from each server by themselves (Poisson), far more from
some than from others. Those that are judged take turns by server in the lanes of bot/serve/turns.py, with their bounds, on the threads of
their server's process; a recorded phrasing is looked up. Messages leave at the pace that Discord allows one token. Nothing of it runs the
bot: the service times are the figures below, each with the command that measured it, and what nobody can measure beforehand, such as how
much people ask, stands among the assumptions, each of which can be set.

    python benchmarks/scaling.py [--servers N ...] [--questions N] [--messages N] [--peak N] [--judged SHARE] [--mentions SHARE] [--seed N]
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.client.limits import REQUESTS_A_SECOND
from bot.serve.turns import ADDRESSED, THREADS, Lane, Lanes, before, wait_for
from bot.store.coordination import BEAT, IDENTIFY_EVERY
from bot.store.values import DAY, KEEP

SIZES = (100, 2_500, 150_000, 1_000_000)
HOUR = 3600.0  # seconds
HALF = 0.5  # of what a process could carry is what it is given: the rest is for bursts, takeovers and a dead neighbour


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured, and by what."""

    value: float
    what: str
    by: str


# Each on two cores that other work shared (docs/measured.md): the times are rather too high.
_SMALL_SOAK = "`soak.py --servers 400 --processes 2 --rate 15 --reader off`"
JUDGING = Figure(0.070, "seconds of a core for a question that is judged", "`verbatim bench-load`, decision 013")
ANSWERING = Figure(0.0116, "seconds of a core for any question, idling included", _SMALL_SOAK)
HEARING = Figure(0.00022, "seconds of a core for a message that is not for the bot", _SMALL_SOAK)
PROCESS = Figure(375.0, "MB of a process with the shipped pack and both networks", "`soak.py`")
SERVERS = Figure(8.0, "MB for each thousand servers of 20 channels", "`soak.py`")
ROW = Figure(297.0, "bytes in the database for an answer, indices included", "`soak.py`")
CONNECTIONS = Figure(6.0, "connections of a process to the database", "`soak.py`")
BEATING = Figure(5.0, "statements for a sign of life", "`PostgresLeases`")
FIGURES = (JUDGING, ANSWERING, HEARING, PROCESS, SERVERS, ROW, CONNECTIONS, BEATING)

# https://docs.discord.com/developers/events/gateway#sharding
FIRST_SHARDED, LARGE = 2_500, 150_000  # servers
A_SHARD = 1_000  # servers, as Discord advises (GET /gateway/bot); 2,500 at most
# https://docs.discord.com/developers/events/gateway#session-start-limit-object and #sharding-for-large-bots
STARTS_A_DAY = 1_000
LARGE_CONCURRENCY = 16
CORES = 2  # that a process can use: its event loop is one, and what judges runs beside it
LONGEST = 3 * 60.0  # seconds: a message that waits longer for the pace is told apart


@dataclass(frozen=True, slots=True)
class Assumed:
    """What people do: questions and other messages a server and day, how much more in the busiest hour than on average, and the shares of
    questions that are judged and that come by message."""

    questions: float = 5.0
    messages: float = 300.0
    peak: float = 2.5
    judged: float = 0.25
    mentions: float = 0.5

    def a_second(self, servers: int, a_day: float) -> float:
        """In the busiest hour."""
        return servers * a_day / DAY * self.peak


@dataclass(frozen=True, slots=True)
class Size:
    """What a bot of so many servers takes in its busiest hour."""

    servers: int
    shards: int
    processes: int
    memory: float  # GB, of all processes
    cores: float
    identify: dict[int, float]  # seconds until all are connected, by max_concurrency
    restarts: float  # of all processes that a day's session starts allow
    connections: int
    writes: float  # a second
    reads: float
    rows: float
    gigabytes: float
    events: float  # a second
    requests: float  # a second that count towards the global limit


def starts_a_day(servers: int) -> float:
    """How many sessions Discord lets begin in a day."""
    return STARTS_A_DAY if servers < LARGE else max(2_000, servers / 1_000 * 5)


def size(servers: int, assumed: Assumed) -> Size:
    asked, said = assumed.a_second(servers, assumed.questions), assumed.a_second(servers, assumed.messages)
    shards = 1 if servers < FIRST_SHARDED else math.ceil(servers / A_SHARD)
    loop = asked * ANSWERING.value + said * HEARING.value
    judging = asked * assumed.judged * JUDGING.value
    # An event loop is one thread, and shares its interpreter with what words and decides.
    processes = max(1, math.ceil(loop / HALF), math.ceil(judging / (HALF * CORES)))
    processes = min(processes, shards)
    rows = servers * assumed.questions * KEEP / DAY
    return Size(
        servers=servers,
        shards=shards,
        processes=processes,
        memory=(processes * PROCESS.value + servers / 1_000 * SERVERS.value) / 1_000,
        cores=loop + judging,
        identify={n: math.ceil(shards / n) * IDENTIFY_EVERY for n in (1, LARGE_CONCURRENCY)},
        restarts=starts_a_day(servers) / shards,
        connections=math.ceil(processes * CONNECTIONS.value),
        writes=asked + processes / BEAT,
        reads=processes * (BEATING.value - 1) / BEAT + asked * _FRESH,
        rows=rows,
        gigabytes=rows * ROW.value / 1e9,
        events=asked + said,
        requests=asked * assumed.mentions,
    )


_FRESH = 0.2  # of the questions, those whose server's settings are not in memory or whose asker has pressed something


def binding(found: Size) -> str:
    """Which limit is reached first: the one of which the largest part is used."""
    used = {
        "the requests of one token": found.requests / REQUESTS_A_SECOND,
        "session starts": 2 / found.restarts,  # a day with two updates
        "the database's connections (100 by default)": found.connections / 97 if found.processes > 1 else 0.0,
        "one process": found.cores / CORES if found.processes == 1 else 0.0,
    }
    name = max(used, key=lambda n: used[n])
    return f"{name} ({100 * used[name]:.1f}%)"


# The simulation


@dataclass
class Waited:
    """Of the questions of an hour: seconds until the answer was worded, by kind, and until it left; those refused as too many."""

    recorded: list[float] = field(default_factory=list)
    judged: list[float] = field(default_factory=list)
    leaving: list[float] = field(default_factory=list)
    refused: int = 0
    late: int = 0

    @property
    def asked(self) -> int:
        return len(self.recorded) + len(self.judged) + self.refused


@dataclass
class _Process:
    """The lanes and threads of a process: what waits, how many in each lane, and how many threads are free."""

    ready: Lanes[tuple[float, bool]] = field(default_factory=Lanes)
    lanes: dict[tuple[float, bool], Lane] = field(default_factory=dict)
    waiting: dict[Lane, int] = field(default_factory=dict)
    free: int = THREADS


def arrivals(rng: random.Random, servers: int, a_second: float, seconds: float) -> Iterator[tuple[float, int]]:
    """When questions come, and from which server: of 1,000 the first 100 ask 46 % of all."""
    at = rng.expovariate(a_second)
    while at < seconds:
        yield at, int(servers * rng.random() ** 3)
        at += rng.expovariate(a_second)


class Pace:
    """Messages of one token: at most so many a second, the others in the order of their coming."""

    def __init__(self, a_second: float) -> None:
        self._every, self._next = 1 / a_second, 0.0

    def wait(self, now: float) -> float:
        turn = max(now, self._next)
        self._next = turn + self._every
        return turn - now


def simulate(servers: int, processes: int, assumed: Assumed, seed: int = 1, seconds: float = HOUR) -> Waited:
    """The busiest hour. A process judges on its threads at once, each on a core of its own."""
    rng, waited, pace = random.Random(seed), Waited(), Pace(REQUESTS_A_SECOND)
    every = [_Process() for _ in range(processes)]
    ends: list[tuple[float, int, float, bool]] = []  # when, in which process, when that was asked, whether by message
    leaves: list[tuple[float, float]] = []  # when a message is worded, and when that was asked

    def begin(number: int, now: float) -> None:
        process = every[number]
        while process.free and process.ready:
            one = process.ready.take()
            lane = process.lanes.pop(one)
            process.waiting[lane] -= 1
            if not process.waiting[lane]:
                del process.waiting[lane]
            if now - one[0] > ADDRESSED.patience:
                waited.refused += 1
                continue
            process.free -= 1
            heapq.heappush(ends, (now + rng.gammavariate(4, JUDGING.value / 4), number, *one))

    def end() -> None:
        now, number, asked, is_message = heapq.heappop(ends)
        every[number].free += 1
        waited.judged.append(now - asked)
        if is_message:
            leaves.append((now, asked))
        begin(number, now)

    for at, server in arrivals(rng, servers, assumed.a_second(servers, assumed.questions), seconds):
        while ends and ends[0][0] <= at:
            end()
        is_judged, is_message = rng.random() < assumed.judged, rng.random() < assumed.mentions
        if not is_judged:
            waited.recorded.append(ANSWERING.value)
            if is_message:
                leaves.append((at + ANSWERING.value, at))
            continue
        number, lane = server % processes, Lane(server, None)
        process = every[number]
        ahead, own = before(process.waiting, lane), process.waiting.get(lane, 0)
        if (
            sum(process.waiting.values()) >= ADDRESSED.waiting
            or own >= ADDRESSED.of_lane
            or (not process.free and wait_for(ahead, THREADS, JUDGING.value) > ADDRESSED.patience)
        ):
            waited.refused += 1
            continue
        one = (at, is_message)
        process.waiting[lane] = own + 1
        process.lanes[one] = lane
        process.ready.add(lane, one)
        begin(number, at)
    while ends:
        end()
    for worded, _ in sorted(leaves):
        wait = pace.wait(worded)
        waited.leaving.append(wait)
        waited.late += wait > LONGEST
    return waited


def quantile(values: Sequence[float], share: float) -> float:
    """The value of which that share is not above it; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


# Telling


def spoken(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def computed(sizes: Sequence[int], assumed: Assumed) -> Iterator[str]:
    """What was measured, what is assumed, and what follows, as lines of Markdown."""
    yield from ("| measured | value | by |", "|---|--:|---|")
    for figure in FIGURES:
        yield f"| {figure.what} | {figure.value:g} | {figure.by} |"
    yield ""
    yield (
        f"Assumed: {assumed.questions:g} questions and {assumed.messages:g} other messages a server and day, {assumed.peak:g} times as many "
        f"in the busiest hour as on average; {100 * assumed.judged:g}% of the questions are judged, {100 * assumed.mentions:g}% come by message."
    )
    found = [size(servers, assumed) for servers in sizes]
    rows = {
        "shards": [f"{s.shards:,}" for s in found],
        "processes": [f"{s.processes:,}" for s in found],
        "memory of all, GB": [f"{s.memory:,.1f}" for s in found],
        "cores in use, busiest hour": [f"{s.cores:.2f}" for s in found],
        "events a second from the gateway": [f"{s.events:,.1f}" for s in found],
        "requests a second of the 50 of a token": [f"{s.requests:.2f}" for s in found],
        "all connected, one at a time": [spoken(s.identify[1]) for s in found],
        f"all connected, {LARGE_CONCURRENCY} at a time": [spoken(s.identify[LARGE_CONCURRENCY]) for s in found],
        "restarts of all a day": [f"{s.restarts:,.0f}" for s in found],
        "database: connections": [f"{s.connections:,}" for s in found],
        "database: writes, reads a second": [f"{s.writes:.1f}, {s.reads:.1f}" for s in found],
        "database: rows, GB": [f"{s.rows:,.0f}, {s.gigabytes:.2f}" for s in found],
        "reached first": [binding(s) for s in found],
    }
    yield from ("", f"| servers | {' | '.join(f'{s.servers:,}' for s in found)} |", f"|---|{'--:|' * len(found)}")
    for what, cells in rows.items():
        yield f"| {what} | {' | '.join(cells)} |"


def simulated(sizes: Sequence[int], assumed: Assumed, seed: int) -> Iterator[str]:
    """How long questions wait, as lines of Markdown."""
    yield "| the busiest hour, simulated | asked | judged: median | p99 | refused | wait to leave: median | p99 | longer than 3 min |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for servers in sizes:
        waited = simulate(servers, size(servers, assumed).processes, assumed, seed)
        judged, leaving = ([spoken(quantile(of, q)) for q in (0.5, 0.99)] for of in (waited.judged, waited.leaving))
        cells = (f"{servers:,} servers", f"{waited.asked:,}", *judged, f"{waited.refused:,}", *leaving, f"{waited.late:,}")
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    usual = Assumed()
    parser.add_argument("--servers", type=int, nargs="+", default=SIZES, help="the bot's servers, one or more (%(default)s)")
    parser.add_argument("--questions", type=float, default=usual.questions, help="of a server and day (%(default)g)")
    parser.add_argument("--messages", type=float, default=usual.messages, help="others, of a server and day (%(default)g)")
    parser.add_argument("--peak", type=float, default=usual.peak, help="the busiest hour over the average one (%(default)g)")
    parser.add_argument(
        "--judged", type=float, default=usual.judged, help="of the questions, the share that is judged (%(default)g)"
    )
    parser.add_argument("--mentions", type=float, default=usual.mentions, help="the share that comes by message (%(default)g)")
    parser.add_argument("--seed", type=int, default=1, help="of what comes when (1)")
    options = parser.parse_args()
    shares = (options.judged, options.mentions)
    if min(*options.servers, options.questions, options.peak) <= 0 or options.messages < 0 or min(shares) < 0 or max(shares) > 1:
        parser.error("numbers above 0, and shares from 0 to 1")
    assumed = Assumed(options.questions, options.messages, options.peak, options.judged, options.mentions)
    for line in (*computed(options.servers, assumed), ""):
        print(line)
    for line in simulated(options.servers, assumed, options.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
