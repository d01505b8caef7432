"""`verbatim calibrate`: the policy and the picture that it writes, and what it refuses."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import MakePack
from fakes.command_line import Cli, Terminal, refused
from fakes.reader import make_engine, policy

from bot.engine.build import build, load_policies
from bot.engine.pipeline import Engine
from bot.pack.loading import load

YES = 5.0  # the logit of what answers
HEADER = "  bar   answered rightly   of answers wrong   unanswerable refused\n"


@pytest.fixture(autouse=True)
def _reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader knows what answers a question about lifts or the roof."""
    says = [("lift", "second-lift", YES), ("roof", "roof-cost", YES)]

    def make(path: Path, *, reader: bool, own_policy: bool, progress: object) -> Engine:
        assert not own_policy, "what is fitted must not depend on what was fitted before"
        return make_engine(path, *says, policy=policy()).engine if reader else build(path, reader=False)

    monkeypatch.setattr("bot.cli.calibrate.build", make)


def many(folder: Path, n: int) -> Path:
    """Questions of which half are answerable; of the others, one in five asks the same and is labelled otherwise."""
    rows = []
    for i in range(n):
        asked, gold = [("is a lift to come", "Ruth Bell"), ("so what of the roof", "roof repairs")][i // 2 % 2]
        unanswerable = asked if i % 10 == 1 else "what colour are the walls"
        row = {"id": f"M{i}", "question": f"{asked if i % 2 == 0 else unanswerable}{' please' * (i % 3)}"}
        rows.append(row | ({"kind": "answerable", "gold": [gold]} if i % 2 == 0 else {"kind": "unanswerable"}))
    path = folder / "many.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_calibrate_fits_with_the_reader_and_without_it_and_prints_the_curve_of_each(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    ran = cli("calibrate", make_pack(), many(tmp_path, 80), "--dry-run", "--max-wrong", "30%")
    assert (ran.status, ran.err) == (0, "")
    first, second = ran.out.split("without the reader: ")
    assert first.startswith(f"with the reader: 80 questions, cross-validated\n{HEADER} 0.05 ")
    assert second.startswith(f"80 questions, cross-validated\n{HEADER} 0.05 ")
    for part in (first, second):
        assert re.search(r"^chosen: 0\.\d\d for at most 30\.0% wrong$", part, re.M)
    # 40 answerable questions, and 8 like them that are not: no bar parts those.
    assert re.search(r"^ 0\.50 +100\.0% +16\.7% +80\.0%$", first, re.M)


def test_calibrate_writes_a_policy_that_the_pack_then_uses_unless_it_is_a_dry_run(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    folder, questions = make_pack(), many(tmp_path, 80)
    cli("calibrate", folder, questions, "--dry-run", "--max-wrong", "30%")
    assert not (folder / "policy.yaml").exists()
    assert not (folder / "policy.svg").exists()
    ran = cli("calibrate", folder, questions, "--max-wrong", "0.3")
    assert ran.out.endswith(f"written: {folder / 'policy.yaml'}\nwritten: {folder / 'policy.svg'}\n")
    policies = load_policies(folder / "policy.yaml")
    assert list(policies) == ["packs", "packs_without_reader"]
    assert [f"{p.bars.answer:.2f}" for p in policies.values()] == re.findall(r"^chosen: (0\.\d\d)", ran.out, re.M)
    assert build(folder, reader=False).policy == policies["packs_without_reader"]
    assert build(folder).policy == policies["packs"]


def test_calibrate_prints_what_it_chose_as_json(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    told = cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "30%").out
    ran = cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "30%", "--json")
    assert (ran.status, ran.err) == (0, "")
    found = ran.json
    assert list(found) == ["faults", "pack", "max_wrong", "policies", "written"]
    assert (found["faults"], found["pack"]["slug"], found["max_wrong"]) == ([], "millbrook", 0.3)
    assert found["written"] == [str(folder / "policy.yaml"), str(folder / "policy.svg")]
    fits = found["policies"]
    assert [(f["section"], f["reader"], f["questions"]) for f in fits] == [
        ("packs", True, 80),
        ("packs_without_reader", False, 80),
    ]
    assert [f"{f['chosen']['bar']:.2f}" for f in fits] == re.findall(r"^chosen: (0\.\d\d)", told, re.M)
    for fit in fits:
        assert [p["bar"] for p in fit["points"]] == [step / 100 for step in range(2, 100)]
        assert fit["chosen"] in fit["points"]
        assert all(0 <= p[key] <= 1 for p in fit["points"] for key in ("coverage", "risk", "refused"))
    assert cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "30%", "--json", "--dry-run").json["written"] == []


def test_what_calibrate_refuses_is_a_fault_with_json(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    few = cli("calibrate", make_pack(), many(tmp_path, 49), "--json")
    assert (few.status, few.err) == (2, "")
    what = "49 usable questions are too few to fit on; give 50 or more."
    assert few.json == {"faults": [{"file": None, "line": None, "what": what, "fix": None, "follows": False}]}
    text = tmp_path / "a.txt"
    text.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    assert "is a text without curation" in cli("calibrate", text, many(tmp_path, 80), "--json").json["faults"][0]["what"]
    tight = cli("calibrate", make_pack(name="other"), many(tmp_path, 80), "--max-wrong", "0.001", "--json")
    assert "no bar keeps the share of wrong answers" in tight.json["faults"][0]["what"]


def test_for_a_pack_without_entries_it_writes_what_decides_for_articles(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack(dict.fromkeys(("faq/library.yaml", "gaps.yaml", "premises.yaml", "questions.yaml")))
    assert cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "95%").status == 0
    policies = load_policies(folder / "policy.yaml")
    assert list(policies) == ["articles", "articles_without_reader"]
    assert build(folder, reader=False).policy == policies["articles_without_reader"]


def test_calibrate_draws_the_curve_of_the_reader_the_same_twice_and_the_pack_loads_with_it(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    folder = make_pack()
    before = load(folder).version
    drawn = []
    for _ in range(2):
        ran = cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "30%")
        drawn.append((folder / "policy.svg").read_bytes())
    assert drawn[0] == drawn[1]
    assert b"\r" not in drawn[0]
    root = ElementTree.fromstring(drawn[0])
    title, desc = (root.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
    assert title == "Risk and coverage: millbrook"
    chosen = re.search(r"^chosen: (0\.\d\d)", ran.out, re.M)
    assert chosen
    assert desc is not None
    assert desc.endswith(f"At most 30.0% may be wrong. Cross-validated on 80 questions; the chosen bar is {chosen[1]}.")
    assert load(folder).version == before
    assert cli("ask", "--pack", folder, "reading room").status == 0


def test_calibrate_refuses_too_few_questions_and_writes_nothing(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    """A question in the words of a phrasing is none, since it is not weighed."""
    folder, questions = make_pack(), many(tmp_path, 49)
    recorded = json.dumps({"id": "R", "question": "Reading room?", "kind": "answerable", "gold": ["reading room"]})
    questions.write_text(questions.read_text(encoding="utf-8") + recorded + "\n", encoding="utf-8")
    for options in (("--dry-run",), ()):
        ran = cli("calibrate", folder, questions, *options)
        refused(ran, "verbatim: 49 usable questions are too few to fit on; give 50 or more.")
    assert not (folder / "policy.yaml").exists()


def test_calibrate_refuses_a_bare_text_file_and_a_folder_that_it_may_not_write_into(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    questions = many(tmp_path, 80)
    refused(
        cli("calibrate", path, questions),
        f"verbatim: {path} is a text without curation: the policy is kept in a pack's folder. See docs/curating.md.",
    )
    folder = make_pack()
    (folder / "policy.svg").mkdir()
    ran = cli("calibrate", folder, questions, "--max-wrong", "95%")
    assert (ran.status, ran.err) == (2, f"verbatim: {folder / 'policy.svg'} cannot be written (Is a directory).\n")


def test_calibrate_refuses_a_budget_that_cannot_be_kept(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    ran = cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "0.001")
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"verbatim: no bar keeps the share of wrong answers at 0\.1%; the least is \d\d\.\d%\.\n", ran.err)
    assert not (folder / "policy.yaml").exists()


def test_calibrate_refuses_a_file_of_something_else_by_its_first_ten_lines(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    other = tmp_path / "questions.csv"
    other.write_text("id;question;kind\n" * 20, encoding="utf-8")
    ran = cli("calibrate", make_pack(), many(tmp_path, 80), other)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count(f"{other}:") == 10
    assert ran.err.endswith("\n20 faults, of which these are the first 10.\n")


def test_a_terminal_shows_how_far_the_questions_are_read(
    cli: Cli, make_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli("calibrate", make_pack(), many(tmp_path, 80), "--dry-run", "--max-wrong", "30%").status == 0
    assert terminal.getvalue().count("\rReading labelled questions: 50% of 80") == 2
    assert terminal.getvalue().count("\rFitting: 50% of 10") == 2


@pytest.mark.parametrize("share", ["0", "1", "100%", "-5%", "five", "nan", "1.5", ""])
def test_calibrate_takes_only_a_share_between_0_and_1(cli: Cli, tiny_folder: Path, tmp_path: Path, share: str) -> None:
    ran = cli("calibrate", tiny_folder, many(tmp_path, 1), f"--max-wrong={share}")
    assert (ran.status, ran.out) == (2, "")
    assert f"{share!r} is not a share between 0 and 1 (write 5% or 0.05)" in ran.err
