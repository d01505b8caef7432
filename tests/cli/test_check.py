"""`verbatim check`: a pack's own tests, and what is said where they fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import MakePack
from fakes.command_line import Cli


def test_check_sums_up_a_sound_pack_and_exits_with_0(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("check", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.rstrip("\n").split("\n")
    assert lines[0] == f"{tiny_folder}: Millbrook library"
    assert re.fullmatch(r"  article     \d+ characters, 7 sentences, SHA-256 [0-9a-f]{12}… as the pack names it", lines[1])
    assert lines[2:] == [
        "  quotes      7 of 7 located exactly once",
        "  coverage    7 of 7 sentences reached (100%)",
        "  topics      8 entries, 3 gaps and premises, 44 phrasings",
        "  phrasings   32 of 32 find their own entry's passages",
        "  leave-one-out  not done: no entry has 5 phrasings",
        "  near misses 1 of 1 minimal pairs apart",
        "  regression  2 of 2 questions as expected",
        "  warning: 7 of 8 entries have no near misses, so nothing tests what must not get them: petition-outcome, petition-size, "
        "wait, reading-room, roof-cost, second-lift, friends-fee",
    ]


def test_check_exits_with_1_and_says_what_to_do_where_a_test_of_the_pack_fails(cli: Cli, make_pack: MakePack) -> None:
    folder = make_pack(
        {
            "questions.yaml": '- ask: "roof repairs"\n  expect: petition-size\n',
            "faq/library.yaml": ('  lead: "five pounds a year."\n', ""),
        }
    )
    text = (folder / "faq/library.yaml").read_text(encoding="utf-8")
    (folder / "faq/library.yaml").write_text(text.replace("cites: [friends]", "cites: [headline]"), encoding="utf-8")
    ran = cli("check", "--pack", folder)
    assert (ran.status, ran.err) == (1, "")
    assert "  coverage    6 of 7 sentences reached (86%)\n" in ran.out
    assert "  regression  0 of 1 questions as expected\n" in ran.out
    assert (
        "\nNot reached by any entry: “Join the friends of the library for five pounds a year.”\n  Write an entry that cites it.\n"
        in ran.out
    )
    assert (
        "\nregression question: 'roof repairs'\n  wanted petition-size, got roof-cost, answer\n  see questions.yaml:1.\n"
        in ran.out
    )


ALIKE = "".join(
    f'- id: {identifier}\n  question: "Who would {article} lift serve?"\n  asks: person\n  cites: [{cites}]\n  near_misses: [why not]\n'
    f"  phrasings: [who wants {article} lift, who demands {article} lift, who needs {article} lift, who uses {article} lift, who likes {article} lift]\n"
    for identifier, article, cites in (("one", "a", "lift"), ("two", "the", "roof"))
)


def test_check_fails_on_entries_that_nobody_can_tell_apart_and_on_phrasings_that_stray_without_themselves(
    cli: Cli, make_pack: MakePack
) -> None:
    ran = cli("check", "--pack", make_pack({"faq/library.yaml": ALIKE, "questions.yaml": None}))
    assert (ran.status, ran.err) == (1, "")
    figures = re.search(
        r"^  leave-one-out  (\d+) of 12 phrasings find their own entry's passages without themselves \((\d+\.\d)%\), \d+\.\d% are also answered$",
        ran.out,
        re.M,
    )
    assert figures
    strays = 12 - int(figures[1])
    assert strays >= 6
    assert ran.out.count("phrasing that misses its entry without itself: ") == strays
    assert re.search(
        r"^  wanted one, got two\n  two leads by \d+\.\d nats\. Add phrasings like it here, or move it\.$", ran.out, re.M
    )
    assert re.search(
        r"^entries that nobody can tell apart: (one and two|two and one)\n  \d of 6 phrasings of (one|two) find (one|two) without themselves, such as 'who .*'\n"
        r"  Merge them, let one cite both passages, or give each the words that tell it from the other\.$",
        ran.out,
        re.M | re.I,
    )
    assert ran.out.endswith("\nleave-one-out: 95% are needed.\n")
    assert "warning" not in ran.out


def test_check_lists_the_twenty_worst_that_stray_or_all_if_asked_to(
    cli: Cli, make_pack: MakePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve entries in six alike pairs: more strays than are listed."""
    names = ("lift", "roof", "room", "fee", "wait", "date")
    quotes = ("lift", "roof", "room", "friends", "waited", "sundays")
    faq = "".join(
        ALIKE.replace("lift", name)
        .replace("- id: ", f"- id: {name}-")
        .replace(f"cites: [{name}]", f"cites: [{quotes[i]}]")
        .replace("cites: [roof]", f"cites: [{quotes[i - 1]}]")
        for i, name in enumerate(names)
    )
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None})
    some, everything = cli("check", "--pack", folder), cli("check", "--all", "--pack", folder)
    listed = [len(re.findall("^phrasing that misses its entry without itself: ", ran.out, re.M)) for ran in (some, everything)]
    assert listed[0] == 20 < listed[1]
    assert f"\nleave-one-out: 95% are needed. The 20 worst of {listed[1]} are listed; --all lists the others too.\n" in some.out
    assert everything.out.endswith("\nleave-one-out: 95% are needed.\n")
    assert some.status == everything.status == 1


def test_check_lists_what_strays_in_a_sound_pack_only_if_asked_to(cli: Cli, make_pack: MakePack) -> None:
    """Twenty-five phrasings, one of which nothing but itself leads to its entry: 96%."""
    of = [
        f"who {verb} a {adjective} lift"
        for verb in ("wants", "demands", "needs", "uses")
        for adjective in ("second", "new", "big")
    ]
    roof = [
        f"what {verb} the {adjective} roof"
        for verb in ("mends", "breaks", "covers", "holds")
        for adjective in ("old", "flat", "wet")
    ]
    rows = (("lift-entry", "lift", of, "Who?"), ("roof-entry", "roof", roof, "The roof?"))
    faq = "".join(
        f'- id: {i}\n  question: "{q}"\n  asks: thing\n  cites: [{c}]\n  near_misses: [why not]\n  phrasings: [{", ".join(p)}]\n'
        for i, c, p, q in rows
    )
    bank = "[lift-entry]\nwhat paints the roof\n"
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None, "phrases/library.txt": bank})
    for options, listed in (((), 0), (("--all",), 1)):
        out = cli("check", "--pack", folder, *options).out
        assert "without themselves (96." in out
        assert (
            out.count(
                "\nphrasing that misses its entry without itself: 'what paints the roof'\n  wanted lift-entry, got roof-entry\n"
            )
            == listed
        )
        assert "95% are needed" not in out


def test_check_of_a_bare_text_file_says_that_there_is_nothing_curated(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    ran = cli("check", "--pack", path)
    assert ran.status == 0
    assert ran.out == (
        f"{path}: Head\n  article     3 sentences, no curation\n"
        "  There is nothing curated to check: its sentences are searched, and only a sure one is shown.\n"
    )
