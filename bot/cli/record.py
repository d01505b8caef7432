"""The object that `ask --json` and `ask --jsonl` print for a question; its contract is docs/ask-json.md."""

from __future__ import annotations

from typing import Any

from bot import __version__
from bot.engine.answer import Answer, Answered, Citation, Contradicted, citations_of, nearest_of
from bot.pack.values import Pack
from bot.say.attribution import utterer
from bot.say.deep_links import deep_link
from bot.say.languages import FALLBACK, wording
from bot.say.replies import compose


def record(answer: Answer, pack: Pack, question: str, identifier: Any) -> dict[str, Any]:
    """The answer to `question` as an object of JSON; `identifier` is any value of JSON."""
    match answer:
        case Answered():
            entry = answer.entries[0].id if answer.entries else None
        case Contradicted():
            entry = answer.premise.id
        case _:
            entry = None
    return {
        "id": identifier,
        "question": question,
        "verdict": answer.verdict.value,
        "entry": entry,
        "confidence": round(answer.confidence, 4),
        "lead": (answer.lead or None) if isinstance(answer, Answered) else None,
        "reply": compose(answer, pack, wording(FALLBACK)).plain,
        "excerpts": [_excerpt(c, pack) for c in citations_of(answer)],
        "nearest": [_excerpt(c, pack) for c in nearest_of(answer)],
        "suggestions": list(answer.suggestions),
        "left": list(answer.left),
        "pack": {"slug": pack.slug, "sha256": pack.article.sha256},
        "engine": __version__,
    }


def _excerpt(citation: Citation, pack: Pack) -> dict[str, Any]:
    excerpt, url = citation.excerpt, pack.metadata.url
    return {
        "text": excerpt.text,
        "start": excerpt.span.start,
        "end": excerpt.span.end,
        "paragraph": excerpt.paragraph.number,
        "speaker": utterer(citation, pack),
        "quote": citation.quote.id if citation.quote else None,
        **({"url": deep_link(url, [excerpt])} if url else {}),
    }
