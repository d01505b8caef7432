"""A drafted pack as a folder: its files as text, each record marked as drafted, and written whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.draft.drafting import Draft, draft, place_of
from bot.draft.letters import in_ascii
from bot.draft.pages import MOST_BYTES, article_text
from bot.draft.stated import Stated, stated_in
from bot.errors import Fault, FileFaults
from bot.pack.folder import read
from bot.pack.proof import control_flaw
from bot.pack.values import Person, PersonKind, Quote, QuoteKind, Topic
from bot.text.article import Article
from bot.text.display import clip
from bot.text.furniture import read_page
from bot.text.progress import Progress, silent
from bot.text.yaml_edits import quoted, term

_SHORT_TITLE = 48  # characters: it stands under every quotation, beside the place
_MAX_TITLE = 120  # characters
_MAX_SLUG = 60
_HEAD = "# Drafted by `verbatim new`. Take `drafted: true` out of each record that is right, and correct or remove the others.\n"


# Takes a text, and gives what says of a question whether that text answers it.
Reading = Callable[[bytes], Callable[[str], bool]]


@dataclass(frozen=True, slots=True)
class NewPack:
    """What was drafted of a source, and written to a folder."""

    folder: Path
    article: Article
    draft: Draft
    stated: Stated


def new_pack(source: Path, folder: Path, reading: Reading | None = None, progress: Progress = silent) -> NewPack:
    """Draft a pack from a source and write it to a folder that does not exist yet. With `reading` a likely gap is left out where the text
    answers one of its questions after all; `progress` is told how many were asked. Returns what was written. Raises FileFaults."""
    if os.path.lexists(folder):
        raise _fault(folder, "is there already, and is left as it is.", "name a folder that does not exist yet.")
    try:
        data = read(source, MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise _fault(source, "there is no such file.", "name a text file, a Markdown file, or a saved web page.") from error
    except OSError as error:
        raise _fault(source, f"cannot be read ({error.strerror}).", "check the path and its permissions.") from error
    text, page = article_text(data, str(source))
    article, furniture = _article(text, source)
    own = stated_in(article)
    stated = Stated(page.title, page.date or own.date, page.authors or own.authors, page.url or own.url, page.publisher)
    found = draft(article)
    if reading and found.gaps:
        answers = reading(text)
        gaps = []
        for done, gap in enumerate(found.gaps, 1):
            gaps += [] if any(map(answers, gap.asked)) else [gap]
            progress("Asking the text what it may leave open", done, len(found.gaps))
        found = replace(found, gaps=tuple(gaps))
    write(folder, files_of(article, text, found, stated, furniture, slug=_slug(folder.name)))
    return NewPack(folder, article, found, stated)


def _article(data: bytes, source: Path) -> tuple[Article, tuple[str, ...]]:
    article, furniture = read_page(data)
    line, flaw = control_flaw(article.text)
    if flaw:
        raise FileFaults([Fault(str(source), line, *flaw)])
    if article.is_empty:
        raise _fault(source, "holds no text.", "put the headline on the first line, and paragraphs apart by blank lines.")
    return article, furniture


def files_of(
    article: Article, data: bytes, found: Draft, stated: Stated, furniture: Iterable[str], *, slug: str
) -> dict[str, bytes]:
    """The files of the pack, by name."""
    texts = {
        "pack.yaml": _pack(article, stated, furniture, slug, found.positions),
        "people.yaml": "\n".join([_HEAD, *map(_person, found.people)]),
        "quotes.yaml": "\n".join([_HEAD, *(_quote(article, q) for q in found.quotes)]) if found.quotes else "",
        "faq.yaml": "\n".join([_HEAD, *map(_entry, found.entries)]) if found.entries else "",
        "gaps.yaml": "\n".join([_HEAD, *map(_gap, found.gaps)]) if found.gaps else "",
    }
    return {"article.txt": data, **{name: text.encode() for name, text in texts.items() if text}}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that does not exist yet: beside it first, and then in one step. Raises FileFaults."""
    beside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, data in files.items():
            (beside / name).write_bytes(data)
        beside.chmod(0o755)
        if os.path.lexists(folder):  # made meanwhile; an empty folder would be replaced in silence
            raise _fault(folder, "is there already, and is left as it is.", "name a folder that does not exist yet.")
        os.rename(beside, folder)
    except OSError as error:
        raise _fault(folder, f"cannot be written ({error.strerror}).", "check the path and its permissions.") from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _fault(path: Path, what: str, fix: str) -> FileFaults:
    return FileFaults([Fault(str(path), 0, what, fix)])


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", in_ascii(name)).strip("-")[:_MAX_SLUG].strip("-") or "article"


# Records


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _terms(ids: Iterable[str]) -> str:
    return f"[{', '.join(map(term, ids))}]"


def _pack(article: Article, stated: Stated, furniture: Iterable[str], slug: str, positions: Sequence[str]) -> str:
    headline = clip(" ".join(article.headline.split()), _MAX_TITLE)
    lines = [
        "# Drafted by `verbatim new`: see that title and subject read well, and take `drafted: true` out.",
        "drafted: true",
        f"slug: {quoted(slug)}",
        f"title: {quoted(clip(headline, _SHORT_TITLE))}",
        "# Ends the sentence “I can only answer from one article, about ...”.",
        f"subject: {quoted(headline)}",
        "article:",
        "  file: article.txt",
        f"  sha256: {quoted(article.sha256)}",
        *([f"  publisher: {quoted(stated.publisher)}"] if stated.publisher else []),
        *([f"  url: {quoted(stated.url)}"] if stated.url else []),
        *([f"  date: {quoted(stated.date)}"] if stated.date else []),
        *([f"  author: {_listed(stated.authors)}"] if stated.authors else []),
    ]
    if dropped := tuple(furniture):
        lines += [
            "  # Paragraphs of the page that are not the article.",
            "  furniture:",
            *(f"    - {quoted(line)}" for line in dropped),
        ]
    if positions:
        lines += [
            "# Shown to whoever asks for an opinion: see that the first two are of different sides, and that none is left out.",
            f"positions: {_terms(positions)}",
        ]
    return "\n".join(lines) + "\n"


def _person(person: Person) -> str:
    return _record(
        ("id", term(person.id)),
        ("name", quoted(person.name)),
        ("kind", person.kind.value),
        ("capacity", quoted(person.capacity) if person.capacity else ""),
        ("aliases", _listed(person.aliases) if person.aliases else ""),
        ("drafted", "" if person.kind is PersonKind.SOURCE else "true"),
    )


def _quote(article: Article, quote: Quote) -> str:
    place = place_of(article, quote)
    return _record(
        ("id", quote.id),
        ("speaker", _terms(quote.speakers) if len(quote.speakers) > 1 else "".join(map(term, quote.speakers))),
        ("kind", quote.kind.value),
        ("relayed_by", term(quote.relayed_by) if quote.kind is QuoteKind.REPORTED and quote.relayed_by else ""),
        ("text", quoted(article.excerpt(quote.span).text)),
        ("paragraph", quoted(place) if place else ""),
        ("open", quoted(quote.open) if quote.open else ""),
        ("drafted", "true"),
    )


def _entry(entry: Topic) -> str:
    return _record(
        ("id", entry.id),
        ("question", quoted(entry.question)),
        ("asks", entry.asks.value if entry.asks else ""),
        ("cites", _terms(entry.cites)),
        ("lead", quoted(entry.lead) if entry.lead else ""),
        ("phrasings", _listed(entry.phrasings)),
        ("drafted", "true"),
    )


def _gap(gap: Topic) -> str:
    return _record(
        ("id", gap.id),
        ("question", quoted(gap.question)),
        ("looked_for", quoted(gap.looked_for)),
        ("nearest", _terms(gap.cites) if gap.cites else ""),
        ("phrasings", _listed(gap.phrasings)),
        ("drafted", "true"),
    )


def _record(*pairs: tuple[str, str]) -> str:
    return "\n".join(_lines(pairs)) + "\n"


def _lines(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for i, (key, value) in enumerate((k, v) for k, v in pairs if v):
        yield f"{'  ' if i else '- '}{key}: {value}"
