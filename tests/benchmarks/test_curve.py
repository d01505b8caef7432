"""The curve over phrasings: packs cut as said, and a row for each amount, policy and reader."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from types import ModuleType

import pytest
from conftest import MakePack
from fakes.reader import policy

from bot.curate.scoring import Labelled
from bot.engine.build import build, policy_text
from bot.pack.loading import load
from bot.pack.values import Verdict

CURATED = (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE, Verdict.PREMISE)
FURTHER = [f"sunday opening, in words {n}" for n in range(20)]


@pytest.mark.parametrize("most", [2, 4, 16])
def test_a_cut_pack_has_the_first_phrasings_of_each_topic_and_all_talk(
    benchmark: ModuleType, make_pack: MakePack, tmp_path: Path, most: int
) -> None:
    folder = make_pack({"phrases/faq/library.txt": "[sunday-start]\n" + "".join(f"{text}\n" for text in FURTHER)})
    whole = load(folder)
    benchmark.cut(folder, whole, tmp_path / "copy", most)
    found = load(tmp_path / "copy")
    curated = {t.id: t.asked for t in whole.topics if t.verdict in CURATED}
    assert len(curated["sunday-start"]) == 24
    assert [t.asked for t in found.topics] == [curated[t.id][:most] if t.id in curated else t.asked for t in whole.topics]
    assert [(t.id, t.verdict, t.question, t.cites, t.lead) for t in found.topics] == [
        (t.id, t.verdict, t.question, t.cites, t.lead) for t in whole.topics
    ]


def test_a_whole_copy_is_the_same_pack(benchmark: ModuleType, make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    benchmark.cut(folder, load(folder), tmp_path / "copy", None)
    assert load(tmp_path / "copy").version == load(folder).version


def test_each_amount_has_its_rows_and_the_whole_pack_also_those_of_its_own_policy(
    benchmark: ModuleType, make_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_pack({"policy.yaml": policy_text({"packs_without_reader": policy()})})
    asked: list[tuple[bool, bool]] = []

    def without_networks(path: Path, cache: Path, *, reader: bool, progress: object) -> object:
        asked.append((reader, (path / "policy.yaml").is_file()))
        return build(path, reader=False)

    monkeypatch.setattr(benchmark, "build", without_networks)
    questions = {
        "one": [
            Labelled("1", "sunday opening date", "answerable", gold=("March 3",)),
            Labelled("2", "friends of the library fee", "answerable", gold=("five pounds",)),
            Labelled("3", "salary of Kovacs", "unanswerable"),
        ]
    }
    rows = benchmark.rows(folder, ["2", "all"], questions, tmp_path)
    together, two = (
        sum(len(t.asked[: most if t.verdict in CURATED else None]) for t in load(folder).topics) for most in (None, 2)
    )
    assert asked == [(False, True), (True, True), (False, False), (True, False), (False, False), (True, False)]
    assert [row.split(" | ")[:4] for row in rows] == [
        ["| 2", f"{two:,}", "on", "that ships"],
        ["| 2", f"{two:,}", "off", "that ships"],
        ["| all", f"{together:,}", "on", "that ships"],
        ["| all", f"{together:,}", "off", "that ships"],
        ["| all", f"{together:,}", "on", "the pack's own"],
        ["| all", f"{together:,}", "off", "the pack's own"],
    ]
    assert rows[2].endswith(" | 100.0% | 100.0% | 100.0% |")  # all three are recorded there
    assert {row.count("|") for row in rows} == {line.count("|") for line in benchmark.head(questions).split("\n")} == {8}


def test_an_amount_is_a_whole_number_from_two_or_all(benchmark: ModuleType) -> None:
    assert [benchmark._amount(text) for text in ("2", "10", "all")] == ["2", "10", "all"]
    for wrong in ("1", "0", "-2", "many", "2.5"):
        with pytest.raises(ArgumentTypeError, match="is neither all nor a whole number from 2"):
            benchmark._amount(wrong)
