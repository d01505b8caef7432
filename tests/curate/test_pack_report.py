"""What the report shows, by value: of the invented pack, of the same text bare, and of drafts."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ARTICLE, FAQ, GAPS, PEOPLE, PREMISES, QUOTES, MakePack
from fakes.reader import make_engine, policy

from bot.curate.calibration import samples
from bot.curate.grade import Grade, Measure
from bot.curate.pack_report import Labels, PackReport, Reach, pack_report
from bot.curate.scoring import Labelled, score
from bot.curate.self_test import self_test
from bot.engine.decide import judge
from bot.engine.pipeline import Engine
from bot.pack.values import QuoteKind, Verdict

YES = 5.0  # the logit of what answers
SIGNED, ROOM = ("signed the petition", "petition-size", YES), ("Kovacs say about the reading room", "reading-room", YES)
LABELLED = (
    Labelled("1", "is a lift to come", "answerable", gold=("Ruth Bell",)),
    Labelled("2", "so what of the roof then", "answerable", gold=("roof repairs",)),
    Labelled("3", "is a lift to come for dogs", "unanswerable"),
    Labelled("4", "what colour are the walls", "unanswerable"),
    Labelled("5", "roof repairs", "answerable", gold=("roof repairs",)),  # a phrasing of the pack
)


def engine_of(folder: Path, *says: tuple[str, str, float]) -> Engine:
    return make_engine(folder, SIGNED, ROOM, *says, policy=policy()).engine


def report_of(engine: Engine, labels: Labels | None = None) -> PackReport:
    tested = self_test(engine) if engine.pack.entries else None
    return pack_report(engine.pack, engine.policy, tested, labels, reader=True, version="1")


def labels_of(engine: Engine) -> Labels:
    judged = tuple((s, judge(s.measured, s.words, engine.policy)) for s in samples(engine, LABELLED))
    return Labels(score(engine, LABELLED), judged)


@pytest.fixture
def tiny_report(tiny_folder: Path) -> PackReport:
    return report_of(engine_of(tiny_folder))


def mark(report: PackReport, measure: Measure) -> tuple[Grade, int, int]:
    (found,) = [r for r in report.graded.reasons if r.measure is measure]
    return found.mark, found.right, found.of


# The article


def test_every_sentence_stands_there_once_in_order_and_verbatim(tiny_report: PackReport) -> None:
    article = tiny_report.pack.article
    assert [s.text for s in tiny_report.sentences] == [article.excerpt(s).text for s in article.sentences]
    assert [s.number for s in tiny_report.sentences] == list(range(1, 8))
    assert [p.where for p in tiny_report.article] == [
        "Not part of the article",
        "Headline",
        *(f"Paragraph {n}" for n in range(1, 5)),
        "Paragraph 5, note at the foot",
    ]
    (furniture,) = tiny_report.article[0].sentences
    assert (furniture.number, furniture.text, furniture.reach) == (0, "Skip to content", Reach.NONE)
    assert "never searched" in furniture.why


def test_a_sentence_names_the_entries_and_premises_that_show_it(tiny_report: PackReport) -> None:
    assert {s.reach for s in tiny_report.sentences} == {Reach.CURATED}
    lift = tiny_report.sentences[5]
    assert [t.id for t in lift.by] == ["second-lift", "premise-bell-against-lift"]
    assert lift.why == ""


def test_without_its_entry_a_sentence_is_read_or_only_corrects_or_is_not_reached(make_pack: MakePack) -> None:
    keep = FAQ.index("- id: sunday-start"), FAQ.index("- id: second-lift"), FAQ.index("- id: wait")
    folder = make_pack({"faq/library.yaml": FAQ[keep[0] : keep[2]], "questions.yaml": None})
    report = report_of(engine_of(folder))
    assert [s.reach for s in report.sentences] == [
        Reach.NONE,  # the headline
        Reach.CURATED,
        Reach.READ,
        Reach.READ,
        Reach.READ,
        Reach.CORRECTING,
        Reach.READ,
    ]
    assert "a headline only repeats" in report.sentences[0].why
    assert report.uncovered == (1, 3, 4, 5, 6, 7)
    assert report.reached[Reach.READ] == 4
    assert not report.passed
    assert mark(report, Measure.REACHED) == (Grade.D, 1, 7)
    assert report.steps[0].part == "not-reached"
    assert report.steps[0].fails


def test_whose_words_a_sentence_is_stands_beside_it_as_a_reply_says_it(tiny_report: PackReport) -> None:
    headline, _, waited, _, roof, lift, _ = (s.voices for s in tiny_report.sentences)
    assert [(v.kind, v.said, v.relayed_by, v.part) for v in headline] == [(QuoteKind.NARRATION, "The article", "", "")]
    assert [(v.kind, v.said, v.part) for v in waited] == [
        (QuoteKind.DIRECT, "Anna Kovacs, Head librarian", "We have waited nine years for this.")
    ]
    assert [(v.kind, v.said, v.relayed_by) for v in roof] == [
        (QuoteKind.REPORTED, "Anna Kovacs, Head librarian, relaying Tom Reed", "Anna Kovacs")
    ]
    assert [v.said for v in lift] == ["The article, reporting Ruth Bell"]
    assert not any(v.open or v.drafted for s in tiny_report.sentences for v in s.voices)


def test_drafted_and_open_records_are_marked_and_counted(make_pack: MakePack) -> None:
    quotes = QUOTES.replace("- id: lift\n", "- id: lift\n  drafted: true\n").replace(
        "- id: waited\n  speaker: kovacs\n", "- id: waited\n  open: who speaks\n"
    )
    gaps = GAPS.replace("- id: gap-salary\n", "- id: gap-salary\n  drafted: true\n")
    report = report_of(engine_of(make_pack({"quotes.yaml": quotes, "gaps.yaml": gaps})))
    voices = {v.quote: v for s in report.sentences for v in s.voices}
    assert (voices["waited"].open, voices["waited"].said) == ("who speaks", "The article, in quotation marks")
    assert [v.quote for v in voices.values() if v.drafted] == ["lift"]
    assert [p.id for p in report.open] == ["waited"]
    assert {p.id for p in report.drafted} == {"lift", "gap-salary"}
    assert mark(report, Measure.SPEAKERS) == (Grade.C, 6, 7)
    records = PEOPLE.count("- id") + QUOTES.count("- id") + FAQ.count("- id") + GAPS.count("- id") + PREMISES.count("- id")
    assert mark(report, Measure.REVIEWED) == (Grade.C, records - 3, records)
    assert "gap-salary" not in {g.topic.id for g in report.gaps}
    assert ("Settle whose words stand in 1 record.", "open") in {(s.what, s.part) for s in report.steps}
    assert "Look through 2 drafted records." in {s.what for s in report.steps}


# The topics, and what is confused


def test_topics_stand_by_kind_with_their_passages(tiny_report: PackReport) -> None:
    assert [len(tiny_report.entries), len(tiny_report.gaps), len(tiny_report.premises)] == [8, 2, 1]
    (roof,) = next(e for e in tiny_report.entries if e.topic.id == "roof-cost").cited
    assert (roof.quote, roof.where, roof.sentences) == ("roof", "paragraph 3", (5,))
    assert roof.said == "Anna Kovacs, Head librarian, relaying Tom Reed"
    assert tiny_report.gaps[1].cited == ()


def test_what_goes_wrong_is_told_with_the_entry_and_comes_first_of_what_to_do(make_pack: MakePack) -> None:
    folder = make_pack({"questions.yaml": '- ask: "roof repairs"\n  expect: petition-size\n'})
    report = report_of(engine_of(folder, ("for the sunday opening", "sunday-start", YES)))
    assert report.tested
    assert [m.ask for m in report.tested.confused] == ["how many people signed for the sunday opening"]
    assert next(e for e in report.entries if e.topic.id == "sunday-start").confused == 1
    assert [(s.part, s.fails) for s in report.steps[:2]] == [("failed", True), ("confused", True)]
    assert report.graded.grade is Grade.D  # none of one test question
    assert not report.passed
    assert mark(report, Measure.EXPECTED) == (Grade.D, 0, 1)
    assert sum(len(s.phrasings) for s in report.strayed) == len(report.tested.misrouted) > 0
    assert sorted((len(s.phrasings) for s in report.strayed), reverse=True) == [len(s.phrasings) for s in report.strayed]


def test_a_made_question_counts_against_the_grade_where_a_short_answer_is_said(tiny_folder: Path) -> None:
    report = report_of(engine_of(tiny_folder, ("mondays", "sunday-start", YES), ("Tom Reed call", "second-lift", YES)))
    assert report.tested
    assert [(a.made.ask, a.lead) for a in report.tested.asserted] == [
        ("from which date is the library open on mondays", "From March 3."),
        ("what did Tom Reed call for", ""),
    ]
    assert mark(report, Measure.EXCHANGES) == (Grade.B, 13, 14)
    assert {e.topic.id: e.asserted for e in report.entries if e.asserted} == {"sunday-start": 1, "second-lift": 1}
    (step,) = [s for s in report.steps if s.part == "made"]
    assert step.what == "Read the 2 made questions that would be answered. 1 of them gets a short answer too: these first."


GAP = '- id: {0}\n  question: "{1}?"\n  looked_for: "{1}"\n  phrasings: ["{1} please", "tell {1}", "{1} at all"]\n'
PREMISE = (
    '- id: {0}\n  presupposes: "{1}"\n  contradicted_by: [lift]\n  phrasings: ["why {1}", "how come {1}", "since when {1}"]\n'
)
ENTRY = '- id: {0}\n  question: "{1}?"\n  asks: thing\n  cites: [roof]\n  phrasings: ["{1} now"{2}]\n'


@pytest.mark.parametrize(
    "added",
    [
        {"gaps.yaml": "".join(GAP.format(f"g{i}", f"roof number {i}") for i in range(20))},
        {"premises.yaml": "".join(PREMISE.format(f"p{i}", f"the reading room is shut in year {i}") for i in range(20))},
        {"faq/library.yaml": "".join(ENTRY.format(f"e{i}", f"what of tile {i}", "") for i in range(20))},
        {"faq/library.yaml": ENTRY.format("e", "what of tiles", ', "tiles", "any tiles", "tiles of slate"')},
        {"phrases.txt": "[wait]\nreading room years\nthe wait for the roof\n\n[not wait]\nhow long is the reading room\n"},
    ],
)
@pytest.mark.parametrize("before", ["whole", "bare"])
def test_no_mark_falls_for_what_a_curator_adds(make_pack: MakePack, added: dict[str, str], before: str) -> None:
    """Whatever lies nearest to what then: a gap beside an entry takes phrasings from it."""
    rest = {"gaps.yaml": "[]\n", "premises.yaml": "[]\n", "questions.yaml": None} if before == "bare" else {}
    folder = make_pack(rest)
    marks = {r.measure: r.mark for r in report_of(engine_of(folder)).graded.reasons}
    for name, text in added.items():
        path = folder / name
        own = path.read_text(encoding="utf-8").removesuffix("[]\n") if path.is_file() else ""
        path.write_text(own + text, encoding="utf-8")
    after = report_of(engine_of(folder))
    assert [r for r in after.graded.reasons if r.mark > marks[r.measure]] == []


def test_a_pack_without_tests_is_told_so_and_how_to_write_one(make_pack: MakePack) -> None:
    faq = FAQ.replace('  near_misses:\n    - "how many people signed for the sunday opening"\n', "")
    report = report_of(engine_of(make_pack({"questions.yaml": None, "faq/library.yaml": faq})))
    assert (report.is_untested, report.passed) == (True, True)
    (step,) = [s for s in report.steps if "test questions" in s.what]
    assert step.what == "Write test questions: the pack has none yet."
    assert '`- ask: "the question"` and, below it, `  expect: petition-outcome`' in step.how
    assert mark(report, Measure.EXPECTED) == (Grade.D, 0, 0)


def test_what_is_missing_is_counted_against_the_article(tiny_report: PackReport) -> None:
    assert mark(tiny_report, Measure.REFUSALS)[1:] == (2, 2)  # of seven sentences, a quarter
    assert mark(tiny_report, Measure.ASKED) == (Grade.A, 7, 7)
    assert mark(tiny_report, Measure.GUARDED) == (Grade.D, 1, 7)
    assert mark(tiny_report, Measure.APART)[0] is Grade.A


def test_leads_that_look_false_and_entries_that_are_hardly_asked_are_told(make_pack: MakePack) -> None:
    faq = FAQ.replace('lead: "412 readers."', 'lead: "3 readers."').replace('    - "how many years did the librarian wait"\n', "")
    faq = faq.replace('    - "how long was the wait"\n', "")
    report = report_of(engine_of(make_pack({"questions.yaml": None, "faq/library.yaml": faq})))
    assert ([d.entry for d in report.doubtful], report.underasked) == (["petition-size"], ("wait",))
    assert {"Look at 1 short answer that may be wrong."} <= {s.what for s in report.steps}
    assert mark(report, Measure.ASKED) == (Grade.B, 6, 7)


def test_replies_to_the_packs_own_questions_are_counted_by_kind(tiny_report: PackReport) -> None:
    (table,) = tiny_report.replies
    assert [name for name, _ in table.asked] == ["Near misses", "One thing exchanged", "Test questions"]
    for place, (_, of) in enumerate(table.asked):
        assert sum(found[place] for _, found in table.rows) == of
    assert [v for v, _ in table.rows] == [v for v in Verdict if v in {v for v, _ in table.rows}]


# A bare text


def test_a_bare_text_is_told_to_draft_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    report = report_of(make_engine(path, policy=policy()).engine)
    assert report.graded.grade is Grade.E
    assert [s.what for s in report.steps] == ["Draft a pack from this text."]
    assert {s.reach for s in report.sentences} == {Reach.NONE, Reach.READ}
    assert all(s.voices == () for s in report.sentences)
    assert (report.tested, report.entries, report.replies, report.curve, report.passed) == (None, (), (), None, True)


# Labelled questions


def test_labelled_questions_give_the_curve_of_the_packs_own_policy(tiny_folder: Path) -> None:
    engine = engine_of(tiny_folder, ("lift", "second-lift", YES), ("roof", "roof-cost", YES))
    report = report_of(engine, labels_of(engine))
    assert report.curve is not None
    assert (report.curve.questions, report.curve.recorded) == (4, 1)
    answer, lead = report.curve.marks
    assert [(m.name, m.point.bar) for m in (answer, lead)] == [("answer", 0.5), ("lead", 0.7)]
    assert (answer.point.coverage, answer.point.refused) == (1.0, 0.5)
    assert answer.point.risk == pytest.approx(1 / 3)
    assert [p.bar for p in report.curve.rows] == [i / 10 for i in range(1, 10)]
    assert (answer.x, answer.y) == (report.curve.plot.x(1.0), report.curve.plot.y(1 / 3))
    assert mark(report, Measure.RIGHT) == (Grade.D, 3, 4)
    assert mark(report, Measure.ANSWERED) == (Grade.A, 3, 3)
    _, labelled = report.replies
    assert labelled.asked == (("Answerable", 3), ("Unanswerable", 2))


def test_without_labelled_questions_nothing_is_drawn_and_no_pack_is_an_a(tiny_report: PackReport) -> None:
    assert tiny_report.curve is None
    assert mark(tiny_report, Measure.RIGHT) == (Grade.B, 0, 0)
    asked = [s for s in tiny_report.steps if "labelled" in s.what]
    assert len(asked) == 1
