"""`verbatim check`: a pack's own tests, and what is said where they fail."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ARTICLE, FAQ, MakePack
from fakes.command_line import Cli, Terminal
from fakes.reader import make_engine, policy

YES = 5.0  # the logit of what answers
SIGNED, ROOM = ("signed the petition", "petition-size", YES), ("Kovacs say about the reading room", "reading-room", YES)
UNGUARDED = "petition-outcome, petition-size, wait, reading-room, roof-cost, second-lift, friends-fee"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`reads(("lift", "second-lift", 5.0), ...)`: so says the reader to questions with those words, and no of all else."""

    def patch(*says: tuple[str, str, float]) -> None:
        monkeypatch.setattr("bot.cli.check.build_engine", lambda path, _: make_engine(path, *says, policy=policy()).engine)

    return patch


def test_check_sums_up_a_sound_pack_and_exits_with_0(cli: Cli, tiny_folder: Path, reads: Callable[..., None]) -> None:
    reads(SIGNED, ROOM)
    ran = cli("check", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.rstrip("\n").split("\n")
    assert lines[0] == f"{tiny_folder}: Millbrook library"
    assert re.fullmatch(r"  article     \d+ characters, 7 sentences, SHA-256 [0-9a-f]{12}… as the pack names it", lines[1])
    assert lines[2:] == [
        "  taken as    a headline and 5 paragraphs apart by blank lines; 1 paragraph of the page left out",
        "  quotes      7 of 7 located exactly once",
        "  coverage    7 of 7 sentences reached (100%)",
        "  topics      8 entries, 3 gaps and premises, 45 phrasings",
        "  phrasings   25 of 32 lie nearest to their own entry (no fault; --all lists the others)",
        "  near misses 1 of 1 asked do not get the entry, 1 in all",
        "  exchanges   14 of 14 made questions asked are not answered as what they look like, 14 in all",
        "  regression  2 of 2 questions as expected",
        f"  warning: 7 of 8 entries have no near misses, so nothing tests what must not get them: {UNGUARDED}",
    ]


def test_check_exits_with_1_and_says_what_to_do_where_a_test_of_the_pack_fails(
    cli: Cli, make_pack: MakePack, reads: Callable[..., None]
) -> None:
    reads(("for the sunday opening", "sunday-start", YES))
    faq = FAQ.replace('  lead: "five pounds a year."\n', "").replace("cites: [friends]", "cites: [headline]")
    folder = make_pack({"questions.yaml": '- ask: "roof repairs"\n  expect: petition-size\n', "faq/library.yaml": faq})
    ran = cli("check", "--pack", folder)
    assert (ran.status, ran.err) == (1, "")
    assert "  coverage    6 of 7 sentences reached (86%)\n" in ran.out
    assert "  near misses 0 of 1 asked do not get the entry, 1 in all\n" in ran.out
    assert "  regression  0 of 1 questions as expected\n" in ran.out
    assert ran.out.endswith(
        "\nNot reached by any entry, 1 sentence: write an entry that cites it.\n"
        "  “Join the friends of the library for five pounds a year.”\n"
        "\nnear miss that gets the entry: 'how many people signed for the sunday opening'\n"
        "  wanted not sunday-start, got sunday-start, answer\n"
        "  it is too close to 'on what day do sunday openings start': "
        "write a gap for it, with phrasings that say what the article leaves out.\n"
        "\nregression question: 'roof repairs'\n  wanted petition-size, got roof-cost, answer\n  see questions.yaml:1.\n"
    )


def test_check_lists_ten_sentences_that_no_entry_reaches_and_all_where_told_to(cli: Cli, make_pack: MakePack) -> None:
    added = "\n\n".join(f"Line {number} stands here." for number in range(12)) + "\n"
    folder = make_pack({"article.txt": ARTICLE + "\n\n" + added})
    ran = cli("check", "--pack", folder)
    assert ran.status == 1
    assert (
        "\nNot reached by any entry, 12 sentences: write entries that cite them, for what people will ask first.\n"
        "  “Line 0 stands here.”\n" in ran.out
    )
    assert "  “Line 9 stands here.”\n  and 2 more (--all lists them; `verbatim review` asks about each)\n" in ran.out
    assert "“Line 11 stands here.”\n" in cli("check", "--all", "--pack", folder).out


@pytest.mark.parametrize("failing", ["coverage", "near miss", "regression"])
def test_each_failure_alone_is_enough_for_1(cli: Cli, make_pack: MakePack, reads: Callable[..., None], failing: str) -> None:
    reads(SIGNED, ROOM, *([("for the sunday opening", "sunday-start", YES)] if failing == "near miss" else []))
    lead, cites = '  lead: "five pounds a year."\n', "cites: [friends]"
    folder = make_pack(
        {
            "faq/library.yaml": FAQ.replace(lead, "").replace(cites, "cites: [headline]") if failing == "coverage" else FAQ,
            "questions.yaml": f'- ask: "roof repairs"\n  expect: {"petition-size" if failing == "regression" else "roof-cost"}\n',
        }
    )
    assert cli("check", "--pack", folder).status == 1


def entries(**cited: str) -> str:
    """Two entries that are asked in the same words, with other passages."""
    return "".join(
        f'- id: {identifier}\n  question: "Who would {article} lift serve?"\n  asks: person\n  cites: [{cites}]\n'
        f"  phrasings: [{', '.join(f'who {verb} {article} lift' for verb in ('wants', 'demands', 'needs', 'uses'))}]\n"
        "  near_misses: [why not]\n"
        for (identifier, cites), article in zip(cited.items(), ("a", "the"), strict=True)
    )


def test_entries_that_nobody_can_tell_apart_fail_and_misrouted_phrasings_are_listed_only_if_asked_to(
    cli: Cli, make_pack: MakePack, reads: Callable[..., None]
) -> None:
    reads()
    folder = make_pack({"faq/library.yaml": entries(one="lift", two="roof"), "questions.yaml": None})
    ran, everything = cli("check", "--pack", folder), cli("check", "--all", "--pack", folder)
    assert (ran.status, ran.err) == (everything.status, everything.err) == (1, "")
    assert "  phrasings   0 of 10 lie nearest to their own entry (no fault; --all lists the others)\n" in ran.out
    assert "  phrasings   0 of 10 lie nearest to their own entry\n" in everything.out
    pair = (
        "\nentries that nobody can tell apart: one and two\n"
        "  5 of 5 phrasings of one lie nearer to two, "
        "such as 'Who would a lift serve?', 'who wants a lift', 'who demands a lift'\n"
        "  Merge them into one entry that cites the passages of both (158 of 900 characters); or leave what could be asked of both "
    )
    assert pair in ran.out
    assert pair in everything.out
    assert "misrouted phrasing" not in ran.out
    assert everything.out.count("\nmisrouted phrasing: ") == 10
    assert (
        "\nmisrouted phrasing: 'who wants a lift'\n  wanted one, got two\n"
        "  it lies nearer to 'Who would the lift serve?': add phrasings like it here, or move it.\n" in everything.out
    )
    assert "warning" not in ran.out


def test_misrouted_phrasings_alone_fail_nothing(cli: Cli, make_pack: MakePack, reads: Callable[..., None]) -> None:
    reads(SIGNED, ROOM)
    misplaced = "cost of joining the friends again"
    ran = cli("check", "--all", "--pack", make_pack({"faq/library.yaml": ('- "roof repairs"', f'- "{misplaced}"')}))
    assert ran.status == 0
    assert f"\nmisrouted phrasing: '{misplaced}'\n  wanted roof-cost, got friends-fee\n  it lies nearer to " in ran.out


@pytest.mark.parametrize(
    ("ask", "got", "told"),
    [
        (
            "what did Tom Reed call for",
            "second-lift",
            "  made of 'what did Ruth Bell call for' of second-lift, with 'Tom Reed' for 'Ruth Bell'; "
            "got second-lift\n"
            "  Fix: if the article does not answer it, add it to the near misses of second-lift, and write a gap for it, "
            "or a premise where the article contradicts it, with more phrasings like it.\n",
        ),
        (
            "what does Bell say about the reading room",
            "roof-cost",
            "  made of 'what does Kovacs say about the reading room' of reading-room, with 'Bell' for 'Kovacs'; got roof-cost\n"
            "  Fix: if the article does not answer it, add it to the near misses of roof-cost, and write a gap for it, "
            "or a premise where the article contradicts it, with more phrasings like it.\n",
        ),
    ],
)
def test_a_made_question_that_would_be_answered_is_a_warning(
    cli: Cli, tiny_folder: Path, reads: Callable[..., None], ask: str, got: str, told: str
) -> None:
    reads(SIGNED, ROOM, (ask, got, YES))
    ran = cli("check", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    assert "  exchanges   13 of 14 made questions asked are not answered as what they look like, 14 in all\n" in ran.out
    assert ran.out.endswith(f"\nwarning: would be answered: {ask!r}\n{told}")


@pytest.mark.parametrize(
    ("phrasing", "how"), [("who has signed", "with 'not' put in"), ("who hasn't signed", "with 'not' taken out")]
)
def test_a_not_that_came_or_went_is_told(
    cli: Cli, make_pack: MakePack, reads: Callable[..., None], phrasing: str, how: str
) -> None:
    reads(("signed", "one", YES))
    one = f'- id: one\n  question: "{phrasing}"\n  asks: person\n  cites: [sundays]\n  phrasings: [signers]\n'
    out = cli("check", "--pack", make_pack({"faq/library.yaml": one, "questions.yaml": None})).out
    assert f"  made of {phrasing!r} of one, {how}; got one\n" in out


def test_ten_exchanges_are_listed_with_all_their_questions_and_the_rest_counted(
    cli: Cli, make_pack: MakePack, reads: Callable[..., None]
) -> None:
    entries = [
        f"- id: lift-{n}\n  question: what does Bell want {n}\n  asks: thing\n  cites: [lift]\n"
        f"  phrasings: [what does Bell say of lift number {n}]\n"
        for n in range(50, 56)
    ]
    reads(*(("what does", f"lift-{n}", YES) for n in range(50, 56)))
    folder = make_pack({"faq/library.yaml": "".join(entries), "questions.yaml": None, "premises.yaml": None})
    some, everything = cli("check", "--pack", folder).out, cli("check", "--all", "--pack", folder).out
    assert "  exchanges   0 of 24 made questions asked are not answered as what they look like, 24 in all\n" in some
    assert some.count("\nwarning: would be answered: ") == some.count("\n  likewise 'what does ") == 10
    assert some.endswith("\nwarning: 4 more made questions would be answered (--all lists them)\n")
    assert everything.count("\nwarning: would be answered: ") == 12
    assert "more made questions" not in everything


def test_check_prints_a_sound_pack_as_json(cli: Cli, tiny_folder: Path, reads: Callable[..., None]) -> None:
    reads(SIGNED, ROOM)
    ran = cli("check", "--json", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    found = ran.json
    sha256 = found["pack"].pop("sha256")
    assert re.fullmatch("[0-9a-f]{64}", sha256)
    misrouted = found["tests"]["phrasings"].pop("misrouted")
    assert len(misrouted) == 7
    assert all(set(miss) == {"ask", "wanted", "got", "advice"} for miss in misrouted)
    assert isinstance(found["article"].pop("characters"), int)
    assert found == {
        "faults": [],
        "passed": True,
        "pack": {"path": str(tiny_folder), "slug": "millbrook", "title": "Millbrook library"},
        "article": {"sentences": 7, "paragraphs": 5, "wrapped_at": None},
        "quotes": {"located": 7, "unproved": []},
        "open": [],
        "switched_off": [],
        "tests": {
            "topics": {"entries": 8, "gaps_and_premises": 3, "phrasings": 45},
            "coverage": {"right": 7, "of": 7, "share": 1.0, "uncovered": []},
            "phrasings": {"right": 25, "of": 32, "share": 0.78125},
            "near_misses": {"written": 1, "right": 1, "of": 1, "share": 1.0, "confused": []},
            "exchanges": {"made": 14, "right": 14, "of": 14, "share": 1.0, "answered": []},
            "regression": {"right": 2, "of": 2, "share": 1.0, "failed": []},
            "confusable": [],
            "unguarded": UNGUARDED.split(", "),
        },
    }


def test_check_prints_what_fails_as_json(cli: Cli, make_pack: MakePack, reads: Callable[..., None]) -> None:
    reads(SIGNED, ROOM, ("for the sunday opening", "sunday-start", YES), ("what did Tom Reed call for", "second-lift", YES))
    faq = FAQ.replace('  lead: "five pounds a year."\n', "").replace("cites: [friends]", "cites: [headline]")
    folder = make_pack({"questions.yaml": '- ask: "roof repairs"\n  expect: petition-size\n', "faq/library.yaml": faq})
    ran = cli("check", "--json", "--pack", folder)
    assert (ran.status, ran.json["passed"]) == (1, False)
    tests = ran.json["tests"]
    (uncovered,) = tests["coverage"]["uncovered"]
    assert uncovered["text"] == "Join the friends of the library for five pounds a year."
    assert (folder / "article.txt").read_text(encoding="utf-8")[uncovered["start"] : uncovered["end"]] == uncovered["text"]
    assert [miss["wanted"] for miss in tests["near_misses"]["confused"]] == ["not sunday-start"]
    assert tests["regression"] == {
        "right": 0,
        "of": 1,
        "share": 0.0,
        "failed": [
            {"ask": "roof repairs", "wanted": "petition-size", "got": "roof-cost, answer", "advice": "see questions.yaml:1."}
        ],
    }
    made = next(made for made in tests["exchanges"]["answered"] if made["ask"] == "what did Tom Reed call for")
    assert made == {
        "ask": "what did Tom Reed call for",
        "entry": "second-lift",
        "phrasing": "what did Ruth Bell call for",
        "old": "Ruth Bell",
        "new": "Tom Reed",
        "got": ["second-lift"],
        "lead": made["lead"],
    }


def test_check_prints_a_bare_text_and_faults_as_json(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    ran = cli("check", "--json", "--pack", path)
    assert (ran.status, ran.json["passed"], ran.json["tests"], ran.json["quotes"]["located"]) == (0, True, None, 0)
    ran = cli("check", "--json", "--pack", make_pack({"faq/library.yaml": ("cites: [friends]", "cites: [fiends]")}))
    assert (ran.status, ran.err) == (2, "")
    assert list(ran.json) == ["faults"]
    fault = next(fault for fault in ran.json["faults"] if "fiends" in fault["what"])
    assert (fault["file"], fault["what"], fault["fix"], fault["follows"]) == (
        "faq/library.yaml", "there is no quote 'fiends'.", "use the id of a quote, such as 'friends'.", False,
    )  # fmt: skip
    assert fault["line"] > 1
    ran = cli("check", "--json", "--pack", tmp_path / "nowhere")
    assert (ran.status, ran.json["faults"][0]["line"]) == (2, None)


def test_a_terminal_shows_how_far_it_has_come_and_nothing_is_left_of_that(
    cli: Cli, tiny_folder: Path, reads: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(SIGNED, ROOM)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    cli("check", "--pack", tiny_folder)
    assert "\rComparing the entries' phrasings: 50% of 8" in terminal.getvalue()
    last = "Asking the pack's own questions: 94% of 17"
    assert f"\r{last}" in terminal.getvalue()
    assert terminal.getvalue().endswith(f"\r{' ' * len(last)}\r")


def test_a_pack_is_checked_with_the_networks_and_the_policy_that_ship(cli: Cli, make_pack: MakePack) -> None:
    """Its questions are recorded phrasings, so that no number of the policy matters."""
    folder = make_pack({"questions.yaml": '- ask: "roof repairs"\n  expect: roof-cost\n'})
    out = cli("check", "--pack", folder).out
    assert "  regression  1 of 1 questions as expected\n" in out
    assert re.search(r"^  phrasings   \d+ of 32 lie nearest to their own entry", out, re.M)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Head\rOne. Two.\rThree.", "a headline and 2 paragraphs a line each, as no blank lines part them"),
        (
            "Head\n\nOne line that is long enough to be taken for one that was\nwrapped.\n\nTwo.\n",
            "a headline and 2 paragraphs apart by blank lines; lines wrapped at 57 columns are joined",
        ),
    ],
)
def test_check_says_how_a_text_was_taken(cli: Cli, tmp_path: Path, text: str, taken: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    assert f"\n  taken as    {taken}\n" in cli("check", "--pack", path).out


def test_check_warns_of_quotes_round_which_the_marks_do_not_balance(cli: Cli, make_pack: MakePack) -> None:
    marked = "“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”"
    out = cli("check", "--pack", make_pack({"article.txt": (marked, marked.strip("“”"))})).out
    assert "\n  warning: the quotation marks of the article do not balance round these quotes, so nothing proves " in out
    assert re.search(r"their records decide: waited, room\n", out)


def test_check_of_a_bare_text_file_says_that_there_is_nothing_curated(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    ran = cli("check", "--pack", path)
    assert ran.status == 0
    assert ran.out == (
        f"{path}: Head\n  article     3 sentences, no curation\n"
        "  taken as    a headline and 1 paragraph apart by blank lines\n"
        "  There is nothing curated to check: its sentences are searched, and only a sure one is shown.\n"
    )
