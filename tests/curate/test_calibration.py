"""Samples made by hand -> weights, the risk-coverage curve and the bars, each by value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.reader import make_engine, policy

from bot.curate.calibration import Point, Sample, calibrate, curve, fit, least_bar, out_of_fold, samples
from bot.curate.scoring import Labelled
from bot.engine.decide import CHOICE_NAMES, SIGNAL_NAMES, Judged, Logistic, Measured, Policy, judge
from bot.pack.values import Topic, Verdict

ENTRY, OTHER = Topic("entry", Verdict.ANSWER, "", ()), Topic("other", Verdict.ANSWER, "", ())
GAP, PREMISE = Topic("gap", Verdict.NOT_IN_ARTICLE, "", ()), Topic("premise", Verdict.PREMISE, "", ())
WORDS = 6  # of each question


def measured(topic: Topic, reader: float = 0.0) -> Measured:
    return Measured(topic, "", reader, 0.5, 0.5, 0.5, 0.0)


def sample(entry: float, gap: float, *, answerable: bool, right: str = "entry", group: str = "") -> Sample:
    """Of a question for which the reader gave an entry and a gap these logits."""
    found = (measured(ENTRY, entry), measured(GAP, gap))
    return Sample(found, WORDS, answerable, frozenset([right]) if answerable else frozenset(), group=group)


def separable(n: int = 120, *, mislabelled: int = 0) -> list[Sample]:
    """Every other one answerable, as the reader sees, but for the first few, which are labelled the other way round."""
    found = []
    for i in range(n):
        answerable = i % 2 == 0
        logits = (4.0, -4.0) if answerable else (-4.0, 4.0)
        found.append(sample(*logits, answerable=answerable != (i < mislabelled), group=f"g{i}"))
    return found


def probability(sample: Sample, policy: Policy) -> float:
    return judge(sample.measured, sample.words, policy).probability


def judged(probability: float, topic: Topic = ENTRY, share: float = 0.9) -> Judged:
    return Judged((measured(topic),), (share,), probability, probability)


# Fitting


def test_a_fitted_policy_tells_what_the_samples_tell_apart() -> None:
    fitted = fit(separable())
    answerable, unanswerable = separable(2)
    assert probability(answerable, fitted) > 0.95
    assert probability(unanswerable, fitted) < 0.05
    best, share = judge(unanswerable.measured, WORDS, fitted).best(Verdict.NOT_IN_ARTICLE)
    assert best is not None
    assert share > 0.8
    assert fitted == fit(separable())


@pytest.mark.parametrize("right", [0, 1, 3, 4])
def test_where_nothing_tells_samples_apart_the_probability_is_the_share_that_is_right(right: int) -> None:
    alike = [sample(1.0, 0.0, answerable=i % 4 < right) for i in range(400)]
    assert probability(alike[0], fit(alike)) == pytest.approx(right / 4, abs=0.01)


def test_a_measure_that_is_the_same_everywhere_has_no_weight_and_the_one_that_tells_has() -> None:
    weights = dict(zip(CHOICE_NAMES, fit(separable()).choice, strict=True))
    assert weights["reader"] > 0.1
    # There is neither a premise nor a likelihood in any sample.
    assert [weights[name] for name in ("premise", "likelihood", "sentence")] == pytest.approx([0.0] * 3)


def test_presence_is_that_of_any_answer_and_does_not_learn_from_talk() -> None:
    """The entry that is best does not answer, but another does: no answer is probable, and that nothing answers is not either."""
    astray = [replace(s, right=frozenset(["other"])) if s.answerable else s for s in separable()]
    talk = [sample(4.0, 0.0, answerable=False, group=f"o{i}") for i in range(200)]
    fitted = fit([*astray, *(replace(s, talk=Verdict.OPINION) for s in talk)])
    answerable, unanswerable = (judge(s.measured, s.words, fitted) for s in separable(2))
    assert answerable.probability < 0.5 < 0.95 < answerable.presence
    assert unanswerable.presence < 0.05


def test_where_all_is_talk_presence_is_not_known() -> None:
    hello = measured(Topic("hello", Verdict.SMALL_TALK, "", ()))
    found = separable()
    fitted = fit([replace(s, measured=(*s.measured, hello), talk=Verdict.SMALL_TALK, answerable=False) for s in found])
    assert fitted.presence == Logistic(0.0, (0.0,) * len(SIGNAL_NAMES))


def test_of_several_right_candidates_any_will_do() -> None:
    """The two entries together are to have the share, whichever of them the reader prefers."""
    found = []
    for i in range(100):
        entries = (measured(ENTRY, 3.0 * (i % 2)), measured(OTHER, 3.0 * (1 - i % 2)))
        found.append(Sample((*entries, measured(GAP)), WORDS, True, frozenset(["entry", "other"])))
        found.append(Sample((measured(ENTRY, -3.0), measured(OTHER, -3.0), measured(GAP)), WORDS, False, frozenset()))
    fitted = fit(found)
    assert judge(found[0].measured, WORDS, fitted).share(Verdict.ANSWER) > 0.9
    assert judge(found[1].measured, WORDS, fitted).share(Verdict.ANSWER) < 0.1


def test_an_answerable_question_whose_best_entry_is_the_wrong_one_speaks_against_answering() -> None:
    """The probability is that of a right answer, not of an answerable question."""
    alike = [sample(1.0, 0.0, answerable=True, right="entry" if i % 4 else "other") for i in range(400)]
    assert probability(alike[0], fit(alike)) == pytest.approx(3 / 4, abs=0.01)


def test_where_whole_steps_overshoot_shorter_ones_arrive(tiny_folder: Path) -> None:
    """Few different questions, about which much is measured: five in six of those about the lift or the roof are answerable."""
    engine = make_engine(tiny_folder, ("lift", "second-lift", 5.0), ("roof", "roof-cost", 5.0), policy=policy()).engine
    asked = {"is a lift to come": "Ruth Bell", "so what of the roof": "roof repairs"}
    labels = [Labelled(f"{i}", q, "answerable" if i % 6 else "unanswerable", gold=(asked[q],)) for q in asked for i in range(24)]
    labels += [Labelled(f"{i}", "what colour are the walls", "unanswerable") for i in range(32)]
    found = samples(engine, labels)
    fitted = fit(found)
    for place, wanted in ((0, 5 / 6), (24, 5 / 6), (48, 0.0)):
        assert probability(found[place], fitted) == pytest.approx(wanted, abs=0.02)


# Out of fold


def test_a_sample_is_judged_by_a_policy_that_saw_nothing_of_its_group() -> None:
    """What a group is labelled as changes how all others are judged, and not how it is judged itself."""
    found = separable(60)
    pair = [sample(4.0, -4.0, answerable=True, group="pair") for _ in range(2)]
    contrary = [replace(s, answerable=False, right=frozenset()) for s in pair]

    def judge_all(found: Sequence[Sample]) -> dict[bool, list[float]]:
        rows = out_of_fold(found)
        return {mine: [j.probability for s, j in rows if (s.group == "pair") is mine] for mine in (True, False)}

    as_labelled, otherwise = judge_all([*found, *pair]), judge_all([*found, *contrary])
    assert len(as_labelled[True]) == 2
    assert as_labelled[True] == otherwise[True]
    assert as_labelled[False] != otherwise[False]


def test_each_sample_is_judged_once_and_the_same_twice() -> None:
    found = separable(57, mislabelled=4)
    rows = out_of_fold(found)
    assert sorted((s.group for s, _ in rows)) == sorted(s.group for s in found)
    assert rows == out_of_fold(found)


# The curve and the bar


JUDGED = [
    (sample(0, 0, answerable=True), judged(0.9)),
    (sample(0, 0, answerable=True), judged(0.4)),
    (sample(0, 0, answerable=True, right="other"), judged(0.6)),
    (sample(0, 0, answerable=False), judged(0.2)),
    (replace(sample(0, 0, answerable=False), off_topic=True), judged(0.0)),
]


def test_the_curve_by_hand() -> None:
    points = {p.bar: (p.coverage, p.risk, p.refused) for p in curve(JUDGED)}
    assert list(points) == [step / 100 for step in range(2, 100)]
    # At 0.2 four are answered: 2 of 3 answerable rightly, 2 of 4 answers wrong; off topic is no part of the refusals.
    assert points[0.2] == pytest.approx((2 / 3, 1 / 2, 0.0))
    assert points[0.21] == pytest.approx((2 / 3, 1 / 3, 1.0))
    assert points[0.41] == pytest.approx((1 / 3, 1 / 2, 1.0))
    assert points[0.9] == pytest.approx((1 / 3, 0.0, 1.0))
    assert points[0.91] == pytest.approx((0.0, 0.0, 1.0))


def test_the_lowest_bar_within_both_budgets_is_chosen() -> None:
    points = [Point(0.2, 0.9, 0.3, 0.5), Point(0.4, 0.8, 0.1, 0.8), Point(0.5, 0.7, 0.15, 0.9), Point(0.6, 0.5, 0.05, 0.95)]
    assert least_bar(points, 0.2).bar == 0.4
    assert least_bar(points, 0.1).bar == 0.4
    assert least_bar(points, 0.2, min_refused=0.85).bar == 0.5
    assert least_bar(points, 0.06).bar == 0.6


@pytest.mark.parametrize(
    ("max_wrong", "min_refused", "message"),
    [
        (0.01, 0.0, "no bar keeps the share of wrong answers at 1.0%; the least is 10.0%"),
        (0.2, 0.99, "no bar keeps the share of wrong answers at 20.0% and refuses 99.0% of the unanswerable; the least is 10.0%"),
    ],
)
def test_a_budget_that_no_bar_keeps_is_said_in_words(max_wrong: float, min_refused: float, message: str) -> None:
    points = [Point(0.5, 0.7, 0.1, 0.9), Point(0.99, 0.0, 0.0, 1.0)]  # the last keeps both, but answers nothing
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        least_bar(points, max_wrong, min_refused)


# Calibrating


def test_calibration_chooses_its_bars_from_what_is_judged_out_of_fold() -> None:
    found = separable(200, mislabelled=12)
    fitted, chosen, points = calibrate(found, 0.2)
    assert chosen == least_bar(curve(out_of_fold(found)), 0.2)
    assert chosen in points
    assert fitted == replace(fit(found), bars=fitted.bars)
    bars = fitted.bars
    assert bars.answer == chosen.bar
    answerable = [j for s, j in out_of_fold(found) if s.answerable]
    denied = [
        j
        for j in answerable
        if j.probability < bars.answer and (j.presence < bars.absent or j.best(Verdict.NOT_IN_ARTICLE)[1] >= bars.gap)
    ]
    assert len(denied) / len(answerable) <= 0.03
    assert calibrate(found, 0.2)[0] == fitted


def doubtful(found: Sequence[Sample], count: int, *, answerable: bool) -> list[Sample]:
    """The first so many of these look somewhat as if they were answered."""
    places = [i for i, s in enumerate(found) if s.answerable is answerable][:count]
    unclear = (measured(ENTRY, 1.5), measured(GAP, -1.5))
    return [replace(s, measured=unclear) if i in places else s for i, s in enumerate(found)]


def follow_ups(n: int) -> list[Sample]:
    return [replace(s, follow_up=True, group=f"f{i}") for i, s in enumerate(separable(n))]


def refused(found: Sequence[Sample], fitted: Policy) -> float:
    """Of the unanswerable."""
    bar = {leans: fitted.bars.least(follow_up=leans) for leans in (False, True)}
    kept = [probability(s, fitted) < bar[s.follow_up] for s in found if not s.answerable]
    return sum(kept) / len(kept)


def test_follow_ups_that_are_misread_more_often_get_a_higher_bar_and_the_others_keep_theirs() -> None:
    alone, following = doubtful(separable(400), 60, answerable=True), doubtful(follow_ups(400), 60, answerable=False)
    fitted, chosen, points = calibrate([*alone, *following], 0.2, 0.95)
    assert fitted.bars.answer == chosen.bar < fitted.bars.follow_up
    assert (
        refused(following, fitted) >= 0.95 > refused(following, replace(fitted, bars=replace(fitted.bars, follow_up=chosen.bar)))
    )
    assert points == curve([(s, j) for s, j in out_of_fold([*alone, *following]) if not s.follow_up])


@pytest.mark.parametrize(("alone", "following"), [(400, 98), (98, 400), (0, 400)])
def test_where_follow_ups_or_the_others_are_few_all_have_one_bar(alone: int, following: int) -> None:
    found = [*separable(alone), *follow_ups(following)]
    fitted, chosen, points = calibrate(found, 0.2)
    assert fitted.bars.follow_up == fitted.bars.answer == chosen.bar
    assert points == curve(out_of_fold(found))


def test_follow_ups_that_no_bar_parts_are_answered_at_the_highest_alone() -> None:
    never = [replace(s, right=frozenset()) for s in follow_ups(200)]
    assert calibrate([*separable(200), *never], 0.2)[0].bars.follow_up == 0.99


def test_leads_are_said_from_the_aptness_on_at_which_one_in_forty_is_wrong() -> None:
    """Twenty that are surer and twenty that are less so, of 240 questions; the passages of all answer."""

    def with_leads(wrong: range) -> list[Sample]:
        found = []
        for i, s in enumerate(separable(240)):
            entry, gap = s.measured
            logit = entry.reader + (i % 12 == 0) - (i % 12 == 6)  # of those that are answerable
            measured = (replace(entry, topic=replace(ENTRY, lead="Nine."), reader=logit), gap)
            found.append(replace(s, measured=measured, apt=frozenset() if i in wrong else s.right))
        return found

    def said(samples: list[Sample]) -> list[int]:
        fitted, _, _ = calibrate(samples, 0.2)
        judged = [judge(s.measured, s.words, fitted) for s in samples]
        return [i for i, j in enumerate(judged) if samples[i].answerable and j.aptness >= fitted.bars.lead]

    assert len(said(with_leads(wrong=range(0)))) == 120
    surest = said(with_leads(wrong=range(2, 240, 4)))  # half of them, but of the surest none
    assert surest
    assert {i % 12 for i in surest} == {0}
    assert said(with_leads(wrong=range(240))) == []


def test_a_gap_is_named_from_the_share_on_at_which_it_seldom_denies_what_is_answered() -> None:
    """0.3 is the least share that is tried. Eight of 108 answerable questions look like what a gap asks for."""
    clear = separable(200)
    doubtful = [sample(-4.0, 4.0, answerable=True, group=f"d{i}") for i in range(8)]
    assert calibrate(clear, 0.2)[0].bars.gap == 0.3
    gap = calibrate([*clear, *doubtful], 0.2)[0].bars.gap
    shares = [j.best(Verdict.NOT_IN_ARTICLE)[1] for s, j in out_of_fold([*clear, *doubtful]) if s in doubtful]
    assert sum(share >= gap for share in shares) <= 108 * 0.03 * 2 / 3


@pytest.mark.parametrize(("right", "bar"), [(True, 0.2), (False, 0.99), (None, 0.99)])
def test_a_premise_is_corrected_only_where_those_of_the_samples_were_right(right: bool | None, bar: float) -> None:
    """0.2 is the least share that is tried, and 0.99 is out of reach; None: there is no premise among the samples."""
    found = (measured(ENTRY, -4.0), measured(PREMISE, 5.0))
    claim = Sample(found, WORDS, False, frozenset(["premise"]) if right else frozenset())
    claims = [replace(claim, group=f"c{i}") for i in range(40)] if right is not None else []
    assert calibrate([*separable(), *claims], 0.2)[0].bars.premise == bar


@pytest.mark.parametrize(
    "found", [[s for s in separable() if not s.answerable], [replace(s, right=frozenset()) for s in separable()]]
)
def test_without_a_single_right_answer_it_says_that_no_bar_will_do(found: list[Sample]) -> None:
    with pytest.raises(ValueError, match=r"at 5\.0%; none gives a right answer$"):
        calibrate(found, 0.05)


# Samples


def test_a_sample_holds_what_is_measured_and_which_topics_would_be_right(tiny_folder: Path) -> None:
    engine = make_engine(tiny_folder, ("lift", "second-lift", 5.0), policy=policy()).engine
    wanted, other = "which person wants one more lift", "is it true that Bell refuses a second lift"
    (found,) = samples(engine, [Labelled("1", wanted, "answerable", gold=("Ruth Bell",))])
    question, weighed = engine.weigh(wanted)
    assert (found.measured, found.words, found.answerable, found.off_topic) == (weighed, len(question.tokens), True, False)
    assert next(m for m in found.measured if m.topic.id == "second-lift").reader == 5.0
    # The premise shows the same passage.
    assert found.right == {"second-lift", "premise-bell-against-lift"}
    labels = [
        Labelled("2", other, "unanswerable", accept=("second lift",)),
        Labelled("3", other, "unanswerable"),
        Labelled("4", other, "answerable", gold=("Tom Reed",)),
        Labelled("5", "who is the king of France", "offtopic"),
    ]
    rows = samples(engine, labels)
    assert [s.right & {"second-lift", "premise-bell-against-lift"} for s in rows] == [
        {"premise-bell-against-lift"},
        set(),
        set(),
        set(),
    ]
    assert [(s.answerable, s.off_topic) for s in rows] == [(False, False), (False, False), (True, False), (False, True)]


def test_a_recorded_phrasing_is_no_sample_and_the_two_sides_of_a_pair_are_one_group(tiny_folder: Path) -> None:
    engine = make_engine(tiny_folder, policy=policy()).engine
    labels = [
        Labelled("1", "Reading room?", "answerable", gold=("reading room",)),
        Labelled("2a", "is the reading room full", "answerable", gold=("reading room",), group="2"),
        Labelled("2b", "is the reading room empty", "unanswerable", group="2"),
        Labelled("3", "which room is it", "answerable", gold=("reading room",)),
    ]
    told: list[tuple[str, int, int]] = []
    assert [s.group for s in samples(engine, labels, lambda *now: told.append(now))] == ["2", "2", "3"]
    assert told == [("Reading labelled questions", done, 4) for done in (1, 2, 3, 4)]


def test_a_follow_up_is_read_with_the_two_questions_before_it(tiny_folder: Path) -> None:
    made = make_engine(tiny_folder, policy=policy())
    context = ("hello", "who wants another lift", "since when")
    samples(made.engine, [Labelled("1", "and how long did she wait", "answerable", context=context)])
    assert made.reader.batches[-1][0][0] == "who wants another lift >> since when >> and how long did she wait"
