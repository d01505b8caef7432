"""Fitting what tells that an opinion is asked for: the messages, the fit by made-up vectors, and the file."""

from __future__ import annotations

import json

import numpy as np

from bot.engine.build import opinion_sign
from training import opinion
from training.articles import folders, training_folders
from training.opinion import Message, fit, messages, report, told

ASKED = ("should they be ashamed", "is it fair", "what do you make of it", "should she go")
TOLD = ("when is it", "who said so", "what did she say", "will they go")


def made(articles: int = 8) -> tuple[list[Message], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Opinions and facts about some articles; in the one direction lie opinions, in the other what looks like one."""
    found = [Message(f"a{i}", text, wanted, not wanted) for i in range(articles) for wanted, text in told_apart()]
    return found, np.array([[1.0, 0.0] if m.wanted else [0.0, 1.0] for m in found])


def told_apart() -> list[tuple[bool, str]]:
    return [*((True, text) for text in ASKED), *((False, text) for text in TOLD)]


def test_every_article_of_the_corpus_has_opinions_and_what_looks_like_them() -> None:
    names = [f.name for f in folders()]
    found = messages(names, questions=0)
    assert {m.folder for m in found} == set(names)
    for name in names:
        own = [m for m in found if m.folder == name]
        assert [sum(m.wanted for m in own), sum(m.alike for m in own)] == [6, 4]
    assert len({m.text for m in found}) > 0.99 * len(found)


def test_questions_of_the_corpus_are_messages_that_want_none_the_same_ones_each_time() -> None:
    name = training_folders()[0].name
    some = [m for m in messages([name], questions=5) if not (m.wanted or m.alike)]
    assert len(some) == 5
    assert some == [m for m in messages([name], questions=5) if not (m.wanted or m.alike)]
    assert len(messages([name], None)) > 100


def test_the_fit_tells_them_apart_by_words_and_by_vectors() -> None:
    found, vectors = made()
    sign = fit(found, vectors, 0.1)
    odds = told(sign, found, vectors)
    assert all((x > 0) == m.wanted for x, m in zip(odds, found, strict=True))
    assert sign.words["should"] > 0 > sign.words["said"]
    assert sign.direction[0] > 0 > sign.direction[1]
    question = Message("a0", "when is it", False)
    said = report(np.append(odds, -5.0), [*found, question])
    assert said.startswith("opinions 100.0% of 32, alike 0.0% of 32, questions 0.0% of 1;")


def test_a_word_that_was_said_about_few_articles_does_not_count() -> None:
    found, vectors = made()
    rare = Message("a1", "Achterberg is it fair", True)
    sign = fit([*found, *[rare] * 9], np.vstack([vectors, np.tile([1.0, 0.0], (9, 1))]), 0.1)
    assert "achterberg" not in sign.words
    assert "fair" in sign.words


def test_the_file_reads_back_as_it_was_written() -> None:
    found, vectors = made()
    sign = fit(found, vectors, 0.1)
    read = json.loads(opinion.text_of(sign))
    assert (read["bias"], read["words"], read["direction"]) == (
        sign.bias,
        dict(sign.words),
        [round(float(x), 3) for x in sign.direction],
    )
    assert opinion.text_of(opinion_sign()) == opinion.SHIPPED.read_text(encoding="utf-8")
