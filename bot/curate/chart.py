"""The risk-coverage curve of a calibration as a picture: SVG (https://www.w3.org/TR/SVG11/) written by hand.

The same points give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 640, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 610, 64, 350  # the edges of the plot
_INK, _LINE, _CURVE, _CHOSEN = "#1b1f24", "#c9ced6", "#0b57a4", "#b3261e"
_RISK_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)  # between the lines across, so that there are six of them at most
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Plot:
    """Where shares stand in a picture: coverage to the right from 0 to 1, risk upwards from 0 to `top_risk`, both inside `edges` (left,
    right, top, bottom). Coordinates are texts with one decimal place."""

    edges: tuple[float, float, float, float]
    step: float  # of risk, between the lines across
    top_risk: float

    @classmethod
    def of(cls, highest: float, edges: tuple[float, float, float, float]) -> Plot:
        """With room for a risk of `highest`, in round steps."""
        step = next((s for s in _RISK_STEPS if highest <= s * (_MOST_LINES - 1)), _RISK_STEPS[-1])
        return cls(edges, step, step * max(1, math.ceil(round(highest / step, 6))))

    def x(self, coverage: float) -> str:
        left, right, _, _ = self.edges
        return f"{left + (right - left) * coverage:.1f}"

    def y(self, risk: float) -> str:
        _, _, top, bottom = self.edges
        return f"{bottom - (bottom - top) * risk / self.top_risk:.1f}"

    def line(self, curve: Iterable[tuple[float, float]]) -> str:
        """The points of (coverage, risk) as those of a polyline."""
        return " ".join(f"{self.x(coverage)},{self.y(risk)}" for coverage, risk in curve)

    @property
    def upright(self) -> list[tuple[str, str]]:
        """The lines of coverage: where, and their labels."""
        return [(self.x(i / 5), f"{i / 5:.0%}") for i in range(6)]

    @property
    def across(self) -> list[tuple[str, str]]:
        """The lines of risk."""
        return [(self.y(i * self.step), f"{i * self.step:.0%}") for i in range(round(self.top_risk / self.step) + 1)]


def risk_coverage(curve: Sequence[tuple[float, float]], chosen: tuple[float, float], budget: float, name: str, note: str) -> str:
    """The curve of (coverage, risk), both shares, in the order of rising bars; the point chosen and the risk allowed are marked.

    It has a background of its own, so it reads the same on a light page and on a dark one. `name` is the pack's, `note` says
    where the points come from. Characters that XML cannot hold are left out. Raises ValueError where there is no point.
    """
    if not curve:
        raise ValueError("a curve needs a point")
    title = _text(f"Risk and coverage: {name}")
    told = f"{chosen[0]:.1%} answered rightly, {chosen[1]:.1%} of answers wrong"
    plot = Plot.of(max(budget, chosen[1], *(risk for _, risk in curve)), (_LEFT, _RIGHT, _TOP, _BOTTOM))
    x, y = plot.x, plot.y
    described = _text(
        f"A curve of the share of answers that are wrong (risk, upwards, 0% to {plot.top_risk:.0%}) over the share of answerable questions "
        f"that are answered rightly (coverage, to the right, 0% to 100%), one point for each bar. Chosen: {told}. "
        f"At most {budget:.1%} may be wrong. {note}"
    )

    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="13" fill="{_INK}">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{described}</desc>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="28" font-size="17" font-weight="bold">{title}</text>',
        f'<text x="{_LEFT}" y="48">{_text(note)}</text>',
    ]
    for at, label in plot.upright:
        lines.append(f'<line x1="{at}" y1="{_TOP}" x2="{at}" y2="{_BOTTOM}" stroke="{_LINE}"/>')
        lines.append(f'<text x="{at}" y="{_BOTTOM + 18}" text-anchor="middle">{label}</text>')
    for at, label in plot.across:
        lines.append(f'<line x1="{_LEFT}" y1="{at}" x2="{_RIGHT}" y2="{at}" stroke="{_LINE}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{at}" dy="0.35em" text-anchor="end">{label}</text>')
    centre, middle = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    drawn = plot.line(curve)
    lines += [
        f'<text x="{centre:.1f}" y="{_BOTTOM + 38}" text-anchor="middle">'
        "coverage: share of the answerable answered rightly</text>",
        f'<text x="20" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 20 {middle:.1f})">'
        "risk: share of answers wrong</text>",
        f'<line x1="{_LEFT}" y1="{y(budget)}" x2="{_RIGHT}" y2="{y(budget)}" stroke="{_CHOSEN}" stroke-dasharray="6 4"/>',
        f'<polyline points="{drawn}" fill="none" stroke="{_CURVE}" stroke-width="2" stroke-linejoin="round"/>',
        f'<circle cx="{x(chosen[0])}" cy="{y(chosen[1])}" r="6" fill="#ffffff" stroke="{_CHOSEN}" stroke-width="3"/>',
        # Below the plot and not beside the point, where it could cover the curve.
        f'<circle cx="{_LEFT + 6}" cy="{_HEIGHT - 16}" r="6" fill="#ffffff" stroke="{_CHOSEN}" stroke-width="3"/>',
        f'<text x="{_LEFT + 20}" y="{_HEIGHT - 16}" dy="0.35em">chosen: {told}</text>',
        f'<line x1="{_LEFT + 390}" y1="{_HEIGHT - 16}" x2="{_LEFT + 420}" y2="{_HEIGHT - 16}" stroke="{_CHOSEN}" '
        'stroke-dasharray="6 4"/>',
        f'<text x="{_LEFT + 428}" y="{_HEIGHT - 16}" dy="0.35em">allowed: {budget:.1%}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """As the text of an XML element, without what XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets)."""
    allowed = (c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000")
    return escape("".join(allowed), quote=False)
