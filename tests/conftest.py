"""A small invented article with a pack round it, written into a temporary folder; and the engine of the shipped pack, built once."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import settings

from bot.config import FILE_SUFFIX, SECRETS
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.serve import library

pytest_plugins = ["fakes.command_line"]  # the fixture `cli`

settings.register_profile("verbatim", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("verbatim")

ROOT = Path(__file__).resolve().parent.parent

# str or bytes: the whole file; None: no such file; (old, new): the file with one passage changed.
Change = str | bytes | tuple[str, str] | None
MakePack = Callable[..., Path]

ARTICLE = """\
Skip to content

Library to open on Sundays after readers’ petition

THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.

Head librarian Anna Kovacs said: “We have waited nine years for this. The reading room will finally be full again.

“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”

Councillor Ruth Bell also called for a second lift in the building.

Join the friends of the library for five pounds a year.
"""

# {sha256} becomes that of the article as written, so that only tests about the hash need to think of it.
PACK = """\
slug: millbrook
title: "Millbrook library"
subject: the Sunday opening of Millbrook library
article:
  sha256: {sha256}
  publisher: the gazette
  furniture: [Skip to content]
  foot: Join the friends
positions: [waited, lift]
"""

PEOPLE = """\
- id: paper
  name: the article
  kind: source
  aliases: [the article]
- id: kovacs
  name: Anna Kovacs
  kind: person
  capacity: Head librarian
  aliases: [Anna Kovacs, Kovacs, the librarian]
- id: reed
  name: Tom Reed
  kind: person
  capacity: colleague
  aliases: [Tom Reed, Reed]
- id: bell
  name: Ruth Bell
  kind: person
  capacity: Councillor
  aliases: [Ruth Bell, Bell]
- id: council
  name: town council
  kind: organisation
  aliases: [town council, the council]
"""

QUOTES = """\
- id: headline
  speaker: paper
  kind: narration
  text: "Library to open on Sundays after readers’ petition"
- id: sundays
  speaker: paper
  kind: narration
  text: "THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition."
- id: waited
  speaker: kovacs
  kind: direct
  text: "We have waited nine years for this."
- id: room
  speaker: kovacs
  kind: direct
  text: "The reading room will finally be full again."
- id: roof
  speaker: reed
  kind: reported
  relayed_by: kovacs
  text: "My colleague Tom Reed told me last week that the roof repairs cost more than the new books."
- id: lift
  speaker: bell
  kind: reported
  relayed_by: paper
  text: "Councillor Ruth Bell also called for a second lift in the building."
- id: friends
  speaker: paper
  kind: narration
  text: "Join the friends of the library for five pounds a year."
"""

FAQ = """\
- id: petition-outcome
  question: "What does the headline say?"
  asks: quotation
  cites: [headline]
  phrasings:
    - "what is the headline"
    - "what does the headline say"
    - "title of the article"
    - "how is the story headed"
- id: sunday-start
  question: "When does the library begin to open on Sundays?"
  asks: time
  cites: [sundays]
  lead: "From March 3."
  phrasings:
    - "when does the library begin to open on sundays"
    - "from which date is the library open on sundays"
    - "sunday opening date"
    - "on what day do sunday openings start"
  near_misses:
    - "how many people signed for the sunday opening"
- id: petition-size
  question: "How many readers signed the petition?"
  asks: number
  cites: [sundays]
  lead: "412 readers."
  phrasings:
    - "how many readers signed the petition"
    - "how many signatures did the petition have"
    - "number of people who signed the petition"
    - "how many names are on the petition"
- id: wait
  question: "How long have they waited?"
  asks: time
  cites: [waited]
  lead: "nine years."
  phrasings:
    - "how long have they waited"
    - "how many years did the librarian wait"
    - "how long was the wait"
    - "how long has Kovacs been waiting for this"
- id: reading-room
  question: "What will become of the reading room?"
  asks: thing
  cites: [room]
  phrasings:
    - "what will become of the reading room"
    - "what does Kovacs say about the reading room"
    - "reading room"
    - "will the reading room be full"
- id: roof-cost
  question: "What did Tom Reed say about the roof repairs?"
  asks: thing
  cites: [roof]
  phrasings:
    - "what did Tom Reed say about the roof repairs"
    - "what did the roof repairs cost"
    - "were the repairs of the roof dearer than the books"
    - "roof repairs"
- id: second-lift
  question: "Who called for a second lift?"
  asks: person
  cites: [lift]
  lead: "Ruth Bell."
  phrasings:
    - "who called for a second lift"
    - "who wants another lift"
    - "which councillor demands a lift"
    - "what did Ruth Bell call for"
- id: friends-fee
  question: "What does it cost to join the friends of the library?"
  asks: number
  cites: [friends]
  lead: "five pounds a year."
  phrasings:
    - "what does it cost to join the friends of the library"
    - "how much is membership of the friends"
    - "price of joining the friends"
    - "friends of the library fee"
"""

GAPS = """\
- id: gap-opening-hour
  question: "At what hour does the library open?"
  looked_for: "the hour at which the library opens"
  nearest: [sundays]
  phrasings:
    - "at what hour does the library open"
    - "what time does the library open in the morning"
    - "library opening hours"
    - "until what time is it open"
- id: gap-salary
  question: "What does the librarian earn?"
  looked_for: "the librarian's salary"
  nearest: []
  phrasings:
    - "what does the librarian earn"
    - "how much is the librarian paid"
    - "salary of Kovacs"
    - "wages of the librarian"
"""

PREMISES = """\
- id: premise-bell-against-lift
  presupposes: "Ruth Bell is against the lift."
  contradicted_by: [lift]
  phrasings:
    - "why is Ruth Bell against the lift"
    - "why does Bell oppose a second lift"
    - "why did councillor Bell vote against another lift"
    - "what has Bell got against the lift"
"""

VOCABULARY = """\
synonyms:
  "lift": [elevator, hoist]
  "petition": [appeal, round robin]
"""

QUESTIONS = """\
- ask: "how many people signed the petition"
  expect: petition-size
- ask: "and what did Kovacs say about the reading room"
  after: ["who called for a second lift"]
  expect: answer
"""

FILES: Mapping[str, str] = {
    "article.txt": ARTICLE,
    "pack.yaml": PACK,
    "people.yaml": PEOPLE,
    "quotes.yaml": QUOTES,
    "faq/library.yaml": FAQ,
    "gaps.yaml": GAPS,
    "premises.yaml": PREMISES,
    "vocabulary.yaml": VOCABULARY,
    "questions.yaml": QUESTIONS,
}


def write_pack(folder: Path, changes: Mapping[str, Change]) -> Path:
    """The invented pack in `folder`, changed as said; the article's SHA-256 follows a changed article."""
    contents: dict[str, bytes] = {}
    for name in {**FILES, **changes}:
        change: Change = changes.get(name, FILES.get(name))
        if isinstance(change, tuple):
            old, new = change
            assert FILES[name].count(old) == 1, f"{old!r} does not stand exactly once in {name}"
            change = FILES[name].replace(old, new)
        if change is not None:
            contents[name] = change if isinstance(change, bytes) else change.encode()
    digest = hashlib.sha256(contents.get("article.txt", b"")).hexdigest()
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.replace(b"{sha256}", digest.encode()))
    return folder


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What engines learn is kept for this run alone: nothing that an earlier one kept can hide a fault."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _few_rounds_of_the_collector() -> Iterator[None]:
    """The garbage collector leaves alone what all tests together are made of. `settle` would have it go over that wherever a bot starts,
    0.2 s each time; it does in tests/serve/test_library.py, and in processes that tests start."""
    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "gc", Mock())
        yield


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person who runs the tests counts, and nothing is written into their home."""
    secrets = (f"{name}{end}" for name in SECRETS for end in ("", FILE_SUFFIX))
    for name in ("VERBATIM_CONFIG", *secrets, "NO_COLOR", "FORCE_COLOR", "PYTHONHASHSEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def make_pack(tmp_path: Path) -> MakePack:
    """Writes the invented pack: `make_pack({"quotes.yaml": ("old words", "new words")})`; see Change."""

    def make(changes: Mapping[str, Change] | None = None, name: str = "millbrook") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        return write_pack(folder, changes or {})

    return make


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented pack as it is, for tests that change nothing in it."""
    return write_pack(tmp_path_factory.mktemp("packs") / "", {})


@pytest.fixture(scope="session")
def tiny_pack(tiny_folder: Path) -> Pack:
    return load(tiny_folder)


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Engine:
    """The engine of the invented pack, with the networks and the policy that ship; warm, so that no test waits for what is done once."""
    built = build(tiny_folder)
    built.warm()
    return built


@pytest.fixture(scope="session")
def shipped_folder() -> Path:
    return ROOT / "knowledge" / "backthecode"


@pytest.fixture(scope="session")
def engine(shipped_folder: Path) -> Engine:
    """The engine of the pack that ships, warm."""
    built = build(shipped_folder)
    built.warm()
    return built
