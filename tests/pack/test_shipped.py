"""The pack that ships, tested like code: it loads, all of it is proved, and its own questions find their way."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from bot.curate.scoring import last_answers, read_labelled, score
from bot.curate.self_test import SelfTest, self_test
from bot.engine.answer import Answered
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, PersonKind, QuoteKind, Verdict
from bot.say.languages import wording
from bot.say.replies import MAX_CHOICES, SHOWN_POSITIONS, compose
from bot.say.wording import MAX_LABEL
from bot.text.article import Section

NEAR_MISSES = 200  # at least


def test_the_pack_loads_without_a_fault(shipped_folder: Path) -> None:
    pack = load(shipped_folder)
    assert (pack.slug, pack.publisher) == ("backthecode", "the paper")
    assert {t.verdict for t in pack.topics} == set(Verdict) - {Verdict.AMBIGUOUS, Verdict.UNSURE}


def test_the_article_s_bytes_are_those_that_the_pack_names(shipped_folder: Path) -> None:
    named = yaml.safe_load((shipped_folder / "pack.yaml").read_text(encoding="utf-8"))["article"]["sha256"]
    data = (shipped_folder / "article.txt").read_bytes()
    assert hashlib.sha256(data).hexdigest() == named == load(shipped_folder).article.sha256
    assert b"\r" not in data


def test_every_quote_stands_in_the_article_once_and_as_written(engine: Engine, shipped_folder: Path) -> None:
    written = {q["id"]: q["text"] for q in yaml.safe_load((shipped_folder / "quotes.yaml").read_text(encoding="utf-8"))}
    text = (shipped_folder / "article.txt").read_bytes().decode("utf-8")
    assert set(written) == set(engine.pack.quotes)
    for quote in engine.pack.quotes.values():
        assert text.count(written[quote.id]) == 1
        assert text[quote.span.start : quote.span.end] == written[quote.id] == engine.pack.excerpt(quote.id).text


def test_every_sentence_of_the_article_is_reached_by_an_entry(engine: Engine) -> None:
    assert [engine.pack.article.excerpt(s).text for s in engine.pack.uncovered_sentences()] == []


def test_every_quote_is_cited_by_a_topic(engine: Engine) -> None:
    assert set(engine.pack.quotes) - {c for t in engine.pack.topics for c in t.cites} == set()


def test_the_article_is_read_as_a_headline_nine_paragraphs_and_a_foot(engine: Engine) -> None:
    sections = [(p.number, p.section) for p in engine.pack.article.paragraphs]
    assert sections[:3] == [(-1, Section.FURNITURE), (0, Section.HEADLINE), (1, Section.BODY)]
    assert sections[10] == (9, Section.BODY)
    assert [s for _, s in sections[11:]] == [Section.FOOT] * 4
    assert engine.pack.article.headline.startswith("Twitterstorm will call on Labour supporters")


def test_who_speaks_is_what_the_article_says(engine: Engine) -> None:
    speakers = {q.id: (q.kind, q.speakers, q.relayed_by) for q in engine.pack.quotes.values()}
    assert speakers["stern-concern"] == (QuoteKind.REPORTED, ("stern",), "rosenberg")
    assert speakers["leaders-call"] == (QuoteKind.REPORTED, ("lillis", "prentis", "roache"), "paper")
    assert {s for k, s, _ in speakers.values() if k is QuoteKind.DIRECT} == {("rosenberg",), ("spokesman",)}
    assert all("paper" in s for k, s, _ in speakers.values() if k is QuoteKind.NARRATION)


def test_nothing_is_said_that_the_article_does_not_state(engine: Engine) -> None:
    """It names no author, no web address, and its newspaper only as "the paper"."""
    pack, text = engine.pack, engine.pack.article.text
    for person in pack.people.values():
        assert person.kind is PersonKind.SOURCE or person.name in text
        assert person.capacity in text
    replies = [compose(engine.answer(t.question), pack, wording("en")).plain for t in pack.entries[:20]]
    assert not any(w in r for r in replies for w in ("http", "Morning Star"))


def test_the_positions_that_an_opinion_gets_are_of_more_than_one_speaker_and_fit_a_reply(engine: Engine) -> None:
    quotes = [engine.pack.quotes[p] for p in engine.pack.positions]
    assert len({q.speakers for q in quotes}) >= 3
    assert sum(q.span.end - q.span.start for q in quotes) <= MAX_EXCERPT_CHARACTERS


def test_the_two_positions_that_are_shown_at_once_are_of_different_sides(engine: Engine) -> None:
    first, second = (engine.pack.quotes[p] for p in engine.pack.positions[:SHOWN_POSITIONS])
    assert not set(first.speakers) & set(second.speakers)


def test_the_questions_that_are_offered_are_answered_and_their_labels_are_whole(engine: Engine) -> None:
    starters = engine.pack.starters
    assert 2 <= len(starters) <= MAX_CHOICES
    for topic in starters:
        assert len(topic.question) <= MAX_LABEL
        answer = engine.answer(topic.question)
        assert isinstance(answer, Answered)
        assert answer.entries[0] == topic


def test_every_topic_has_phrasings_enough_to_be_found(engine: Engine) -> None:
    curated = [t for t in engine.pack.topics if t.cites or t.looked_for]
    assert min(len(t.asked) for t in curated) >= 10
    assert all(t.question.strip() for t in curated)
    assert all(len(t.near_misses) >= 3 for t in engine.pack.entries)


def test_an_entry_that_a_curator_opens_is_short(shipped_folder: Path) -> None:
    """Record by record, in lines: a dozen phrasings, a few near misses, and what the entry says."""
    files = [*shipped_folder.glob("faq/*.yaml"), *shipped_folder.glob("gaps/*.yaml"), shipped_folder / "premises.yaml"]
    records = [record for file in files for record in file.read_text(encoding="utf-8").split("\n- id: ")]
    assert len(records) > 500
    assert max(record.count("\n") for record in records) <= 24


def test_a_gap_completes_its_sentence(engine: Engine) -> None:
    for topic in engine.pack.topics:
        if topic.verdict is Verdict.NOT_IN_ARTICLE:
            assert topic.looked_for == topic.looked_for.strip().rstrip(".?!")
            assert "\n" not in topic.looked_for


@pytest.fixture(scope="module")
def tested(engine: Engine) -> SelfTest:
    """What `verbatim check` finds; it takes a while, and each of the tests below looks at another part of it."""
    return self_test(engine)


def test_each_expectation_is_met(tested: SelfTest) -> None:
    assert [f"{m.ask!r}: {m.wanted}, not {m.got}" for m in tested.failed] == []


def test_every_entry_has_near_misses_and_the_nearest_of_them_do_not_get_it(tested: SelfTest) -> None:
    assert tested.unguarded == ()
    assert tested.near_misses >= NEAR_MISSES
    assert [f"{m.ask!r}: {m.wanted}" for m in tested.confused] == []


def test_most_phrasings_lie_nearest_to_another_one_of_their_entry(tested: SelfTest) -> None:
    assert tested.phrasings > 10_000
    assert 1 - len(tested.misrouted) / tested.phrasings >= 0.75


def test_no_two_entries_are_so_alike_that_nobody_can_tell_them_apart(tested: SelfTest) -> None:
    assert tested.confusable == ()


# The least share, and every which phrasing is asked. Marks and blanks change nothing, so these are looked up; a word more takes the
# rule away and leaves the reading, which takes its time.
DRESSED = {"{}?": (1.0, 7), "{}!": (1.0, 7), "  {}  ": (1.0, 7), "{} please": (0.95, 97)}


@pytest.mark.parametrize("change", DRESSED)
def test_a_phrasing_dressed_otherwise_finds_its_passages_all_but_always(engine: Engine, change: str) -> None:
    """A phrasing word for word is answered by rule; a mark or a courtesy more must not lose it."""
    least, every = DRESSED[change]
    asked = [(t, p) for t in engine.pack.entries for p in t.asked][::every]
    found = 0
    for (topic, _), answer in zip(asked, last_answers(engine, [(change.format(p),) for _, p in asked]), strict=True):
        shown = {c.quote.id for c in getattr(answer, "citations", ()) if c.quote}
        found += set(topic.cites) <= shown
    print(f"{change!r}: {found} of {len(asked)} ({found / len(asked):.1%})")
    assert found / len(asked) >= least


QUESTIONS = Path(__file__).parent.parent / "questions"


@pytest.mark.parametrize(
    ("name", "answerable", "unanswerable", "precision"), [("held-out", 0.895, 0.775, 0.885), ("held-out-2", 0.81, 0.91, 0.885)]
)
def test_questions_that_nothing_was_fitted_on_keep_their_floors(
    engine: Engine, name: str, answerable: float, unanswerable: float, precision: float
) -> None:
    """Floors two points under what was measured when they were written, so that a change that costs much is seen."""
    report = score(engine, read_labelled(QUESTIONS / f"{name}-questions.jsonl"))
    assert report.share("answerable") >= answerable
    assert report.share("unanswerable") >= unanswerable
    assert report.share("offtopic") >= 0.95
    assert report.precision >= precision
