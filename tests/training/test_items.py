"""What the reader learns from, by value: which passages a question has, which of them win, and that they read as the bot's own do."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.engine import reader
from bot.engine.reader import NOT_SAID, Passage

items = pytest.importorskip("training.items", reason="the training code is not part of the source distribution")
articles = pytest.importorskip("training.articles")
prepare = pytest.importorskip("training.prepare")
rows = pytest.importorskip("training.rows")

ARTICLE = """Ferry stops

The ferry stops in May.
It has run for nine years.

"Nobody rides it," said Una Brock.
"""
QUESTIONS = [
    ("A", "n01", "1", "When does the ferry stop?"),
    ("A", "n01", "1", "ferry end when"),
    ("A", "n02", "2+3", "How long did it run, and who rode it?"),
    ("A", "n02", "2|3", "years n riders"),
    ("U", "n01", "reason", "Why May?"),
    ("G", "g01", "-", "Who owns it?"),
    ("G", "g01", "-", "owner"),
    ("P", "p01", "1", "Why does it stop in June?"),
    ("P", "p01", "1", "june stop, why"),
    ("P", "-", "2", "Why did it run for ten years?"),
    ("O", "-", "-", "Hello?"),
    ("C", "n01", "1", "Does it stop? >> When?"),
    ("C", "-", "3", "Is it full? >> Who says so?"),
    ("C", "n01", "-", "Does it stop? >> For how long?"),
]


@pytest.fixture
def made(tmp_path: Path) -> list[Any]:
    """The items of a small article."""
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "questions.tsv").write_text("\n".join("\t".join(row) for row in QUESTIONS), encoding="utf-8")
    return list(items.from_article(articles.read(tmp_path)))


def of(made: Sequence[Any], form: str) -> dict[str, Any]:
    return {item.question: item for item in made if item.format == form}


def numbered(questions: Sequence[Any]) -> Any:
    """The items by numbers."""
    texts = prepare.Texts()
    found = prepare.rows(questions, texts, random.Random(1))
    return rows.Data(texts.ids, {"train": found})


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder is replaced by one that counts letters, so that no weights are needed."""

    def encode(texts: Sequence[str]) -> Any:
        counts = np.array([[text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)

    monkeypatch.setattr(prepare, "encode", encode)


def test_sentences_stand_between_their_neighbours(made: list[Any]) -> None:
    candidates = of(made, "S")["Hello?"].candidates
    assert candidates[0] == (Passage("The ferry stops in May.", headline="Ferry stops", after="It has run for nine years."),)
    assert [(c[0].before, c[0].after) for c in candidates] == [
        ("", "It has run for nine years."),
        ("The ferry stops in May.", '"Nobody rides it," said Una Brock.'),
        ("It has run for nine years.", ""),
    ]


def test_every_sentence_that_answers_wins_and_one_that_contradicts_does_not(made: list[Any]) -> None:
    found = {question: (item.kind, item.targets, item.contradicting) for question, item in of(made, "S").items()}
    assert found == {
        "When does the ferry stop?": ("A", (0,), ()),
        "ferry end when": ("A", (0,), ()),
        "How long did it run, and who rode it?": ("A", (1, 2), ()),
        "years n riders": ("A", (1, 2), ()),
        "Why May?": ("U", (), ()),
        "Who owns it?": ("U", (), ()),
        "owner": ("U", (), ()),
        "Why does it stop in June?": ("P", (), (0,)),
        "june stop, why": ("P", (), (0,)),
        "Why did it run for ten years?": ("P", (), (1,)),
        "Hello?": ("O", (), ()),
        "Does it stop? >> When?": ("C", (0,), ()),
        "Is it full? >> Who says so?": ("C", (2,), ()),
        "Does it stop? >> For how long?": ("D", (), ()),
    }


def test_entries_are_needs_gaps_and_falsehoods_in_all_their_phrasings(made: list[Any]) -> None:
    need, both, gap, falsehood = of(made, "F")["Hello?"].candidates
    assert need == tuple(Passage("The ferry stops in May.", asked=q) for q in ("When does the ferry stop?", "ferry end when"))
    assert both[0].text == 'It has run for nine years. "Nobody rides it," said Una Brock.'
    assert gap == (Passage(NOT_SAID, asked="Who owns it?"), Passage(NOT_SAID, asked="owner"))
    assert falsehood[1] == Passage("The ferry stops in May.", asked="june stop, why", premise=True)


def test_a_questions_own_entry_wins_and_a_follow_up_without_one_is_left_out(made: list[Any]) -> None:
    entries = of(made, "F")
    assert {question: item.targets for question, item in entries.items() if item.targets} == {
        "When does the ferry stop?": (0,),
        "ferry end when": (0,),
        "How long did it run, and who rode it?": (1,),
        "years n riders": (1,),
        "Who owns it?": (2,),
        "owner": (2,),
        "Why does it stop in June?": (3,),
        "june stop, why": (3,),
        "Does it stop? >> When?": (0,),
    }
    assert {item.refusing for item in entries.values()} == {frozenset({2, 3})}
    assert entries["june stop, why"].contradicting == (3,)
    assert "Is it full? >> Who says so?" not in entries
    assert "Does it stop? >> For how long?" in entries


def test_an_answer_is_only_ever_taken_away_where_no_other_entry_cites_it(made: list[Any]) -> None:
    assert of(made, "S")["When does the ferry stop?"].severable
    assert not of(made, "F")["When does the ferry stop?"].severable  # the falsehood cites the same sentence
    assert of(made, "F")["years n riders"].severable
    assert not of(made, "S")["Why May?"].severable


def test_follow_ups_have_no_other_question_before_them(made: list[Any]) -> None:
    assert of(made, "S")["Does it stop? >> When?"].others == ()
    assert "Why May?" in of(made, "S")["owner"].others


def test_slips_are_few_and_depend_on_the_seed() -> None:
    found = [items.misspelt("When does the ferry stop?", random.Random(seed)) for seed in range(50)]
    assert found == [items.misspelt("When does the ferry stop?", random.Random(seed)) for seed in range(50)]
    assert len(set(found)) > 40
    assert all(abs(len(text) - 25) <= 2 for text in found)
    assert items.misspelt("Why?", random.Random(1)) == "Why?"


SQUAD = {
    "data": [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": "Dr. Roe left in 1066. He sailed to Bari, he says.",
                    "qas": [
                        {"question": "When did he leave?", "answers": [{"text": "1066"}], "is_impossible": False},
                        {"question": "When did he die?", "answers": [], "is_impossible": True},
                        {"question": "What happened?", "answers": [{"text": "1066. He"}], "is_impossible": False},
                    ],
                },
                {"context": "In 1066 it rained. Bari is warm.", "qas": []},
            ],
        }
        for title in ("Sea_dogs", "Rhine")
    ]
}


@pytest.mark.parametrize(("held_out", "source"), [(False, "squad/Sea_dogs"), (True, "squad/Rhine")])
def test_squad_offers_the_paragraph_and_bars_other_sentences_with_the_answer(tmp_path: Path, held_out: bool, source: str) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    leave, die = items.from_squad(path, held_out=held_out)
    assert [c[0].text for c in leave.candidates] == [
        "Dr. Roe left in 1066.",
        "He sailed to Bari, he says.",
        "In 1066 it rained.",
        "Bari is warm.",
    ]
    assert leave.candidates[0][0].headline == source.removeprefix("squad/").replace("_", " ")
    assert (leave.source, leave.kind, leave.targets, leave.offered, leave.barred) == (source, "A", (0,), (0, 1), {2})
    assert (die.kind, die.targets, die.offered, die.barred) == ("U", (), (0, 1), frozenset())


def test_qamr_is_joined_into_text(tmp_path: Path) -> None:
    sentences = [f"k{i}\tIt -LRB- the {i} -RRB- did n't stop , he said ." for i in range(6)]
    (tmp_path / "filtered").mkdir()
    (tmp_path / "wiki-sentences.tsv").write_text("\n".join(sentences), encoding="utf-8")
    (tmp_path / "filtered" / "dev.tsv").write_text(
        "k2\t0\t0\t0\t0\tWhat did n't stop ?\t1\nk9\t0\t0\t0\t0\tWhat is not there ?\t1", encoding="utf-8"
    )
    (tmp_path / "filtered" / "test.tsv").write_text("k3\t0\t0\t0\t0\tToo short ?\t1\n", encoding="utf-8")
    (item,) = items.from_qamr(tmp_path, random.Random(1))
    assert (item.question, item.targets, item.offered[0]) == ("What didn't stop?", (2,), 2)
    assert item.candidates[2] == (Passage("It (the 2) didn't stop, he said."),)


def test_pairs_are_what_the_bot_reads(made: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []

    class Network:
        def run(self, ids: Any, seconds: Any) -> Any:
            read.extend(zip(map(list, ids), seconds, strict=True))
            return np.zeros((len(ids), 2))

    monkeypatch.setattr(reader, "READER", Network())
    for item in made:
        texts = prepare.Texts()
        data = rows.Data(texts.ids, {})
        for candidate in item.candidates:
            for passage in candidate:
                read.clear()
                reader.read([item.question], [passage])
                ids, second = data.pair(texts.question(item.question), texts.option(passage))
                assert [(ids.tolist(), second)] == read


def test_a_question_never_meets_itself(made: list[Any]) -> None:
    data = numbered([of(made, "F")["When does the ferry stop?"]])
    (row,) = data.rows["train"]
    own, other = row.candidates[0]
    assert row.own == {own}
    assert {s.option for s in rows.as_run(row)} >= {other}
    for seed in range(50):
        assert own not in {s.option for s in rows.drawn(row, random.Random(seed), 12)[1]}


def test_an_entry_shows_the_phrasing_most_like_the_question(made: list[Any]) -> None:
    data = numbered([of(made, "F")["Does it stop? >> When?"]])
    (row,) = data.rows["train"]
    shown = rows.as_run(row)
    assert [s.alike for s in shown] == sorted((s.alike for s in shown), reverse=True)
    for s in shown:
        start = sum(map(len, row.candidates[: s.candidate]))
        assert s.alike == max(row.alike[start : start + 2].tolist())
        assert row.candidates[s.candidate][int(row.alike[start : start + 2].argmax())] == s.option


def test_what_wins_is_always_drawn_unless_it_is_taken_away(made: list[Any]) -> None:
    data = numbered([of(made, "S")["years n riders"]])
    (row,) = data.rows["train"]
    found = [[s.candidate for s in rows.drawn(row, random.Random(seed), 2)[1]] for seed in range(200)]
    assert {tuple(sorted(c)) for c in found} == {(1, 2), (0,)}
    assert 0 < sum(c == [0] for c in found) < 200 * 0.2


def test_long_texts_are_cut_to_the_offered_and_the_nearest() -> None:
    candidates = items.sentence_candidates("h", [f"{'ab' * i} {'z' * (30 - i)}" for i in range(30)])
    item = items.Item("s", "S", "A", "zzz", candidates, (29,), offered=(29, 28), barred=frozenset({0}))
    data = numbered([item])
    (row,) = data.rows["train"]
    texts = prepare.Texts()
    chosen = (29, 28, *range(1, 1 + prepare.NEAREST))  # the more z, the nearer; but 0 is barred
    assert [data.texts[o].tolist() for (o,) in row.candidates] == [
        texts.ids[texts.option(candidates[i][0])].tolist() for i in chosen
    ]
    assert row.targets == {0}


def test_batches_are_padded_to_the_longest_of_their_group(made: list[Any]) -> None:
    data = numbered(made)
    drawn = rows.batch(data, data.rows["train"], random.Random(1), 12, 3)
    assert len(drawn.groups) == 3
    assert all(ids.shape[1] % 8 == 0 and ids.shape[1] - lengths[:, 0].max() < 8 for ids, lengths in drawn.groups)
    assert sum(len(ids) for ids, _ in drawn.groups) == len(drawn.owner) == len(drawn.target)
    ids, lengths = drawn.groups[0]
    p = reader.word_pieces()
    for row, (length, second) in zip(ids.tolist(), lengths.tolist(), strict=True):
        assert row[0] == p.start
        assert row[second - 1] == row[length - 1] == p.end
        assert not any(row[length:])
    assert set(drawn.owner.tolist()) == set(range(len(made)))
