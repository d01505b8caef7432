"""Sentences of an article without curation: which one is found, what it lacks, and the file of coefficients."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import bot.engine.sentences
from bot.engine.build import frequency_ranks
from bot.engine.question import Lexicon
from bot.engine.sentences import EXAMINED, FIT_NAMES, Fit, Found, Lack, Measured, Sentences, Weights, load_weights
from bot.errors import FileFaults
from bot.pack.loading import english, load
from bot.text.article import Article

SHIPPED = Path(bot.engine.sentences.__file__).parent.parent / "data" / "sentences.yaml"

TEXT = """Ferry company buys two electric boats

The Norsund ferry company bought two electric boats in 2019. Chief engineer Marta Lind said each battery lasts nine hours. The company did not borrow money.

Before the purchase, the crossing took 40 minutes. Passengers from Elvik had complained about noise because the diesel engines were old.

The largest boat carries 300 people. It is moored at Tarholm. A second terminal will open if the council approves the plan.
"""


class Asker:
    """An article, and what its sentences make of a question."""

    def __init__(self, path: Path, text: str, weights: Weights) -> None:
        path.write_text(text, encoding="utf-8")
        pack = load(path)
        self.article: Article = pack.article
        self.lexicon = Lexicon(pack, english(), frequency_ranks())
        self.sentences = Sentences(pack.article, self.lexicon, english().antonyms, weights)

    def find(self, question: str) -> tuple[Found, ...]:
        return self.sentences.find(self.lexicon.read(question))

    def best(self, question: str) -> Measured:
        return self.find(question)[0].measured

    def text(self, found: Measured) -> str:
        return self.article.excerpt(self.article.sentences[found.sentence]).text


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    return Asker(tmp_path_factory.mktemp("ferry") / "ferry.txt", TEXT, load_weights(SHIPPED))


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("When did the ferry company buy the electric boats?", "The Norsund ferry"),
        ("how long does each battery last", "Chief engineer"),
        ("How long was the crossing before the purchase?", "Before the purchase"),
        ("why did passengers complain about noise?", "Passengers from"),
        ("How many people does the largest boat carry?", "The largest boat"),
        ("where is it moored", "It is moored"),
    ],
)
def test_the_sentence_that_answers_is_found(ferry: Asker, question: str, begins: str) -> None:
    assert ferry.text(ferry.best(question)).startswith(begins)


@pytest.mark.parametrize(
    ("question", "lack"),
    [
        ("When did the ferry company buy three electric boats?", Lack("number", "three", 1.0)),
        ("Why did the Norsund ferry company buy electric boats in 2019?", None),
        ("Why is it moored at Tarholm?", Lack("kind of answer", "reason", 1.0)),
        ("Why did the largest boat never carry 300 people?", Lack("negation", "not", 1.0)),
        ("What carries only 300 people?", None),
    ],
)
def test_what_the_sentence_lacks_is_said(ferry: Asker, question: str, lack: Lack | None) -> None:
    lacks = ferry.best(question).lacks
    assert lack in lacks if lack else all(item.kind not in ("number", "negation") for item in lacks)


def test_an_opposite_is_told_from_a_mere_word(ferry: Asker) -> None:
    kinds = {
        lack.what: lack.kind for lack in ferry.best("When will a second terminal close, if the mayor approves the plan?").lacks
    }
    assert (kinds["close"], kinds["mayor"]) == ("opposite", "word")


@pytest.mark.parametrize(
    ("question", "near_miss"),
    [
        (
            "When did the Norsund ferry company buy two electric boats?",
            "When did the Norsund ferry company buy three electric boats?",
        ),
        ("Who said each battery lasts nine hours?", "Who said each battery lasts ninety hours?"),
        ("How many people does the largest boat carry?", "How many people does the smallest boat carry?"),
        ("How many people does the largest boat carry?", "How many people does the largest boat not carry?"),
        ("when will the second terminal open", "when will the second terminal close"),
        ("What did passengers from Elvik complain about?", "What did passengers from Bergen complain about?"),
    ],
)
def test_a_near_miss_is_less_likely_answered(ferry: Asker, question: str, near_miss: str) -> None:
    assert ferry.find(question)[0].probability > ferry.find(near_miss)[0].probability


def test_what_is_about_something_else_is_not_answered(ferry: Asker) -> None:
    threshold = load_weights(SHIPPED).threshold
    for question in ("who won the football match", "What is the capital of Peru?", "how do I bake sourdough bread"):
        assert ferry.find(question)[0].probability < threshold / 2


@pytest.mark.parametrize("question", ["", "who was it?", "?", "the of and"])
def test_a_question_without_matter_finds_nothing(ferry: Asker, question: str) -> None:
    assert ferry.find(question) == ()


def test_the_best_comes_first_and_only_a_few_are_examined(ferry: Asker) -> None:
    found = ferry.find("electric boats of the ferry company")
    assert len(found) == EXAMINED
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
    assert len({f.measured.sentence for f in found}) == EXAMINED


def test_an_article_of_one_sentence_is_searched(tmp_path: Path) -> None:
    only = Asker(tmp_path / "one.txt", "The mill burnt down in 1891", load_weights(SHIPPED))
    assert [only.text(f.measured) for f in only.find("when did the mill burn down")] == ["The mill burnt down in 1891"]


def test_fit_is_measured_by_value(ferry: Asker) -> None:
    fit = ferry.best("How many people does the largest boat carry?").fit
    assert (fit.covered, fit.unmet_count, fit.mostly_unmet, fit.kind_held, fit.kind_missing) == (1.0, 0.0, 0.0, 1.0, 0.0)
    missing = ferry.best("How many people does the smallest boat carry in 2021?").fit
    assert (missing.unmet_number, missing.unmet_number_known, missing.restriction_unmet) == (1.0, 0.0, 1.0)
    assert all(math.isfinite(missing.value(name)) for name in FIT_NAMES)


def test_a_probability_is_the_logistic_of_the_weighted_fit() -> None:
    fit = Fit(**dict.fromkeys(FIT_NAMES, 0.0))
    weights = Weights({"covered": 2.0}, {"covered": 2.0, "unmet_number": -1.0}, -1.0, 0.5)
    assert weights.probability(fit) == pytest.approx(1 / (1 + math.e))
    full = Fit(**(dict.fromkeys(FIT_NAMES, 0.0) | {"covered": 1.0, "unmet_number": 1.0}))
    assert (weights.score(full), weights.probability(full)) == (2.0, 0.5)


# The file of coefficients

FILE = 'threshold: "0.6"\nbias: "-1"\norder:\n  covered: "2"\nmeets:\n  unmet_number: "-1.5"\n'


def test_coefficients_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sentences.yaml"
    path.write_text(FILE, encoding="utf-8")
    assert load_weights(path) == Weights({"covered": 2.0}, {"unmet_number": -1.5}, -1.0, 0.6)


@pytest.mark.parametrize(
    ("instead", "of", "fault"),
    [
        ('"much"', '"0.6"', "sentences.yaml:1: 'threshold' cannot be 'much'."),
        ('"1.6"', '"0.6"', "sentences.yaml:1: 'threshold' must lie between 0 and 1."),
        ("0.6", '"0.6"', "sentences.yaml:1: YAML reads '0.6' as float, not as text."),
        ('"nan"', '"-1.5"', "sentences.yaml:6: 'unmet_number' cannot be 'nan'."),
        ("colour", "covered", "sentences.yaml:4: unknown key 'colour'."),
        ("", 'bias: "-1"\n', "sentences.yaml:1: the key 'bias' is missing."),
        ("order: none\n", 'order:\n  covered: "2"\n', "sentences.yaml:3: 'order' must hold keys and values."),
    ],
)
def test_a_damaged_file_is_a_fault_with_its_line(tmp_path: Path, instead: str, of: str, fault: str) -> None:
    path = tmp_path / "sentences.yaml"
    assert of in FILE
    path.write_text(FILE.replace(of, instead), encoding="utf-8")
    with pytest.raises(FileFaults) as raised:
        load_weights(path)
    assert next(str(f) for f in raised.value.faults).startswith(fault)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="this file is missing"):
        load_weights(tmp_path / "sentences.yaml")


def test_what_can_only_speak_against_an_answer_does_in_the_shipped_file() -> None:
    meets = load_weights(SHIPPED).meets
    for name in (
        "unmet_number",
        "unmet_name_unknown",
        "negation_asked",
        "opposite",
        "rarest_unmet",
        "kind_missing",
        "mostly_unmet",
    ):
        assert meets[name] <= 0
    assert meets["covered"] > 0
