"""`verbatim calibrate`: the decision and the picture that it writes, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT, MakePack
from fakes.command_line import Cli, refused

from bot.pack.loading import load


def many(folder: Path, n: int) -> Path:
    """Questions of which half are labelled as answered, whatever they ask, so that no threshold parts them."""
    asked = [
        "who wants one more lift",
        "how many readers put their name to it",
        "what about the roof",
        "and what of the reading room",
    ]
    gold = ["Ruth Bell", "412", "roof repairs", "reading room"]
    path = folder / "many.jsonl"
    rows = [
        {
            "id": f"M{i}",
            "question": asked[i % 4] + " please" * (i % 3),
            "kind": "answerable" if i // 12 % 2 else "unanswerable",
            "gold": [gold[i % 4]],
        }
        for i in range(n)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_calibrate_refuses_too_few_questions_and_writes_nothing(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    for options in (("--dry-run",), ()):
        refused(
            cli("calibrate", folder, many(tmp_path, 49), *options),
            "verbatim: 49 usable questions are too few to fit on; give 50 or more.",
        )
    assert not (folder / "decision.yaml").exists()


def test_calibrate_writes_a_decision_that_the_pack_then_uses_unless_it_is_a_dry_run(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    folder = make_pack()
    questions = many(tmp_path, 80)
    ran = cli("calibrate", folder, questions, "--dry-run", "--max-wrong", "95%")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("threshold   answered rightly   of answers wrong   (cross-validated)\n     0.05")
    chosen = re.search(r"^chosen: (0\.\d\d) for at most 95\.0% wrong, from 80 questions$", ran.out, re.M)
    assert chosen
    assert not (folder / "decision.yaml").exists()
    assert not (folder / "decision.svg").exists()
    ran = cli("calibrate", folder, questions, "--max-wrong", "0.95")
    assert ran.out.endswith(f"written: {folder / 'decision.yaml'}\nwritten: {folder / 'decision.svg'}\n")
    assert f'threshold: "{chosen[1]}"\n' in (folder / "decision.yaml").read_text(encoding="utf-8")
    assert cli("ask", "--pack", folder, "reading room").status == 0


def test_calibrate_draws_the_curve_of_what_it_printed_the_same_twice_and_the_pack_loads_with_it(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    folder = make_pack()
    before = load(folder).version
    drawn = []
    for _ in range(2):
        ran = cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "95%")
        drawn.append((folder / "decision.svg").read_bytes())
    assert drawn[0] == drawn[1]
    assert b"\r" not in drawn[0]
    root = ElementTree.fromstring(drawn[0])
    title, desc = (root.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
    assert title == "Risk and coverage: millbrook"
    chosen = re.search(r"^chosen: (0\.\d\d)", ran.out, re.M)
    assert chosen
    assert desc is not None
    assert desc.endswith(f"At most 95.0% may be wrong. Cross-validated on 80 questions; the chosen threshold is {chosen[1]}.")
    assert load(folder).version == before
    assert cli("ask", "--pack", folder, "reading room").status == 0


def test_calibrate_refuses_a_bare_text_file_and_a_folder_that_it_may_not_write_into(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    questions = many(tmp_path, 80)
    refused(
        cli("calibrate", path, questions),
        f"verbatim: {path} is a text without curation: the decision is kept in a pack's folder. See docs/curating.md.",
    )
    folder = make_pack()
    (folder / "decision.svg").mkdir()
    ran = cli("calibrate", folder, questions, "--max-wrong", "95%")
    assert (ran.status, ran.err) == (2, f"verbatim: {folder / 'decision.svg'} cannot be written (Is a directory).\n")


def test_calibrate_refuses_a_budget_that_cannot_be_kept(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    ran = cli("calibrate", make_pack(), many(tmp_path, 60), "--max-wrong", "0.001")
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(
        r"verbatim: no threshold keeps the share of wrong answers at 0\.1% or less; the least is \d+\.\d%\.\n", ran.err
    )


@pytest.mark.parametrize("share", ["0", "1", "100%", "-5%", "five", "nan", "1.5", ""])
def test_calibrate_takes_only_a_share_between_0_and_1(cli: Cli, tiny_folder: Path, tmp_path: Path, share: str) -> None:
    ran = cli("calibrate", tiny_folder, many(tmp_path, 1), f"--max-wrong={share}")
    assert (ran.status, ran.out) == (2, "")
    assert f"{share!r} is not a share between 0 and 1 (write 5% or 0.05)" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "decision.yaml: this file is empty. Fix: write its records, or remove it."),
        ("nonsense\n", "decision.yaml:1: this file must hold keys and values. Fix: write `key: value` lines."),
    ],
)
def test_a_damaged_decision_is_a_fault_of_the_pack(cli: Cli, make_pack: MakePack, text: str, message: str) -> None:
    refused(cli("ask", "x", "--pack", make_pack({"decision.yaml": text})), message)


@pytest.mark.parametrize("number", ["0.5x", "nan", "inf", "-inf"])
def test_a_coefficient_must_be_a_finite_number(cli: Cli, make_pack: MakePack, number: str) -> None:
    text = (ROOT / "bot" / "data" / "decision.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"^bias: .*$", f'bias: "{number}"', text, flags=re.M)
    ran = cli("ask", "x", "--pack", make_pack({"decision.yaml": changed}))
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"decision\.yaml:\d+: 'bias' cannot be .+\n", ran.err)
