"""The report of a pack as one HTML page: no script, nothing from outside, the same bytes for the same values.

All text is escaped by the template engine, and what nobody sees or what would reorder the page is named; see `visible`. The policy of the
page (https://www.w3.org/TR/CSP3/) allows its own style alone.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.curate.grade import Grade, Reason
from bot.curate.next_steps import FEW_LABELLED
from bot.curate.pack_report import PackReport, Reach
from bot.curate.phrasings import ENOUGH
from bot.pack.values import QuoteKind, Verdict
from bot.text.display import clip, counted, visible

GENERATOR = b'<meta name="generator" content="verbatim report">'  # by which a page is known to be a report
_DATA = Path(__file__).parent.parent / "data"

_GRADES = {
    Grade.A: "Reviewed, tested, and right on labelled questions.",
    Grade.B: "Sound.",
    Grade.C: "It works, and something in it is missing, untested or mistaken.",
    Grade.D: "It works in part: much is still to be written or tested.",
    Grade.E: "A beginning: little more than the bare text, or too often wrong.",
}
_REACHES = {
    Reach.CURATED: {"sign": "●", "name": "Curated", "meaning": "An entry shows it as its answer."},
    Reach.CORRECTING: {
        "sign": "◆", "name": "Corrects only", "meaning": "It is shown where a question takes something wrong for granted, and by no entry."
    },
    Reach.READ: {
        "sign": "◐", "name": "Read", "meaning": "No entry shows it. It is searched, and shown where it surely answers."
    },
    Reach.NONE: {"sign": "○", "name": "Not reached", "meaning": "No question can get it."},
}  # fmt: skip
_KINDS = {
    QuoteKind.DIRECT: "in quotation marks, the speaker’s own words",
    QuoteKind.REPORTED: "a statement in somebody else’s words",
    QuoteKind.NARRATION: "told by the article itself",
}
_VERDICTS = {
    Verdict.ANSWER: "Answered",
    Verdict.PREMISE: "Corrected",
    Verdict.UNSURE: "Not sure",
    Verdict.AMBIGUOUS: "Which is meant?",
    Verdict.NOT_IN_ARTICLE: "The article does not say",
    Verdict.OPINION: "An opinion is asked",
    Verdict.OFF_TOPIC: "Something else",
    Verdict.SMALL_TALK: "Small talk",
}
_PLACES = {
    "failed": "test questions",
    "confused": "near misses",
    "confusable": "entries alike",
    "not-reached": "the sentences",
    "open": "what is open",
    "article": "the article",
    "drafted": "the drafts",
    "gaps": "the gaps",
    "when": "when it answers",
    "made": "the questions",
    "unguarded": "the entries",
    "underasked": "the entries",
    "doubtful": "the short answers",
}


def page(report: PackReport) -> bytes:
    """The page in UTF-8."""
    style = (_DATA / "report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_DATA),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": counted,
        "percent": _percent,
        "share": _share,
        "words": _words,
        "clip": clip,
        "lower_first": _lower_first,
    }
    bars, plot = report.bars, report.curve and report.curve.plot
    left, right, top, bottom = plot.edges if plot else (0.0, 0.0, 0.0, 0.0)
    text = environment.get_template("report.html").render(
        r=report,
        lowest=sorted((x for x in report.graded.worst_first if x.mark is report.graded.grade), key=lambda x: not x.of),
        used={s.reach for p in report.article for s in p.sentences},
        meaning=_GRADES[report.graded.grade],
        style=Markup(style),  # our own; escaped, it would be no style
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        shown={c.topic.id: c.topic.question for c in (*report.entries, *report.gaps, *report.premises)},
        reaches=_REACHES,
        kinds=_KINDS,
        verdicts=_VERDICTS,
        places=_PLACES,
        enough=ENOUGH,
        few=bool(report.curve and report.curve.questions < FEW_LABELLED),
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        bars=(
            ("A passage is shown as the answer", bars.answer),
            ("The same where the message is read with the question before it", bars.follow_up),
            ("Its short answer stands before it", bars.lead),
            (
                "Anything may answer: “not sure”, with the nearest passage; below this, “the article does not say that”",
                bars.absent,
            ),
            ("A gap is named: the article is known not to say it", bars.gap),
            ("What the question takes for granted is corrected", bars.premise),
            ("It is taken for small talk, an opinion or another subject", bars.talk),
        ),
    )
    return text.lstrip("\n").encode()


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(share: float) -> str:
    """Rounded down to a tenth, and without one where that is 0: what is short of 100% never reads as 100%."""
    tenths = int(share * 1000 + 1e-6)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10}%"


def _share(reason: Reason) -> str:
    return _percent(reason.right / reason.of)


def _words(value: str) -> str:
    return value.replace("_", " ")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
