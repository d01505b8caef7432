"""What becomes of questions while processes of a bot die and leave, as a Markdown table.

Four real processes of `verbatim run`, with one PostgreSQL on this machine and the fake Discord of tests/fakes/loopback.py, which lets one
shard identify in 5 seconds: discord.py's own networking, TCP. In turns one is killed (SIGKILL) or told to leave (SIGTERM), others take its
shards over, and another process takes its place. Meanwhile questions are asked in every server, by mention and by command. Lost: the
asker saw nothing; deaf: among these, nobody was connected for their server when they asked, so Discord told nobody; late: a command
was answered after the 3 seconds that Discord waits, since the machine was too busy. Double: the asker saw
more than one answer. The time of a takeover is that until each shard is connected again, and for one that leaves that until it has ended.
True limits of Discord stay unproven.

    python benchmarks/takeovers.py [--takeovers N] [--faster N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conftest import write_pack
from fakes import postgres
from fakes.loopback import Discord, Question
from fakes.scene import LIFT

from bot.store.address import Database
from bot.store.postgres import PostgresStore

ROOT = Path(__file__).resolve().parent.parent
PROCESSES, SHARDS = 4, 8
ASK_EVERY = 0.5  # seconds
KILL, LEAVE = "killed", "leaves"


@dataclass
class Outcome:
    """What became of the takeovers of a kind, and of the questions asked meanwhile."""

    seconds: list[float] = field(default_factory=list)
    asked: int = 0
    lost: int = 0
    deaf: int = 0
    late: int = 0
    double: int = 0

    def row(self, kind: str) -> str:
        times = f"{statistics.median(self.seconds):.1f} s | {max(self.seconds):.1f} s" if self.seconds else "- | -"
        return f"| {kind} | {len(self.seconds)} | {times} | {self.asked:,} | {self.lost:,} | {self.deaf:,} | {self.late:,} | {self.double:,} |"


class Stage:
    """The processes, the fake they are connected to, and who asks."""

    def __init__(self, fake: Discord, database: Database, pack: Path, faster: float) -> None:
        self.fake, self._database, self._pack, self._faster = fake, database, pack, faster
        self.processes = [self._spawn() for _ in range(PROCESSES)]
        self._asker = 1000

    def _spawn(self) -> subprocess.Popen[bytes]:
        arguments = [str(self.fake.port), str(self._pack), self._database.url, str(self._faster)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
        return subprocess.Popen([sys.executable, "-m", "fakes.processes", *arguments], env=environ)

    def is_settled(self) -> bool:
        """Whether every process has its share, and nobody is taking over."""
        held = postgres.asked(self._database, "SELECT holder, count(*), count(successor) FROM shard GROUP BY holder")
        return self.fake.is_ready() and sorted(row[1:] for row in held) == [(SHARDS // PROCESSES, 0)] * PROCESSES

    def take_over(self, number: int, kind: str) -> tuple[float, list[tuple[Question, bool]]]:
        """End one process, and have another take its place. Returns the seconds of the takeover, and the questions that were asked until
        all had their share again, with whether somebody was connected."""
        asked: list[tuple[Question, bool]] = []
        gone = self.processes.pop(number % PROCESSES)
        began = time.monotonic()
        gone.send_signal(signal.SIGKILL if kind == KILL else signal.SIGTERM)
        if kind == KILL:
            gone.wait()
            self._ask_until(lambda: not self.fake.is_ready(), asked, 2)
            self._ask_until(self.fake.is_ready, asked, 90)
        else:
            self._ask_until(lambda: gone.poll() is not None and self.fake.is_ready(), asked, 90)
        seconds = time.monotonic() - began
        self.processes.append(self._spawn())
        self._ask_until(self.is_settled, asked, 120)
        return seconds, asked

    def _ask_until(self, happened: Callable[[], bool], asked: list[tuple[Question, bool]], timeout: float) -> None:
        until, turn = time.monotonic() + timeout, 0.0
        while not happened():
            if (now := time.monotonic()) > until:
                raise TimeoutError(f"nobody took over within {timeout:.0f} s")
            if now >= turn:
                turn = now + ASK_EVERY
                for guild in self.fake.guilds:
                    self._asker += 2
                    heard = self.fake.sessions(self.fake.shard_of(guild)) > 0
                    asked.append((self.fake.mention(LIFT, guild + 1, self._asker), heard))
                    asked.append((self.fake.slash("ask", guild + 1, self._asker + 1, question=LIFT), heard))
            time.sleep(0.02)

    def answered(self, questions: Sequence[Question]) -> None:
        """Wait until they are, and a little longer, since a second answer may come."""
        self.fake.until(lambda: all(map(self.fake.seen, questions)), 5)
        time.sleep(0.2)

    def settings_take_effect(self, private: bool) -> float:
        """Seconds from a change of a server's settings by another process to the first answer with them."""

        async def change() -> None:
            store = PostgresStore(self._database)
            await store.change(guild, None, lambda old: replace(old, ephemeral=private))
            await store.close()

        guild = self.fake.guilds[self._asker % SHARDS]
        asyncio.run(change())
        began = time.monotonic()
        while True:
            self._asker += 1
            question = self.fake.slash("ask", guild + 1, self._asker, question=LIFT)
            assert self.fake.until(partial(self.fake.seen, question))
            response, *_ = self.fake.bodies("POST", f"/interactions/{question.id}/*/callback")  # Discord takes the first
            if bool(response["data"].get("flags", 0) & 64) == private:
                return time.monotonic() - began


def play(takeovers: int, faster: float) -> None:
    outcomes, settings = {KILL: Outcome(), LEAVE: Outcome()}, list[float]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(postgres.schema())
        fake = stack.enter_context(Discord(guilds=SHARDS, shards=SHARDS, heartbeat=5.0, identify_every=5.0 / faster))
        fake.starts = 10**9
        asyncio.run(PostgresStore(database).close())  # its tables are there now
        stage = Stage(fake, database, write_pack(folder, {}), faster)
        try:
            assert fake.until(stage.is_settled, 180), "the processes do not come to share the shards"
            for number in range(takeovers):
                kind = (KILL, LEAVE)[number % 2]
                seconds, asked = stage.take_over(number // 2, kind)
                settings.append(stage.settings_take_effect(number % 2 == 0))
                heard = [question for question, was_heard in asked if was_heard]
                stage.answered(heard)
                responded = {request.path.split("/")[2] for request in fake.requests if request.path.startswith("/interactions/")}
                add(outcomes[kind], seconds, [(len(fake.seen(q)), heard, str(q.id) in responded) for q, heard in asked])
                print(f"{number + 1} of {takeovers}: {kind}, {seconds:.1f} s", file=sys.stderr, flush=True)
        finally:
            for process in stage.processes:
                process.kill()
                process.wait()
            report(outcomes, settings, fake.too_soon)


def add(outcome: Outcome, seconds: float, seen: Sequence[tuple[int, bool, bool]]) -> None:
    """Count a takeover, and of each question how many answers it got, whether it was heard, and whether a response was tried."""
    outcome.seconds.append(seconds)
    outcome.asked += len(seen)
    outcome.lost += sum(n == 0 for n, _, _ in seen)
    outcome.deaf += sum(n == 0 and not heard for n, heard, _ in seen)
    outcome.late += sum(n == 0 and heard and responded for n, heard, responded in seen)
    outcome.double += sum(n > 1 for n, _, _ in seen)


def report(outcomes: dict[str, Outcome], settings: list[float], too_soon: int) -> None:
    print("| one of four processes | takeovers | median | longest | asked | lost | of these deaf | late | double |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind, outcome in outcomes.items():
        print(outcome.row(kind))
    if len(settings) > 1:
        p99 = statistics.quantiles(settings, n=100, method="inclusive")[98]
        print(f"\nSettings take effect after {statistics.median(settings) * 1000:.0f} ms (median), {p99 * 1000:.0f} ms (p99).")
    print(f"IDENTIFYs that came too soon: {too_soon}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--takeovers", type=int, default=200, help="how many, half of them kills (200: some three hours)")
    parser.add_argument("--faster", type=float, default=1.0, help="divide lease, beat and the wait between identifications (1)")
    arguments = parser.parse_args()
    play(arguments.takeovers, arguments.faster)


if __name__ == "__main__":
    main()
