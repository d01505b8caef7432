"""What is seen from outside holds nothing of what was asked and of who asked it: not the log in either form at its most talkative,
not the metrics, not the health, and of the text not the store either. With discord.py's own networking against a fake Discord."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fakes.faults import CALLBACK, SEND_PATH, hurried
from fakes.loopback import Drive, Fault, fake_discord
from fakes.visitor import fetch, free_port

from bot.client.log import JsonLines
from bot.client.running import run
from bot.config import Address, Settings
from bot.engine.pipeline import Engine
from bot.pack.values import Verdict
from bot.serve.measures import BOUNDS, Stage, Unanswered, Unsent, Use, Way
from bot.store.memory import MemoryStore
from bot.store.values import StoreFault

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"
ASKER = 777_000_777_000_777
WORD = "xylophone"
LIFT = "Who called for a second lift?"
# Answered in each way, refused, and one on which the engine fails.
QUESTIONS = (
    f"who called for a second lift please, {WORD}",
    f"what does the article say about a {WORD}?",
    f"hello {WORD}",
    f"fail {WORD}",
    LIFT,
)


@dataclass
class Seen:
    """What was seen from outside: the log in both forms, and the pages by their path."""

    text: str
    lines: str
    pages: dict[str, str]


@contextmanager
def logged() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """All that is logged meanwhile, as text and as JSON."""
    streams = io.StringIO(), io.StringIO()
    handlers = [logging.StreamHandler(stream) for stream in streams]
    handlers[1].setFormatter(JsonLines())
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield streams
    finally:
        for handler in handlers:
            root.removeHandler(handler)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> tuple[Seen, Path]:
    """An asker puts every marked question in every way, while requests, the engine and autocompletion fail in turn; and the state folder
    as it is left."""
    state, port = tmp_path_factory.mktemp("state"), free_port()
    settings = Settings(pack=tiny_folder, state=state, log_level="debug", log_format="json", http=Address("127.0.0.1", port))
    pages: dict[str, str] = {}
    answer = Engine.answer

    def answered(self: Engine, question: str, history: object = ()) -> object:
        if question.startswith("fail"):
            raise KeyError(question)
        return answer(self, question, history)  # type: ignore[arg-type]

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        fake.complete("ask", "earlier", WORD, None, ASKER)  # an option of an earlier version
        for question in QUESTIONS:
            asked = (
                fake.mention(question, None, ASKER),
                fake.dm(question, ASKER),
                fake.slash("ask", None, ASKER, question=question),
                fake.complete("ask", "question", question, None, ASKER),
            )
            assert fake.until(lambda asked=asked: all(map(fake.seen, asked)))  # type: ignore[misc]
        for path, status, code in ((SEND_PATH, 403, 50013), (CALLBACK, 400, 50035)):
            failed = fake.failed
            fake.fail(Fault("POST", path, status=status, code=code))
            fake.mention(QUESTIONS[0], None, ASKER) if path == SEND_PATH else fake.slash(
                "ask", None, ASKER, question=QUESTIONS[0]
            )
            assert fake.until(lambda failed=failed: fake.failed > failed)  # type: ignore[misc]
        typed = fake.dm(f"/quote {WORD}", ASKER)
        first = fake.slash("ask", None, ASKER, question=LIFT)
        assert fake.until(lambda: fake.seen(first) and fake.seen(typed))
        for message, custom_id in list(fake.custom_ids(first)):
            fake.press(message, custom_id, ASKER)
        fake.submit(f"v1:follow-up:{WORD}", f"{WORD}?", None, ASKER)
        fake.slash("quote", None, ASKER, speaker=WORD)
        last = fake.dm(LIFT, ASKER)
        assert fake.until(lambda: fake.seen(last))
        for path in ("/live", "/ready", "/metrics"):
            pages[path] = fetch(port, path)[1].decode()

    with pytest.MonkeyPatch.context() as patched, hurried(), fake_discord() as fake, logged() as (text, lines):
        patched.setattr(Engine, "answer", answered)
        levels = {name: logging.getLogger(name).level for name in ("bot", "discord")}
        assert Drive(story).run(lambda: run(settings, tiny_folder, {"DISCORD_TOKEN": TOKEN})) == 0
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    return Seen(text.getvalue(), lines.getvalue(), pages), state


def test_much_was_seen(seen: tuple[Seen, Path]) -> None:
    """Else that nothing was found would say nothing."""
    outside, state = seen
    assert outside.text.count("answered verdict=") >= 12
    assert "answering failed: KeyError" in outside.text
    assert "autocompletion failed: " in outside.text
    assert "not permitted to send" in outside.text
    assert "not sent: HTTP 400" in outside.text
    assert re.search(r'verbatim_unanswered_total\{reason="failed"\} [1-9]', outside.pages["/metrics"])
    assert re.search(r'verbatim_unsent_total\{status="4xx"\} 2', outside.pages["/metrics"])
    assert (state / "verbatim.sqlite3").stat().st_size > 0


def test_no_line_and_no_page_holds_a_question_s_word_or_its_asker(seen: tuple[Seen, Path]) -> None:
    outside, _ = seen
    for where in (outside.text, outside.lines, *outside.pages.values()):
        for secret in (WORD, str(ASKER), f"asker{ASKER}", "second lift"):
            assert secret not in where.lower()


def test_every_line_of_the_json_log_is_an_object_with_the_fields_of_an_answer(seen: tuple[Seen, Path]) -> None:
    lines = [json.loads(line) for line in seen[0].lines.splitlines()]
    assert all(list(line)[:4] == ["time", "level", "logger", "message"] for line in lines)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in lines)
    answers = [line for line in lines if line["message"].startswith("answered ")]
    assert all(
        set(line) == {"time", "level", "logger", "message", "verdict", "entry", "confidence", "server", "ms"} for line in answers
    )
    assert {line["verdict"] for line in answers} >= {"answer", "small_talk"}


CLOSED: dict[str, set[str]] = {
    "verdict": {v.value for v in Verdict},
    "way": set(Way),
    "reason": set(Unanswered),
    "stage": set(Stage),
    "use": set(Use),
    "status": set(Unsent),
    "outcome": {"taken_over", "refused"},
    "le": {*map(str, BOUNDS), "+Inf"},
    "shard": {"0"},
    "pack": {"millbrook"},
}


def test_every_label_has_its_value_from_a_closed_set(seen: tuple[Seen, Path]) -> None:
    labels = re.findall(r'[{,](\w+)="([^"]*)"', seen[0].pages["/metrics"])
    found = {name: {value for key, value in labels if key == name} for name, _ in labels}
    versions = found.pop("version")
    assert {name: values - CLOSED[name] for name, values in found.items()} == {name: set() for name in CLOSED}
    assert all(re.fullmatch(r"[0-9a-f]{12}|\d+\.\d+\.\d+\S*", version) for version in versions)


def kept(state: Path) -> bytes:
    """All bytes in the state folder."""
    return b"".join(path.read_bytes() for path in sorted(state.rglob("*")) if path.is_file())


def test_no_row_holds_a_question_s_word(seen: tuple[Seen, Path]) -> None:
    rows = kept(seen[1]).lower()
    assert not any(secret in rows for secret in (WORD.encode(), b"second lift", WORD.encode("utf-16-le")))


def test_a_store_that_fails_is_told_without_what_was_to_be_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, quiet_loggers: None
) -> None:
    port, pages = free_port(), dict[str, str]()

    async def note(*_: object) -> None:
        raise StoreFault(Path("full"), "the disk is full.", "make room.")

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        asked = fake.dm(LIFT, ASKER)
        assert fake.until(lambda: fake.seen(asked))
        assert fake.until(lambda: b'store_usable{use="written"} 0.0' in fetch(port, "/metrics")[1])
        pages.update({path: fetch(port, path)[1].decode() for path in ("/ready", "/metrics")})

    monkeypatch.setattr(MemoryStore, "note", note)
    monkeypatch.setattr("bot.client.running.open_store", lambda *_: MemoryStore())
    with hurried(), fake_discord() as fake, logged() as (text, _):
        told = replace(settings, http=Address("127.0.0.1", port))
        assert Drive(story).run(lambda: run(told, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0
    assert json.loads(pages["/ready"]) == {"ready": True, "reasons": [], "remarks": ["the store cannot be written"]}
    assert 'verbatim_store_faults_total{use="written"} 1.0' in pages["/metrics"]
    assert "the store cannot be written" in text.getvalue()
    assert str(ASKER) not in text.getvalue() + pages["/metrics"]


def test_no_row_holds_the_asker(seen: tuple[Seen, Path]) -> None:
    """Not as a text, nor as SQLite writes a number of its size (https://www.sqlite.org/fileformat.html#record_format)."""
    rows = kept(seen[1])
    assert not any(secret in rows for secret in (str(ASKER).encode(), ASKER.to_bytes(7, "big"), ASKER.to_bytes(7, "little")))
