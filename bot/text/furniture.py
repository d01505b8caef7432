"""Which paragraphs of a page that was copied whole belong to the page and not to its article: menus, buttons, links to others. Pure."""

from __future__ import annotations

import re

from bot.text.article import Article, parse

_FURNITURE = re.compile(
    r"(?:skip to (?:main |the )?(?:content|navigation)|advertisements?|advertise with us|menu|search|home|news|log ?in|sign ?(?:in|up)|"
    r"subscribe(?: now| today)?|register|share(?: (?:this(?: (?:article|page|story|post))?|on \w+))?|print(?: this page)?|"
    r"(?:tweet|e?mail|copy link|save|comments?(?: \(\d+\))?|\d+ comments?)|related(?: (?:articles?|stories|topics|content))?|"
    r"most (?:read|popular|viewed)|read more|more on this(?: story)?|read next|recommended|you (?:may|might) also like|"
    r"back to (?:the )?top|(?:we use|this (?:site|website) uses) cookies[^\n]*|accept(?: all)?(?: cookies)?|cookie (?:policy|settings)|"
    r"privacy policy|terms (?:of (?:use|service)|and conditions)|all rights reserved|(?:©|copyright)[^\n]{0,80}|loading(?:\.{3}|…)?|"
    r"sign up (?:for|to) our[^\n]{0,60}|newsletter)[.!:…]?|"
    r"(?:read (?:more|next|also|this next)|also read|most read|don[’']t miss)\s*:\s[^\n]+",
    re.IGNORECASE,
)  # fmt: skip
_BAR = re.compile(r"\s[|›»>•·]\s")  # between the words of a menu
_LONGEST_FURNITURE = 120  # characters of a line


def read_page(data: bytes) -> tuple[Article, tuple[str, ...]]:
    """The article in the bytes of a text that may be a page copied whole, with those of its paragraphs that belong to the page, each
    once; none where nothing else is left. Raises UnicodeDecodeError where the bytes are not UTF-8."""
    article = parse(data)
    every = dict.fromkeys(article.excerpt(p.span).text for p in article.paragraphs)
    found = tuple(filter(_is_furniture, every))
    return (article.without(found), found) if 0 < len(found) < len(every) else (article, ())


def _is_furniture(paragraph: str) -> bool:
    first, *others = (line.strip() for line in paragraph.splitlines())
    return _is_furniture_line(first) and all(_is_furniture_line(line) or _BAR.search(line) for line in others)


def _is_furniture_line(line: str) -> bool:
    """Whether a page has such a line, or a menu with two of them: "Home | News | Sport"."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    parts = _BAR.split(line)
    return bool(_FURNITURE.fullmatch(line)) or (len(parts) > 2 and sum(map(bool, map(_FURNITURE.fullmatch, parts))) > 1)
