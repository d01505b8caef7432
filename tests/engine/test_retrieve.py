"""What is found before anything is read: by made-up vectors, by words alone, and how likely the words of a question are, each by value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot.engine.question import Question, Token
from bot.engine.retrieve import NOTHING_UNMET, Found, Likelihood, Texts, Unmet, Vocabulary, by_meaning, by_words
from bot.text.words import split, stem


def question(text: str, **entities: str) -> Question:
    """Read as it is; `entities` says whom a word names."""
    return Question(text, tuple(Token(w, stem(w), entities.get(w)) for w in split(text)))


def rounded(found: Found) -> dict[str, list[float]]:
    values = {name: getattr(found, name) for name in ("resemblance", "nearness", "passage", "nearest")}
    return {name: [round(float(v), 4) for v in array] for name, array in values.items()}


# By meaning. Topic 0 is asked in two ways, 1 in one and shows two passages, 2 is a sentence that nobody asks for, 3 is nothing.

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6], [0, 1], [-1, 0]], dtype=np.float32)
ASKED, SHOWN = [0, 0, 1], [1, 1, 2]
MEANT = {"east": [1.0, 0.0], "north": [0.0, 1.0]}


@pytest.fixture
def texts() -> Texts:
    return by_meaning(VECTORS, lambda text: np.array(MEANT[text], dtype=np.float32), ASKED, SHOWN, 4)


def test_resemblance_is_mostly_to_all_phrasings_together_and_partly_to_the_nearest(texts: Texts) -> None:
    # Topic 0: the centroid lies half-way, 45 degrees off (0.7071); its nearest phrasing is the question.
    assert rounded(texts.find(question("east"))) == {
        "resemblance": [round(0.7 * math.sqrt(0.5) + 0.3, 4), 0.6, 0.0, 0.0],
        "nearness": [1.0, 0.6, 0.0, 0.0],
        "passage": [0.0, 0.8, -1.0, 0.0],
        "nearest": [0.0, 2.0, -1.0, -1.0],
    }


def test_the_question_s_own_vector_is_told_where_it_has_one(texts: Texts, words: Texts) -> None:
    vector = texts.find(question("north")).vector
    assert vector is not None
    assert vector.tolist() == [0.0, 1.0]
    assert words.find(question("lift")).vector is None


def test_the_nearest_phrasing_and_passage_are_those_of_the_question(texts: Texts) -> None:
    found = texts.find(question("north"))
    assert found.nearest.tolist() == [1, 2, -1, -1]
    assert [round(float(p), 4) for p in found.passage] == [0.0, 1.0, 0.0, 0.0]


def test_the_phrasing_nearest_to_another_is_never_that_one_itself(texts: Texts) -> None:
    # The two phrasings of topic 0 lie at right angles, and that of topic 1 between them (0.6 and 0.8), nearer to the second.
    assert [texts.nearest_others(topic) for topic in range(4)] == [[(0, 1), (1, 1)], [(2, 0)], [], []]


def test_phrasings_that_cancel_out_do_not_divide_by_nothing() -> None:
    opposite = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    found = by_meaning(opposite, lambda _: np.array([1, 0], dtype=np.float32), [0, 0], [], 1).find(question("east"))
    assert rounded(found)["resemblance"] == [0.3]


def test_without_any_text_nothing_is_found() -> None:
    none = by_meaning(np.zeros((0, 2), np.float32), lambda _: np.array([1, 0], dtype=np.float32), [], [], 2)
    assert rounded(none.find(question("east"))) == {
        "resemblance": [0.0, 0.0],
        "nearness": [0.0, 0.0],
        "passage": [0.0, 0.0],
        "nearest": [-1.0, -1.0],
    }


# By words. "lift" stands in two of the three texts, each other word in one.

OPEN, ROOF = math.log(4 / 2) + 1, math.log(4 / 2) + 1
LIFT = math.log(4 / 3) + 1
UNKNOWN = math.log(4) + 1


@pytest.fixture
def words() -> Texts:
    return by_words([question(t) for t in ("lift", "lift open", "roof")], [0, 1], [2], 3)


def test_a_text_with_the_same_words_is_as_near_as_can_be(words: Texts) -> None:
    beside = LIFT / math.hypot(LIFT, OPEN)
    assert rounded(words.find(question("lift")))["nearness"] == [1.0, round(beside, 4), 0.0]
    assert rounded(words.find(question("roof"))) == {
        "resemblance": [0.0, 0.0, 0.0],
        "nearness": [0.0, 0.0, 0.0],
        "passage": [0.0, 0.0, 1.0],
        "nearest": [0.0, 1.0, -1.0],
    }


def test_a_rare_word_counts_for_more_and_an_unknown_one_for_most(words: Texts) -> None:
    both = math.hypot(LIFT, UNKNOWN)
    assert rounded(words.find(question("lift zebra")))["nearness"][0] == round(LIFT / both, 4)
    half = words.find(question("open lift"))
    assert rounded(half)["nearness"][:2] == [round(LIFT / math.hypot(LIFT, OPEN), 4), 1.0]


def test_a_form_of_a_word_is_the_word(words: Texts) -> None:
    assert rounded(words.find(question("lifts opened"))) == rounded(words.find(question("lift open")))


def test_the_order_and_number_of_words_are_nothing_to_the_words_alone(words: Texts) -> None:
    assert rounded(words.find(question("open lift lift"))) == rounded(words.find(question("lift open")))


def test_a_question_without_words_is_near_nothing(words: Texts) -> None:
    assert not any(rounded(words.find(question("?")))["nearness"])


# Likelihood


def test_words_of_a_topic_speak_for_it_and_against_the_others_by_value() -> None:
    likelihood = Likelihood([question("lift"), question("roof")], [0, 1], 3)
    # Of n = 1 phrasings m = 1 holds the word, whose mean share over the two topics that are asked is b = 1/2: P = (1 + 3/2) / (1 + 3)
    # against b; without it P = (3/2) / 4. The word counts once, and each of its two pairs ("< lift", "lift >") half.
    held, not_held = math.log((2.5 / 4) / 0.5), math.log((1.5 / 4) / 0.5)
    found = [round(float(v), 4) for v in likelihood.of(question("lift"))]
    # Topic 2 has no phrasings, and is taken for one with a single one, which has not the word.
    assert found == [round(2 * held, 4), round(2 * not_held, 4), round(2 * not_held, 4)]


def test_of_a_topic_without_phrasings_little_is_held_against_it_however_many_the_others_have() -> None:
    many = Likelihood([*[question("lift")] * 40, *[question("roof")] * 40, question("boat")], [*[0] * 40, *[1] * 40, 2], 4)
    _, roof, boat, sentence = many.of(question("lift"))
    assert sentence == boat > roof


def test_a_word_that_no_phrasing_has_says_nothing() -> None:
    likelihood = Likelihood([question("lift"), question("roof")], [0, 1], 2)
    assert likelihood.of(question("zebra")).tolist() == [0.0, 0.0]


def test_the_order_of_words_tells_apart_what_their_number_does_not() -> None:
    likelihood = Likelihood([question("reed told bell"), question("bell told reed")], [0, 1], 2)
    first, second = likelihood.of(question("bell told reed"))
    assert second > first


def test_a_person_is_the_same_by_whatever_name() -> None:
    read = [question("kovacs said", kovacs="kovacs"), question("reed said", reed="reed")]
    likelihood = Likelihood(read, [0, 1], 2)
    named, unnamed = likelihood.of(question("librarian said", librarian="kovacs")), likelihood.of(question("librarian said"))
    assert named[0] - named[1] > unnamed[0] - unnamed[1] == 0


def test_without_phrasings_nothing_is_likelier_than_anything_else() -> None:
    assert Likelihood([], [], 2).of(question("lift")).tolist() == [0.0, 0.0]


# What is not met. Topics 0 and 1 are answered, 2 is not; "lift" is asked of both kinds, "salary" only where there is no answer.


@pytest.fixture
def vocabulary() -> Vocabulary:
    texts = ["who wants the lift", "what of the roof", "roof", "lift salary"]
    return Vocabulary([question(t) for t in texts], [0, 1, 1, 2], answering=[0, 1], size=3)


def test_a_question_whose_words_a_topic_has_is_met(vocabulary: Vocabulary) -> None:
    assert vocabulary.unmet(question("who wants the lifts"), 0) == NOTHING_UNMET
    assert vocabulary.unmet(question("who? what?"), 1).words == 0
    assert vocabulary.unmet(question("?"), 1) == NOTHING_UNMET


def test_what_is_not_met_is_counted_and_weighed_by_value(vocabulary: Vocabulary) -> None:
    # Of three topics "lift" stands in two, "salary" in one, and "zebra" in none.
    lift, salary, zebra = math.log(4 / 3), math.log(4 / 2), math.log(4 / 1)
    # All its 1 of 2 words outside are "salary", which is seen once; half of what is seen once counts.
    found = vocabulary.unmet(question("when is the lift salary zebra"), 0)
    assert found == Unmet(
        share=pytest.approx((salary + zebra) / (lift + salary + zebra)),  # type: ignore[arg-type]
        words=2,
        unknown=1,
        foreign=pytest.approx(1.0 * 1 / 2),  # type: ignore[arg-type]
        small=2,  # "when" and "is"
        small_foreign=0.0,
    )


def test_a_word_is_foreign_by_how_much_more_it_is_asked_about_where_there_is_no_answer(vocabulary: Vocabulary) -> None:
    # "lift": once among the 9 words inside (who want the lift what of the roof roof), once among the 2 outside; seen twice.
    outside = (1 / 2) / (1 / 9 + 1 / 2)
    assert vocabulary.unmet(question("lift"), 1).foreign == pytest.approx(outside * 2 / 3)
    assert vocabulary.unmet(question("wants"), 1).foreign == 0.0


def test_small_words_are_counted_apart(vocabulary: Vocabulary) -> None:
    found = vocabulary.unmet(question("who is not in the roof"), 1)
    assert (found.share, found.words, found.small) == (0.0, 0, 4)
