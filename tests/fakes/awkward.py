"""Articles of awkward characters, for what must hold whatever the text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from bot.engine.answer import Citation
from bot.pack.values import NO_PUBLISHER, Metadata, Pack, Person, PersonKind, Quote, QuoteKind
from bot.text import article as articles
from bot.text.article import Span

# Characters with a meaning in some format, ends of lines of every kind, and letters beyond the first plane.
PIECES = [
    *"aaabé \n\n\r\t\\{}%#$&_~^\"'`*<>|[]@:=-–,;.!?1“”\u00a0\u2028\x85\x0c𝒜",
    "\r\n",
    "\n\n",
    "word ",
    "\nER  - ",
    "--",
    "''",
]


AWKWARD = st.lists(st.sampled_from(PIECES), min_size=1, max_size=80).map("".join)


def bare_pack(text: str) -> Pack:
    parsed = articles.parse(text.encode())
    return Pack("odd", parsed.headline, "odd things", NO_PUBLISHER, parsed, {}, {}, ())


@st.composite
def excerpts(draw: st.DrawFn) -> tuple[Pack, Citation]:
    """An awkward text with some passage of it, said by somebody with an awkward name."""
    pack = bare_pack("Heading\n\n" + draw(AWKWARD))
    length = len(pack.article.text)
    start = draw(st.integers(0, length - 1))
    span = Span(start, draw(st.integers(start + 1, length)))
    person = Person("p", draw(AWKWARD), PersonKind.PERSON, draw(AWKWARD), ())
    quote = Quote("q", span, draw(st.sampled_from([QuoteKind.DIRECT, QuoteKind.NARRATION])), ("p",), None)
    names = tuple(name for name in (" ".join(draw(AWKWARD).split()) for _ in range(draw(st.integers(0, 2)))) if name)
    said = Metadata(
        "", draw(st.sampled_from(["", "2026", "2026-05", "2026-05-04"])), names, draw(st.sampled_from([(), ("date",)]))
    )
    return replace(pack, people={"p": person}, publisher=draw(AWKWARD), metadata=said), Citation(
        pack.article.excerpt(span), quote
    )
