"""How sure an answer is: a logistic model over a dozen signals, its coefficients in a readable file, fitted by `verbatim calibrate`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bot.engine.verify import Constraint, Unmet
from bot.pack.values import Verdict


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against answering with the best entry. Margins are in nats, the rest shares or weights."""

    over_refusals: float
    over_talk: float
    over_off_topic: float
    over_opinion: float
    over_small_talk: float
    nearer_than_gaps: float
    nearer_than_premises: float
    resemblance: float
    evidence_per_word: float
    coverage: float
    unmet_name: float
    unmet_stranger: float
    unmet_number: float
    unmet_wants: float
    unmet_foreign: float
    unmet_negation: float
    unmet_restrictor: float
    unmet_role: float
    unmet_opposite: float
    keywords: float

    def vector(self) -> list[float]:
        return [getattr(self, f.name) for f in fields(self)]


SIGNAL_NAMES = tuple(f.name for f in fields(Signals))
NEARNESS_OF = (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE, Verdict.PREMISE)  # verdicts whose nearest phrasings the signals compare
_MARGIN_LIMIT = 12.0  # nats; beyond it a margin says nothing more
_UNMET_LIMIT = 2.0

_CONSTRAINT_OF = {
    "unmet_name": Constraint.ENTITY,
    "unmet_stranger": Constraint.STRANGER,
    "unmet_number": Constraint.NUMBER,
    "unmet_wants": Constraint.WANTS,
    "unmet_foreign": Constraint.FOREIGN,
    "unmet_negation": Constraint.NEGATION,
    "unmet_restrictor": Constraint.RESTRICTOR,
    "unmet_role": Constraint.ROLE,
    "unmet_opposite": Constraint.ANTONYM,
}


def signals(
    *,
    pooled: Mapping[Verdict, float],
    near: Mapping[Verdict, float],
    resemblance: float,
    evidence: float,
    coverage: float,
    words: int,
    keywords: bool,
    unmet: Iterable[Unmet],
) -> Signals:
    """Signals of the best entry. `pooled` is the pooled evidence for each verdict, in nats; `near` how close its nearest phrasings are (0 to 1); `words` the question's length;
    `keywords` whether it is no sentence."""
    answer = pooled[Verdict.ANSWER]

    def over(verdict: Verdict) -> float:
        return max(-_MARGIN_LIMIT, min(_MARGIN_LIMIT, answer - pooled.get(verdict, answer - _MARGIN_LIMIT)))

    def nearer(verdict: Verdict) -> float:
        return near[Verdict.ANSWER] - near.get(verdict, 0.0)

    weights: dict[Constraint, float] = {}
    for item in unmet:
        weights[item.constraint] = weights.get(item.constraint, 0.0) + item.weight
    talk = over(Verdict.OFF_TOPIC), over(Verdict.OPINION), over(Verdict.SMALL_TALK)
    return Signals(
        # One strong rival is enough, whatever the others say: a sum of margins would let a far gap make up for a near premise.
        over_refusals=min(over(Verdict.NOT_IN_ARTICLE), over(Verdict.PREMISE)),
        over_talk=min(talk),
        over_off_topic=talk[0],
        over_opinion=talk[1],
        over_small_talk=talk[2],
        nearer_than_gaps=nearer(Verdict.NOT_IN_ARTICLE),
        nearer_than_premises=nearer(Verdict.PREMISE),
        resemblance=resemblance,
        coverage=coverage,
        evidence_per_word=evidence / max(3, words),
        keywords=float(keywords),
        **{name: min(_UNMET_LIMIT, weights.get(constraint, 0.0)) for name, constraint in _CONSTRAINT_OF.items()},
    )


@dataclass(frozen=True)
class Model:
    """Probability that the best entry answers the question = logistic(bias + weights . signals); answered at `threshold` and above."""

    bias: float
    weights: tuple[float, ...]
    threshold: float

    def probability(self, found: Signals) -> float:
        z = self.bias + sum(w * x for w, x in zip(self.weights, found.vector(), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def fit(found: Sequence[Signals], right: Sequence[bool], *, ridge: float = 3.0, threshold: float = 0.5) -> Model:
    """Ridge-penalised logistic regression on standardised signals by Newton's method, deterministic.

    An unmet constraint may never speak for an answer: a weight that would come out with the wrong sign is left out (set to 0) and the rest
    fitted again, so that chance in a small set of questions cannot teach the opposite of what the signal means.
    """
    x = np.array([f.vector() for f in found], dtype=np.float64)
    y = np.array(right, dtype=np.float64)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    standard = (x - mean) / scale
    against = np.array([name.startswith("unmet_") for name in SIGNAL_NAMES])
    free = np.ones(len(SIGNAL_NAMES), dtype=bool)
    while True:
        bias, weights = _newton(standard[:, free], y, ridge)
        full = np.zeros(len(SIGNAL_NAMES))
        full[free] = weights
        wrong = against & (full > 0)
        if not wrong.any():
            break
        free &= ~wrong
    raw = full / scale
    return Model(float(bias - raw @ mean), tuple(float(w) for w in raw), threshold)


def _newton(x: NDArray[np.float64], y: NDArray[np.float64], ridge: float) -> tuple[float, NDArray[np.float64]]:
    z = np.hstack([np.ones((len(x), 1)), x])
    penalty = ridge * np.eye(z.shape[1])
    penalty[0, 0] = 1e-6
    beta = np.zeros(z.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-z @ beta))
        gradient = z.T @ (p - y) + penalty @ beta
        hessian = (z * (p * (1 - p))[:, None]).T @ z + penalty
        beta -= np.linalg.solve(hessian, gradient)
    return float(beta[0]), beta[1:]
