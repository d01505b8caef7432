"""A thousand misses on their whole way: scrubbed, kept by a process that is killed, grouped, decided about, and applied as a patch."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ROOT
from fakes.clock import Clock
from fakes.stores import opened, run

from bot.curate.misses import LEAST_ALIKE, REMOVED, Origin, own_words, plain_words, scrubbed
from bot.curate.open_items import open_items
from bot.curate.pack_files import PackFiles
from bot.curate.review import AddPhrasings, Decision, Leave, Missed, NewEntry, NewGap
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.store.values import DAY, MAX_MISSES_OF_A_SERVER

HOW_MANY = 1000
NEEDS = (
    ("who pays for the second lift", "who is going to pay for the lift", "who will be paying for a second lift"),
    (
        "which colour will the reading room be painted",
        "what colour is the reading room",
        "in which colour do they paint the reading room",
    ),
    ("can dogs come into the library", "are dogs allowed in the library", "may I bring my dog into the library"),
    ("is there free coffee on sundays", "do they serve coffee on sundays", "will there be coffee for free on sundays"),
    ("how many books does the library have", "how many books are in the library", "what number of books is there in the library"),
)
RARE = ("does the roof leak when it rains", "who draws the posters for the petition")
NAMES = (
    "Karen Johnson",
    "Ahmed Khan",
    "Zoë Müller",
    "Priya Singh",
    "Siobhan O'Neill",
    "John-Paul Garcia",
    "Олег Иванов",
    "karen johnson",
    "ahmed khan",
)
PEOPLE = tuple(word for name in NAMES for word in re.split(r"[ '-]", name) if len(word) > 3)
SERVERS = tuple(1_456_074_443_980_800_000 + 7919 * n for n in range(6))
ASKERS = tuple(1_399_074_443_980_800_000 + 104_729 * n for n in range(40))
MAIL, PHONE, HANDLE, PAGE = "karen.j@example.org", "0161 496 0123", "@ahmed_k", "https://example.org/u/4711"


def asked(chance: random.Random) -> str:
    """A question as somebody types it, with what tells who they are."""
    need = chance.choice(NEEDS)
    question, name, asker = chance.choice(need), chance.choice(NAMES), chance.choice(ASKERS)
    return chance.choice(
        (
            question,
            f"{question.capitalize()}?",
            f"Hello, this is {name}. {question.capitalize()}?",
            f"{question}? mail me at {MAIL}",
            f"{question}, my number is {PHONE}",
            f"<@{asker}> {question}",
            f"{question} {HANDLE} {PAGE}",
            f"{name} asks: {question}?",
            f"does {name} know {question}",
        )
    )


# What the bot keeps: a process that is killed after so many, in the midst of the next one's transaction.
KEEPING = """
import asyncio, json, os, signal, sqlite3, sys
from functools import partial
from pathlib import Path
kill = [False]
class Killing(sqlite3.Connection):
    def commit(self):
        if kill[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        super().commit()
sqlite3.connect = sqlite3.dbapi2.connect = partial(sqlite3.connect, factory=Killing)
from bot.store.sqlite import SqliteStore
async def main():
    rows = json.loads(sys.stdin.read())
    now = [0.0]
    store = SqliteStore(Path(sys.argv[1]), lambda: now[0], patience=120)
    for n, (day, server, asker, text) in enumerate(rows):
        now[0] = day * 86400.0 + 5
        kill[0] = n == len(rows) - 1 and sys.argv[2] == "killed"
        await store.keep_miss(server, "millbrook", text, "unsure")
    await store.close()
asyncio.run(main())
"""


def keep(path: Path, rows: list[tuple[int, int, int, str]], end: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", KEEPING, str(path), end],
        input=json.dumps(rows), text=True, check=False, timeout=300, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).returncode  # fmt: skip


def telling(data: bytes) -> list[str]:
    """What of those who asked stands in some bytes, in whatever case, and ids also as numbers."""
    words = {*map(str, (*SERVERS, *ASKERS)), *PEOPLE, MAIL, PHONE, HANDLE, PAGE, "example", "u/4711", "0161 496", "496 0123"}
    found = [w for w in words if any(re.search(re.escape(v.encode()), data, re.IGNORECASE) for v in (w, w.lower(), w.upper()))]
    numbers = [n for n in (*SERVERS, *ASKERS) for order in ("big", "little") if n.to_bytes(8, order) in data]
    return [*found, *map(str, numbers)]


@pytest.fixture(scope="module")
def rows(tiny: Engine) -> list[tuple[int, int, int, str]]:
    """Day, server, asker and what may be kept of a thousand questions, in the order of the days."""
    chance = random.Random(12)
    own, plain = own_words(tiny.pack), plain_words()
    found = []
    for n in range(HOW_MANY - 8):
        raw = asked(chance)
        found.append((20_000 + n * 25 // HOW_MANY, chance.choice(SERVERS), chance.choice(ASKERS), scrubbed(raw, own, plain)))
    # One from two days and servers alone, one again and again from one of each.
    found += [(20_024, SERVERS[n % 2], ASKERS[0], RARE[0]) for n in range(4)] + [(20_024, SERVERS[0], ASKERS[0], RARE[1])] * 4
    return found


def test_something_is_left_of_nearly_every_question_and_nobody_in_it(rows: list[tuple[int, int, int, str]]) -> None:
    texts = [text for *_, text in rows]
    assert len(texts) == HOW_MANY
    assert sum(map(bool, texts)) >= 0.95 * HOW_MANY
    assert telling("\n".join(texts).encode()) == []
    assert not re.search(rf"[^a-z {REMOVED}\n]", "\n".join(texts))


def test_a_thousand_misses_from_the_queue_to_the_patch(
    rows: list[tuple[int, int, int, str]], tiny: Engine, tiny_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "verbatim.sqlite3"
    kept = [row for row in rows if row[3]]
    parts = [kept[start : start + 200] for start in range(0, len(kept), 200)]
    acknowledged: set[tuple[int, int, str]] = set()
    for part in parts[:-1]:
        assert keep(path, part, "killed") == -signal.SIGKILL
        acknowledged |= {(day, server, text) for day, server, _, text in part[:-1]}  # the last was cut off before it was kept
    assert keep(path, parts[-1], "finished") == 0
    acknowledged |= {(day, server, text) for day, server, _, text in parts[-1]}

    # Nothing that was kept is lost by kill -9, and nothing is there that identifies anybody.
    clock = Clock(20_025 * DAY)
    with opened(path, clock) as store:
        misses = run(store.misses("millbrook"))
        held = b"".join(p.read_bytes() for p in path.parent.iterdir())
    assert len({m.server for m in misses}) == len(SERVERS)
    assert {(m.day, m.text) for m in misses} == {(day, text) for day, _, text in acknowledged}
    assert len(misses) == len(acknowledged) <= len(SERVERS) * MAX_MISSES_OF_A_SERVER
    assert telling(held) == []
    with closing(sqlite3.connect(path)) as file:
        columns = [[name for _, name, *_ in file.execute(f"PRAGMA table_info({table})")] for table in ("miss", "answer")]
        assert file.execute("SELECT count(*) FROM answer").fetchone() == (0,)
    assert columns[0] == ["pack", "text", "verdict", "day", "server"]

    # Grouped, each need is one or few groups, and what was rare is in none.
    asked_in_vain = [(m.text, Origin(m.day, m.server)) for m in misses]
    folder = tmp_path / "pack"
    shutil.copytree(tiny_folder, folder)
    patch = tmp_path / "review.patch"
    files = PackFiles(folder, patch)
    groups = [i for i in open_items(files, tiny, asked_in_vain, None, reader=True) if isinstance(i, Missed)]
    assert all(max(g.group.days, g.group.servers) >= LEAST_ALIKE for g in groups)
    of_need = {needed: [g for g in groups if set(needed) & set(g.group.texts)] for needed in NEEDS}
    assert all(of_need.values())
    assert not {text for g in groups for text in g.group.texts} & set(RARE)
    assert sum(g.group.times for g in groups) >= 0.9 * len(misses)

    # Decided, each by another kind of decision; the rest by nothing.
    decisions: list[Decision] = [
        NewGap("Who pays for the lift?", "who pays for the lift"),
        AddPhrasings("reading-room"),
        NewGap("Are dogs allowed?", "whether dogs are allowed"),
        NewEntry("What is served on Sundays?", ("sundays",)),
    ]
    done: list[Missed] = []
    for needed, decision in zip(NEEDS, decisions, strict=False):
        first = of_need[needed][0]
        files.decide(first, decision)
        done.append(first)
    for group in groups:
        if group not in done:
            files.decide(group, Leave())
    assert [i for i in open_items(files, tiny, asked_in_vain, None, reader=True) if isinstance(i, Missed)] == []
    files.close()

    # Applied elsewhere, it is a pack that answers so; nothing in it identifies anybody either.
    assert telling(patch.read_bytes()) == []
    subprocess.run(
        ["git", "apply", "-p1", str(patch)], cwd=folder, check=True, timeout=60, env={**os.environ, "GIT_DIR": "/nowhere"}
    )
    engine = build(folder, tmp_path)
    assert engine.answer("Who pays for the second lift?").verdict == "not_in_article"
    assert engine.answer("Are dogs allowed in the library?").verdict == "not_in_article"
    assert [i for i in open_items(PackFiles(folder), engine, asked_in_vain, None, reader=True) if isinstance(i, Missed)] == []
    print(
        f"{HOW_MANY} asked, {len(kept)} left something, {len(misses)} kept, {len(groups)} groups of {sum(g.group.times for g in groups)}"
    )
