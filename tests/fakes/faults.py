"""Faults as data: what is injected into the real bot's connection to a fake Discord, how many questions are put meanwhile, and
what became of them.

The bot is `verbatim run` with a small pack, its store in a temporary folder, discord.py's own networking and TCP. Only waits that
do nothing are shortened (`hurried`). A question counts as answered where its asker sees something useful, as lost where they see
nothing, as double where they see more than one answer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import yarl
from fakes.loopback import HISTORY, SEND, Discord, Drive, Fault, Question, fake_discord

from bot.client import keeping, running
from bot.client.lifecycle import Verbatim
from bot.config import ENV_TOKEN, Settings
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.store import coordination

ROOT = Path(__file__).resolve().parent.parent.parent
ASKED = "Who called for a second lift?"
FIRST = "Who wants another lift?"  # is answered at once
TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"
WAYS = ("mention", "dm", "slash", "button", "window")
MESSAGES, INTERACTIONS = WAYS[:2], WAYS[2:]
SEND_PATH, MESSAGE_PATH = "/channels/*/messages", "/channels/*/messages/*"
CALLBACK, ORIGINAL = "/interactions/*/callback", "/webhooks/*/messages/@original"
BURST, CHATTER, SLOW = 1000, 20_000, 100


@dataclass(frozen=True)
class Outcome:
    """What became of the questions of a scenario."""

    injected: int
    asked: int
    lost: int
    double: int
    note: str = ""

    @property
    def answered(self) -> int:
        return self.asked - self.lost


@dataclass(frozen=True)
class Scenario:
    """A fault and what is asked while it lasts. `lost` is how many questions Discord's protocol makes it lose; `note` then says
    why.

    `thinking` is how many seconds an answer takes; `options` are the fake's; `bot` are keywords of the client; `apart`: the story
    starts the bot by itself.
    """

    name: str
    story: Callable[[Stage], None]
    lost: int = 0
    note: str = ""
    thinking: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    bot: dict[str, Any] = field(default_factory=dict)
    apart: bool = False


class Stage:
    """What a story acts on: the fake, and ways to ask."""

    def __init__(self, fake: Discord, drive: Drive | None, folder: Path, pack: Path, thinking: float) -> None:
        self.fake, self._drive, self.folder, self.pack, self.thinking = fake, drive, folder, pack, thinking
        self.asked: list[Question] = []
        self.injected = 0
        self._askers = 1000
        self._message = 0
        self._button = self._window = ""

    def open(self) -> None:
        """Wait for the bot, and let it say something that has buttons."""
        assert self.fake.until(self.fake.is_ready, 60), "the bot is not ready"
        first = self.fake.slash("ask", question=FIRST)
        assert self.fake.until(lambda: self.fake.seen(first), 20), "the bot does not answer"
        self._message, self._button = self.find(first, ":context:")
        window = self.fake.press(*self.find(self.more(first), ":follow-up:"))
        assert self.fake.until(lambda: self.fake.seen(window), 20), "no window opens"
        self._window = self.fake.bodies("POST", CALLBACK)[-1]["data"]["custom_id"]

    def more(self, question: Question) -> Question:
        """The press on "More" under an answer, by its asker, once its menu is there."""
        pressed = self.fake.press(*self.find(question, ":more:"), question.asker)
        assert self.fake.until(lambda: self.fake.seen(pressed), 20), "no menu opens"
        return pressed

    def find(self, question: Question, part: str) -> tuple[int, str]:
        """Message and custom_id of what can be pressed on an answer."""
        return next((m, i) for m, i in self.fake.custom_ids(question) if part in i)

    def ask(self, *ways: str, channel: int | None = None, age: float = 0.0) -> list[Question]:
        """A question in each of the ways, each by an asker of their own."""
        asked = []
        for way in ways:
            self._askers += 1
            who = self._askers
            match way:
                case "mention":
                    asked.append(self.fake.mention(ASKED, channel, who))
                case "dm":
                    asked.append(self.fake.dm(ASKED, who))
                case "slash":
                    asked.append(self.fake.slash("ask", channel, who, age=age, question=ASKED))
                case "button":
                    asked.append(self.fake.press(self._message, self._button, who, age=age))
                case "window":
                    asked.append(self.fake.submit(self._window, ASKED, channel, who, age=age))
        self.asked += asked
        return asked

    def inject(self, *faults: Fault) -> None:
        self.fake.fail(*faults)

    def settle(self, timeout: float = 15.0) -> bool:
        """Wait until every question is answered, and a little longer, since a second answer may come. Returns whether they
        were."""
        done = self.fake.until(lambda: all(map(self.fake.seen, self.asked)), timeout)
        time.sleep(0.1)
        return done

    def stop(self) -> None:
        assert self._drive is not None
        self._drive.stop()

    def spawn(self) -> subprocess.Popen[bytes]:
        """The bot as a process of its own, ready."""
        before = self.fake.identifies
        arguments = [str(self.fake.port), str(self.pack), str(self.folder), str(self.thinking)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
        process = subprocess.Popen([sys.executable, "-m", "fakes.faults", *arguments], env=environ)
        assert self.fake.until(lambda: self.fake.identifies > before and self.fake.is_ready(), 60), "the bot is not ready"
        return process

    def outcome(self, note: str) -> Outcome:
        seen = [len(self.fake.seen(q)) for q in self.asked]
        return Outcome(self.injected + self.fake.failed, len(seen), sum(n == 0 for n in seen), sum(n > 1 for n in seen), note)


def play(scenario: Scenario, folder: Path, pack: Path) -> Outcome:
    """Run a scenario; `folder` is empty and its own, `pack` the folder of the small pack."""
    state = folder / "state"
    with ExitStack() as stack:
        stack.enter_context(hurried(scenario.thinking, scenario.bot))
        fake = stack.enter_context(fake_discord(**scenario.options))
        if scenario.apart:
            stage = Stage(fake, None, state, pack, scenario.thinking)
            scenario.story(stage)
        else:

            def story(drive: Drive) -> None:
                stage.open()
                scenario.story(stage)

            drive = Drive(story)
            stage = Stage(fake, drive, state, pack, scenario.thinking)
            status = drive.run(lambda: serve(pack, state))
            assert status == 0, f"the bot ended with status {status}"
    return stage.outcome(scenario.note)


def serve(pack: Path, state: Path) -> int:
    return running.run(Settings(pack=pack, state=state, log_level="error"), pack, {ENV_TOKEN: TOKEN})


@contextmanager
def hurried(thinking: float = 0.0, bot: dict[str, Any] | None = None) -> Iterator[None]:
    """Without the waits of discord.py and of the bot in which nothing happens: for guilds, between two IDENTIFYs, before a
    reconnection or a restart, and for a connection that says nothing. `thinking` is how long an answer to ASKED takes in
    seconds, `bot` are keywords of the client."""
    prepare, answer = discord.state.ConnectionState.__init__, Engine.answer

    def prepared(self: Any, **options: Any) -> None:
        prepare(self, **{**options, "guild_ready_timeout": 0.02, "heartbeat_timeout": 1.0})

    def thought(self: Engine, question: str, history: Sequence[Answer] = ()) -> Answer:
        if question == ASKED:
            time.sleep(thinking)
        return answer(self, question, history)

    def made(*arguments: Any, **options: Any) -> Verbatim:
        return Verbatim(*arguments, **{**options, **(bot or {})})

    with ExitStack() as stack:
        stack.enter_context(patch.object(discord.state.ConnectionState, "__init__", prepared))
        stack.enter_context(patch.object(coordination, "IDENTIFY_EVERY", 0.0))
        stack.enter_context(patch.object(discord.backoff.ExponentialBackoff, "delay", lambda self: 0.05))
        stack.enter_context(patch.object(keeping, "FIRST_WAIT", 0.05))
        stack.enter_context(patch.object(running, "Verbatim", made))
        if thinking:
            stack.enter_context(patch.object(Engine, "answer", thought))
            stack.enter_context(patch.object(Engine, "is_recorded", lambda *_: False))
        yield


def _process(port: str, pack: str, state: str, thinking: str) -> int:
    """The bot as a process of its own, talking to a fake in another."""
    discord.http.Route.BASE = f"http://127.0.0.1:{port}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway")
    with hurried(float(thinking)):
        return serve(Path(pack), Path(state))


# The connection to the gateway


def during(break_it: Callable[[Stage], None], *, under_way: bool = False) -> Callable[[Stage], None]:
    """Questions before the fault, at once after it, and once the bot is back; `under_way`: the first ones are not answered yet
    when it happens."""

    def story(s: Stage) -> None:
        s.ask(*WAYS)
        if under_way:
            time.sleep(s.thinking / 2)
        else:
            s.settle()
        break_it(s)
        s.injected += 1
        s.ask(*WAYS)
        s.settle()
        assert s.fake.until(s.fake.is_ready), "the bot does not come back"
        s.ask(*WAYS)
        s.settle()

    return story


def invalid(s: Stage) -> None:
    """The session ends; what is said until the bot has a new one is heard by nobody, so nothing is asked until then."""
    before = s.fake.identifies
    s.fake.invalidate()
    assert s.fake.until(lambda: s.fake.identifies > before and s.fake.is_ready()), "no new session"


def invalid_unheard(s: Stage) -> None:
    s.ask("mention", "slash")
    s.settle()
    s.fake.invalidate()
    s.injected += 1
    s.ask("mention", "slash")
    assert s.fake.until(s.fake.is_ready), "no new session"
    s.ask("mention", "slash")
    s.fake.until(lambda: all(map(s.fake.seen, s.asked[-2:])))


def restarted(s: Stage) -> None:
    """discord.py gives up; what is said until the next session is heard by nobody, so nothing is asked until then."""
    before = s.fake.identifies
    s.fake.close(4012)
    assert s.fake.until(lambda: s.fake.identifies > before and s.fake.is_ready(), 20), "no new session"


def malformed(frame: Any) -> Callable[[Stage], None]:
    return lambda s: s.fake.frame(frame)


def event(name: str, data: Any) -> Callable[[Stage], None]:
    return lambda s: s.fake.event(name, data, s.fake.guilds[0])


FRAMES: dict[str, Callable[[Stage], None]] = {
    "frame that is no JSON": malformed("this is no JSON"),
    "frame of half a JSON object": malformed('{"op": 0, "t": "MESSAGE_CREATE", "d": {'),
    "frame whose JSON is no object": malformed("[1, 2, 3]"),
    "frame of binary rubbish": malformed(b"\x00\x01rubbish\x00\x00\xff\xff"),
    "frame without a type": malformed({"op": 0, "s": None, "d": {}}),
    "frame with an unknown op": malformed({"op": 99, "d": {}, "s": None, "t": None}),
    "event that nobody knows": event("VOICE_CHANNEL_SINGS", {"x": 1}),
    "MESSAGE_CREATE with missing keys": event("MESSAGE_CREATE", {"id": "5"}),
    "MESSAGE_CREATE of nothing": event("MESSAGE_CREATE", None),
    "INTERACTION_CREATE with missing keys": event("INTERACTION_CREATE", {"id": "5", "type": 2}),
    "GUILD_CREATE with missing keys": event("GUILD_CREATE", {"id": str(77 << 22)}),
}


# REST


def each(ways: Sequence[str], *faults: Fault, timeout: float = 15.0) -> Callable[[Stage], None]:
    """A question in each way at once, and each of the faults for each of them."""

    def story(s: Stage) -> None:
        s.inject(*(replace(f, times=(f.times or 1) * len(ways)) for f in faults))
        s.ask(*ways)
        s.settle(timeout)
        if any(f.taken for f in faults):
            time.sleep(1.2 if any(f.status for f in faults) else 0.2)  # until discord.py or the bot has tried again

    return story


def both(
    name: str,
    messages: Fault | Sequence[Fault],
    *,
    lost: tuple[int, int] = (0, 0),
    note: tuple[str, str] = ("", ""),
    timeout: float = 15.0,
) -> list[Scenario]:
    """A fault of a channel's messages, and the same of interactions' acknowledgements."""

    faults = [messages] if isinstance(messages, Fault) else list(messages)
    others = [replace(f, path=CALLBACK) for f in faults]
    return [
        Scenario(f"{name}: messages", each(MESSAGES, *faults, timeout=timeout), lost[0], note[0]),
        Scenario(f"{name}: interactions", each(INTERACTIONS, *others, timeout=timeout), lost[1], note[1]),
    ]


def fault(**how: Any) -> Fault:
    return Fault("POST", SEND_PATH, **how)


def hidden(*faults: Fault, gone: bool = True) -> Callable[[Stage], None]:
    """The faults when an answer is hidden: it is fetched, its asker gets a copy in place of the menu, and then it is deleted."""

    def story(s: Stage) -> None:
        [first] = s.ask("mention")
        s.settle()
        answer, _ = s.find(first, ":more:")
        message, custom_id = s.find(s.more(first), ":hide:")
        s.inject(*faults)
        s.asked = [s.fake.press(message, custom_id, first.asker)]
        s.settle(2.5)
        s.fake.until(lambda: answer not in s.fake.messages, 2.5 if gone else 0.5)
        assert (answer not in s.fake.messages) == gone

    return story


def deferred(*faults: Fault) -> Callable[[Stage], None]:
    """The faults when the answer is written into a deferred response."""
    return each(("slash", "window"), *faults)


# Places


def forbidden(denied: int = 0, refuses: tuple[int, int] | None = None) -> Callable[[Stage], None]:
    def story(s: Stage) -> None:
        channel = s.fake.channels[s.fake.channel + 1]
        if refuses:
            channel.refuses = refuses
        s.injected += 1
        s.ask("mention", "slash", "window", channel=channel.id)
        s.settle(1.0)

    return story


def deleted(s: Stage) -> None:
    """A question disappears while the answer is under way."""
    for told in (True, False):
        [asked] = s.ask("mention")
        time.sleep(s.thinking / 2)
        s.fake.delete(asked.id, told=told)
        s.injected += 1
    s.settle()


def channel_deleted(s: Stage) -> None:
    for n, told in enumerate((True, False)):
        channel = s.fake.channel + 1 + n
        s.ask("mention", channel=channel)
        time.sleep(s.thinking / 2)
        s.fake.delete_channel(channel, told=told)
        s.injected += 1
    s.ask("mention", "slash")
    s.settle(2.0)


# Many


def two_shards(s: Stage) -> None:
    """One shard is cut, the other goes on."""
    first, second = (next(c.id for c in s.fake.channels.values() if c.guild == g) for g in s.fake.guilds)
    for _ in range(5):
        s.fake.cut(shard=0)
        s.injected += 1
        for channel in (first, second):
            s.ask("mention", "slash", channel=channel)
        s.settle()


def burst_of_messages(s: Stage) -> None:
    channels = list(s.fake.channels)
    s.injected = 1
    s.asked += s.fake.mention_all((ASKED, channels[n % len(channels)], 10_000 + n) for n in range(BURST))
    s.settle(120)


def burst_of_interactions(s: Stage) -> None:
    """To a process of its own: in one with the fake, each would have half a processor."""
    process = s.spawn()
    s.open()
    channels = list(s.fake.channels)
    s.injected = 1
    s.asked += s.fake.slash_all("ask", [(channels[n % len(channels)], 10_000 + n, {"question": ASKED}) for n in range(BURST)])
    s.settle(30)
    process.terminate()
    assert process.wait(20) == 0


def slow_questions(s: Stage) -> None:
    """Commands whose questions are all judged: together they take several times as long as Discord waits for a first response."""
    channels = list(s.fake.channels)
    asked = [(channels[n % len(channels)], 10_000 + n, {"question": ASKED}) for n in range(SLOW)]
    s.injected = 1
    s.asked += s.fake.slash_all("ask", asked)
    s.settle(60)


def firehose(s: Stage) -> None:
    channels = list(s.fake.channels)
    for _ in range(10):
        s.fake.say_all((f"chatter {n}", channels[n % len(channels)], 20_000 + n % 500) for n in range(CHATTER // 10))
        s.injected += CHATTER // 10
        s.ask("mention", "slash")
    s.settle(60)


def told_late(s: Stage) -> None:
    s.injected = 3
    s.ask(*INTERACTIONS, age=4.0)
    s.settle(2.0)


# The process


def stopped(s: Stage) -> None:
    s.injected = 1
    s.ask(*WAYS)
    time.sleep(s.thinking / 2)
    s.stop()


def killed_after(s: Stage) -> None:
    """Killed once the answer is out; started again, it gets the event once more."""
    for _ in range(2):
        process = s.spawn()
        s.ask("mention", "dm")
        s.settle()
        process.kill()
        process.wait()
        s.injected += 1
    process = s.spawn()
    for question in s.asked:
        s.fake.repeat(question)
    s.ask("mention")
    s.settle()
    process.terminate()
    assert process.wait(20) == 0


def killed_before(s: Stage) -> None:
    """Killed while it answers; started again, it gets the event once more."""
    process = s.spawn()
    asked = s.ask("mention")
    time.sleep(s.thinking / 2)
    process.kill()
    process.wait()
    s.injected = 1
    process = s.spawn()
    for question in asked:
        s.fake.repeat(question)
    s.ask("mention")
    s.settle(2.0)
    process.terminate()
    assert process.wait(20) == 0


BANNED = "Cloudflare bans the address: each further request would prolong that"
LATE = "Discord takes the first response within 3 s only, and tells the asker itself that there is none"
UNHEARD = "Discord keeps nothing for a session that it has ended: what is said before the next one is heard by nobody"

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("connection cut, RESUME", during(lambda s: s.fake.cut())),
    Scenario("connection cut while answers are under way", during(lambda s: s.fake.cut(), under_way=True), thinking=0.3),
    Scenario("closed with 4000, everything sent again", during(lambda s: s.fake.close(4000)), options={"repeats": True}),
    Scenario("op 7", during(lambda s: s.fake.reconnect())),
    Scenario("op 9, resumable", during(lambda s: s.fake.invalidate(resumable=True))),
    Scenario("op 9, not resumable", during(invalid)),
    Scenario("op 9, not resumable, asked before the new session", invalid_unheard, 2, UNHEARD),
    Scenario("zombie connection", during(lambda s: s.fake.zombify())),
    *(Scenario(name, during(break_it)) for name, break_it in FRAMES.items()),
    Scenario(
        "frame that is no JSON, while answers are under way",
        during(FRAMES["frame that is no JSON"], under_way=True),
        thinking=0.3,
    ),
    *both("429 of a bucket", fault(retry_after=0.4)),
    *both("429, global", fault(retry_after=0.4, is_global=True)),
    *both("429, global, until discord.py gives up", fault(retry_after=0.05, is_global=True, times=6)),
    *both("429 without Via", fault(retry_after=0.4, via=False), lost=(2, 3), note=(BANNED, BANNED), timeout=1.0),
    *both("500", fault(status=500)),
    *both("502", fault(status=502)),
    *both("503", fault(status=503)),
    *both("500 twice", fault(status=500, times=2)),
    *both("503 twice", fault(status=503, times=2)),
    *both("reset before it is taken", fault(cut="reset")),
    *both("closed before it is taken", fault(cut="close")),
    *both("reset after it is taken", fault(cut="reset", taken=True)),
    *both("closed after it is taken", fault(cut="close", taken=True)),
    *both("500 after it is taken", fault(status=500, taken=True)),
    *both("taken after 2 s", fault(delay=2.0)),
    *both("taken after 4 s", fault(delay=4.0)),
    Scenario(
        "taken after 4 s, twice: interactions",
        each(INTERACTIONS, Fault("POST", CALLBACK, times=2, delay=4.0), timeout=6.0),
        3,
        LATE,
    ),
    *both("acknowledged after 4 s", fault(taken=True, lag=4.0), timeout=6.0),
    *(
        Scenario(f"{name}: deferred answers", deferred(how), thinking=0.4, bot={"defer_after": 0.1})
        for name, how in {
            "500": Fault("PATCH", ORIGINAL, status=500),
            "503": Fault("PATCH", ORIGINAL, status=503),
            "reset before it is taken": Fault("PATCH", ORIGINAL, cut="reset"),
            "reset after it is taken": Fault("PATCH", ORIGINAL, cut="reset", taken=True),
            "deferral reset after it is taken": Fault("POST", CALLBACK, cut="reset", taken=True),
            "429": Fault("PATCH", ORIGINAL, retry_after=0.4),
        }.items()
    ),
    *(
        Scenario(
            f"reset {'after' if taken else 'before'} it is taken: {what} of what is hidden",
            hidden(Fault(method, path, cut="reset", taken=taken)),
        )
        for what, method, path in (("the fetching", "GET", MESSAGE_PATH), ("the deletion", "DELETE", MESSAGE_PATH))
        for taken in (False, True)
    ),
    Scenario("reset before it is taken: the copy of what is hidden", hidden(Fault("POST", CALLBACK, cut="reset"))),
    Scenario(
        "reset after it is taken: the copy of what is hidden",
        hidden(Fault("POST", CALLBACK, cut="reset", taken=True), gone=False),
    ),
    Scenario(
        "interactions that arrive after 3 s",
        told_late,
        3,
        LATE,
    ),
    Scenario(
        "no permission, known",
        forbidden(),
        1,
        "a message cannot be answered where the bot may not speak; commands are",
        options={"channels": 2, "denied": SEND | HISTORY},
    ),
    Scenario("no permission, refused with 50013", forbidden(refuses=(403, 50013)), 1, "as above", options={"channels": 2}),
    Scenario("no access, refused with 50001", forbidden(refuses=(403, 50001)), 1, "as above", options={"channels": 2}),
    Scenario("message deleted while it is answered", deleted, 2, "whoever asked has taken it back", thinking=0.2),
    Scenario(
        "channel deleted while it is answered",
        channel_deleted,
        2,
        "there is no place left to answer",
        thinking=0.2,
        options={"channels": 3},
    ),
    Scenario("two shards, one is cut", two_shards, options={"guilds": 2, "shards": 2}, bot={"shard_count": 2}),
    Scenario("burst of 1,000 messages", burst_of_messages, options={"channels": 100, "limit": (5, 0.5)}),
    Scenario(
        "burst of 1,000 messages, global limit too",
        burst_of_messages,
        options={"channels": 100, "limit": (5, 0.5), "global_limit": (50, 1.0)},
    ),
    Scenario("burst of 1,000 interactions", burst_of_interactions, options={"channels": 100}, apart=True),
    Scenario("100 questions of 0.15 s each at once: interactions", slow_questions, thinking=0.15, options={"channels": 20}),
    Scenario("20,000 messages of chatter", firehose, options={"channels": 20}),
    Scenario("restart of the client while answers are under way", during(restarted, under_way=True), thinking=0.3),
    Scenario("SIGTERM while answers are under way", stopped, thinking=0.4),
    Scenario("killed after the answer, event repeated", killed_after, apart=True),
    Scenario(
        "killed before the answer, event repeated",
        killed_before,
        thinking=0.6,
        apart=True,
    ),
)


if __name__ == "__main__":
    sys.exit(_process(*sys.argv[1:]))
