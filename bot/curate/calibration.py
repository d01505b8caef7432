"""Labelled questions -> a policy: what the weights and the bars of bot/engine/decide.py should be. Deterministic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.curate.scoring import Labelled, lead_answers
from bot.curate.scoring import judge as judge_reply
from bot.engine.answer import Answered, Contradicted, Rule, Trace
from bot.engine.decide import (
    CHOICE_NAMES,
    NONE_OF_THEM,
    SIGNAL_NAMES,
    TALK,
    Bars,
    Judged,
    Logistic,
    Measured,
    Policy,
    choice,
    judge,
    signals,
)
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.engine.reader import EARLIER
from bot.pack.values import Topic, Verdict
from bot.text.progress import Progress, silent

Floats = NDArray[np.float64]
FOLDS = 10
_MOST_BAR = 0.99
_LEAD_RISK = 0.025  # share of the leads that may be wrong: a lead is asserted in the curator's words
MAX_DENIED = 0.03  # share of the answerable that may be told that the article does not say it; and as many, that they only talk
_BY_GAP = 2 / 3  # of those denied, by a gap
_PREMISE_RIGHT = 0.8  # share of the corrections that must be right
_LEAST_GAP = 0.3  # share below which no gap is named, however rarely that would be wrong
_EQUAL, _ALSO = 0.7, 0.3
_FEWEST_UNANSWERABLE = (
    50  # of follow-ups and of the others, for bars of their own; of fewer it cannot be told how many are refused
)
_CLOSED = Bars(*[_MOST_BAR] * 9)  # until they are chosen
_CHOICE_RIDGE, _SURENESS_RIDGE = 1.0, 1.0
_STEPS = 60
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled question as the policy sees it. `right` holds the ids of the topics that answer it or rightly correct its premise, `apt`
    those of the entries among them whose lead says what is asked; `group` is what must not be split between folds (a pair, an article);
    `talk` the verdict of what is small talk, opinion or off topic, where that is known; `follow_up`: it was read with the question before."""

    measured: tuple[Measured, ...]
    words: int
    answerable: bool
    right: frozenset[str]
    off_topic: bool = False
    group: str = ""
    talk: Verdict | None = None
    apt: frozenset[str] = frozenset()
    follow_up: bool = False


Rows = Sequence[tuple[Sample, Judged]]


@dataclass(frozen=True, slots=True)
class Point:
    """At an answer bar: of the answerable, the share answered rightly (coverage); of the answers, the share wrong (risk); of the
    unanswerable, the share refused."""

    bar: float
    coverage: float
    risk: float
    refused: float


def samples(engine: Engine, questions: Sequence[Labelled], progress: Progress = silent) -> list[Sample]:
    """What the policy sees of labelled questions, whatever would have been decided. One in the words of a recorded phrasing is left out: it
    is not weighed."""
    found = []
    for done, q in enumerate(questions, 1):
        progress("Reading labelled questions", done, len(questions))
        if not engine.is_recorded(q.question):
            question, measured = engine.weigh(q.question, EARLIER.join(q.context[-2:]))
            right = frozenset(m.topic.id for m in measured if _is_right(m.topic, q, question, engine))
            off_topic = q.kind in ("offtopic", "chitchat")
            apt = frozenset(m.topic.id for m in measured if m.topic.id in right and lead_answers(q, m.topic.lead))
            answerable = q.kind == "answerable"
            group = q.group or q.id
            found.append(
                Sample(measured, len(question.tokens), answerable, right, off_topic, group, apt=apt, follow_up=bool(q.context))
            )
    return found


def _is_right(topic: Topic, q: Labelled, question: Question, engine: Engine) -> bool:
    """Whether a reply with this topic would be right: an answer to an answerable question, a correction of an accepted premise."""
    trace, cited = Trace(question, Rule.ANSWERS), engine.cite(topic)
    if topic.verdict is Verdict.ANSWER and q.kind == "answerable":
        return judge_reply(q, Answered(trace, 1.0, (), (topic,), topic.lead, cited), engine.pack) == "right"
    if topic.verdict is Verdict.PREMISE and (q.kind == "answerable" or q.accept):
        return judge_reply(q, Contradicted(trace, 1.0, (), topic, cited), engine.pack) == "right"
    return False


def fit(samples: Sequence[Sample], bars: Bars = _CLOSED) -> Policy:
    """The weights of both steps, by ridge-penalised maximum likelihood."""
    weights = _fit_choice(samples)
    rows = [(s, found.vector()) for s in samples if (found := signals(s.measured, choice(s.measured, weights), s.words))]
    about = [(s, x) for s, x in rows if s.talk in (None, Verdict.OFF_TOPIC)]
    return Policy(
        tuple(map(float, weights)),
        _fit_sureness([x for _, x in rows], [_right(s, weights) for s, _ in rows]),
        _fit_sureness([x for _, x in about], [s.answerable for s, _ in about]),
        bars,
    )


def _right(sample: Sample, weights: Sequence[float]) -> bool:
    """Whether the best entry, if it were given, would be right."""
    shares = choice(sample.measured, weights)
    entries = [(s, m.topic.id) for m, s in zip(sample.measured, shares, strict=True) if m.topic.verdict is Verdict.ANSWER]
    return sample.answerable and bool(entries) and max(entries)[1] in sample.right


def _fit_choice(samples: Sequence[Sample]) -> list[float]:
    """The softmax. Of several right candidates any will do: their shares together are to be large."""
    most = max(len(s.measured) for s in samples) + 1
    x = np.zeros((len(samples), most, len(CHOICE_NAMES)))
    there, gold = np.zeros((len(samples), most), dtype=bool), np.zeros((len(samples), most), dtype=bool)
    for i, sample in enumerate(samples):
        n = len(sample.measured)
        x[i, : n + 1] = [*(m.vector() for m in sample.measured), list(NONE_OF_THEM)]
        there[i, : n + 1] = True
        gold[i, : n + 1] = [*(_wanted(m, sample) for m in sample.measured), not sample.answerable and not sample.talk]
    known = gold.any(axis=1)
    x, there, gold = x[known], there[known], gold[known]
    scale = np.maximum(x.reshape(-1, len(CHOICE_NAMES)).std(axis=0), 1e-3)
    x = x / scale
    weights = np.zeros(len(CHOICE_NAMES))

    def shares(w: Floats) -> Floats:
        return _softmax(np.where(there, x @ w, -np.inf))

    def loss(w: Floats) -> float:
        return float(_CHOICE_RIDGE * w @ w / 2 - np.log((shares(w) * gold).sum(axis=1) + 1e-300).sum())

    for _ in range(_STEPS):
        p = shares(weights)
        wanted = p * gold
        wanted /= wanted.sum(axis=1, keepdims=True) + 1e-300
        gradient = np.einsum("nk,nkc->c", p - wanted, x) + _CHOICE_RIDGE * weights
        mean = np.einsum("nk,nkc->nc", p, x)
        curvature = np.einsum("nk,nkc,nkd->cd", p, x, x) - mean.T @ mean + _CHOICE_RIDGE * np.eye(len(weights))
        weights = _stepped(weights, np.linalg.solve(curvature, gradient), loss)
    return [float(w) for w in weights / scale]


def _wanted(m: Measured, sample: Sample) -> bool:
    if sample.talk:
        return m.topic.verdict is sample.talk
    if sample.answerable or m.topic.verdict is Verdict.PREMISE:
        return m.topic.id in sample.right
    return m.topic.verdict is not Verdict.ANSWER


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _fit_sureness(vectors: Sequence[Sequence[float]], labels: Sequence[bool]) -> Logistic:
    """On standardised signals."""
    if not vectors:
        return Logistic(0.0, (0.0,) * len(SIGNAL_NAMES))
    x = np.array(vectors)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    bias, *weights = fit_logistic((x - mean) / scale, np.array(labels, dtype=np.float64), _SURENESS_RIDGE, np.ones(len(x)))
    raw = weights / scale
    return Logistic(float(bias - raw @ mean), tuple(map(float, raw)))


def fit_logistic(x: Floats, y: Floats, ridge: float, counted: Floats) -> Floats:
    """The bias and the weights (1 + m,) of a ridge-penalised logistic regression on rows x (n, m), by Newton's method; the bias is free.
    `counted` (n,) is how much each row counts."""
    x = np.hstack([np.ones((len(x), 1)), x])
    penalty = ridge * np.eye(x.shape[1])
    penalty[0, 0] = 1e-6
    beta = np.zeros(x.shape[1])

    def loss(b: Floats) -> float:
        return float(b @ penalty @ b / 2 + (counted * (np.logaddexp(0, x @ b) - y * (x @ b))).sum())

    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        curvature = (x * (counted * p * (1 - p))[:, None]).T @ x + penalty
        step = np.asarray(np.linalg.solve(curvature, x.T @ (counted * (p - y)) + penalty @ beta), dtype=np.float64)
        before, beta = beta, _stepped(beta, step, loss)
        if beta is before:
            break
    return beta


def _stepped(weights: Floats, step: Floats, loss: Callable[[Floats], float]) -> Floats:
    """The weights less a step of Newton's method, which is halved as long as it overshoots: where samples are few, or easily told
    apart, whole steps lead ever further off."""
    before = loss(weights)
    for _ in range(_HALVINGS):
        if loss(weights - step) <= before:
            return np.asarray(weights - step)
        step = step / 2
    return weights


def out_of_fold(samples: Sequence[Sample], folds: int = FOLDS, progress: Progress = silent) -> list[tuple[Sample, Judged]]:
    """Each sample judged by a policy that saw nothing of its group."""
    groups = sorted({s.group for s in samples})
    fold_of = {group: i % folds for i, group in enumerate(groups)}
    judged: list[tuple[Sample, Judged]] = []
    for fold in range(folds):
        rest = [s for s in samples if fold_of[s.group] != fold]
        policy = fit(rest)
        judged += [(s, judge(s.measured, s.words, policy)) for s in samples if fold_of[s.group] == fold]
        progress("Fitting", fold + 1, folds)
    return judged


def curve(judged: Rows) -> list[Point]:
    """The risk-coverage curve over answer bars from 0.02 to 0.99."""
    answerable = sum(s.answerable for s, _ in judged) or 1
    unanswerable = [j.probability for s, j in judged if not s.answerable and not s.off_topic]
    rows = [(j.probability, _shown(s, j)) for s, j in judged]
    points = []
    for step in range(2, 100):
        bar = step / 100
        given = [right for p, right in rows if p >= bar]
        refused = sum(p < bar for p in unanswerable) / (len(unanswerable) or 1)
        points.append(Point(bar, sum(given) / answerable, 1 - sum(given) / len(given) if given else 0.0, refused))
    return points


def _shown(sample: Sample, judged: Judged) -> bool:
    best, _ = judged.best(Verdict.ANSWER)
    return sample.answerable and best is not None and best.topic.id in sample.right


def least_bar(points: Iterable[Point], max_wrong: float, min_refused: float = 0.0) -> Point:
    """The lowest bar that keeps both budgets. Raises ValueError where none does."""
    answering = [p for p in points if p.coverage > 0]
    kept = [p for p in answering if p.risk <= max_wrong and p.refused >= min_refused]
    if not kept:
        refusing = f" and refuses {min_refused:.1%} of the unanswerable" if min_refused else ""
        least = f"; the least is {min(p.risk for p in answering):.1%}" if answering else "; none gives a right answer"
        raise ValueError(f"no bar keeps the share of wrong answers at {max_wrong:.1%}{refusing}{least}")
    return min(kept, key=lambda p: p.bar)


def calibrate(
    samples: Sequence[Sample],
    max_wrong: float,
    min_refused: float = 0.0,
    max_denied: float = MAX_DENIED,
    progress: Progress = silent,
) -> tuple[Policy, Point, list[Point]]:
    """A policy fitted on all samples, its bars chosen by what policies that saw nothing of a sample's group make of it; with the point
    of the answer bar, and the whole curve. Follow-ups keep the same budgets by a bar of their own, where there are enough of them; the
    point and the curve are then of the other questions. Raises ValueError where no bar keeps the budgets."""
    judged = out_of_fold(samples, progress=progress)
    alone, follow_ups = _apart(judged)
    points = curve(alone)
    chosen = least_bar(points, max_wrong, min_refused)
    follow_up = _follow_up(follow_ups, chosen.bar, max_wrong, min_refused) if follow_ups else chosen.bar
    return replace(fit(samples), bars=_bars(judged, chosen.bar, follow_up, max_denied)), chosen, points


def _apart(judged: Rows) -> tuple[Rows, Rows]:
    """The questions that stand alone, and the follow-ups; all and none where either are too few to be told apart. What is known to be talk
    counts in neither: how much of it there is says nothing of what is asked."""
    asked = [(s, j) for s, j in judged if s.talk is None]
    parted = [[(s, j) for s, j in asked if s.follow_up is leans] for leans in (False, True)]
    if min(sum(not s.answerable for s, _ in part) for part in parted) < _FEWEST_UNANSWERABLE:
        return asked, ()
    return parted[0], parted[1]


def _follow_up(follow_ups: Rows, answer: float, max_wrong: float, min_refused: float) -> float:
    """Their bar: never lower than that of an answer."""
    try:
        return max(answer, least_bar(curve(follow_ups), max_wrong, min_refused).bar)
    except ValueError:
        return _MOST_BAR


def _bars(judged: Rows, answer: float, follow_up: float, max_denied: float) -> Bars:
    """The other bars, from those of an answer."""
    bars = replace(_CLOSED, answer=answer, follow_up=follow_up)
    parted: dict[bool, list[tuple[Sample, Judged]]] = {True: [], False: []}  # by whether the best entry is said
    for s, j in judged:
        parted[j.probability >= bars.least(follow_up=s.follow_up)].append((s, j))
    refused = [j for s, j in parted[False] if s.answerable]
    most = sum(s.answerable for s, _ in judged) * max_denied
    gap = _gap(refused, most)
    return replace(
        bars,
        lead=_lead([(s, j) for s, j in parted[True] if not s.follow_up]),  # these get no lead
        absent=_absent(refused, gap, most),
        premise=_least_share(judged, Verdict.PREMISE, _PREMISE_RIGHT),
        talk=_talk(refused, most),
        gap=gap,
        equal=_EQUAL,
        also=_ALSO,
    )


def _lead(said: Rows) -> float:
    """The lowest aptness from which so few of the leads are wrong; 1 where none is."""
    given = [
        (-j.aptness, best.topic.id in s.apt) for s, j in said for best, _ in [j.best(Verdict.ANSWER)] if best and j.aptness > 0
    ]
    bar, wrong = 1.0, 0
    for count, (aptness, is_apt) in enumerate(sorted(given), 1):
        wrong += not is_apt
        if wrong <= count * _LEAD_RISK:
            bar = math.ceil(-aptness * 1000) / 1000
    return bar


def _gap(refused: Sequence[Judged], most: float) -> float:
    """The lowest share of a gap from which so few of the answerable that get no answer are denied one by it."""
    for step in range(round(100 * _LEAST_GAP), 100):
        bar = step / 100
        if sum(_has_gap(j, bar) for j in refused) <= most * _BY_GAP:
            return bar
    return _MOST_BAR


def _absent(refused: Sequence[Judged], gap: float, most: float) -> float:
    """The presence below which so few of the answerable that get no answer lie, beside those that a gap denies, that it may be denied that
    the article answers."""
    by_gap = sum(_has_gap(j, gap) for j in refused)
    others = sorted(j.presence for j in refused if not _has_gap(j, gap))
    left = int(most) - by_gap
    return math.floor(others[left] * 1000) / 1000 if 0 <= left < len(others) else 0.0


def _has_gap(judged: Judged, gap: float) -> bool:
    return judged.best(Verdict.NOT_IN_ARTICLE)[1] >= gap


def _talk(refused: Sequence[Judged], most: float) -> float:
    """The lowest share of talk from which so few of the answerable are taken for it."""
    for step in range(20, 100):
        bar = step / 100
        if sum(j.leading(bar) in TALK for j in refused) <= most:
            return bar
    return _MOST_BAR


def _least_share(judged: Rows, kind: Verdict, wanted: float) -> float:
    """The lowest share of the best topic of a kind from which it is right as often as wanted, where it leads and no entry is sure enough."""
    found = [(share, m.topic.id in s.right) for s, j in judged for m, share in [j.best(kind)] if m is not None]
    for step in range(20, 100):
        least = step / 100
        given = [right for share, right in found if share >= least]
        if given and sum(given) / len(given) >= wanted:
            return least
    return _MOST_BAR
