"""The articles of training/corpus, as readers meet them: a bare text, or a small pack, each with questions whose right reply is known.

The corpus is the project's own; training/corpus/README.md describes its form. Nothing here imports the bot: a small pack is a folder of files
as docs/curating.md describes them. A span is (start, end) in code points of the bare text, which is also the text of the small pack.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CORPUS = Path(__file__).resolve().parent / "corpus"
MEASURING = "*-8"  # folders kept for measuring only
FITTING = "*-7"  # kept for fitting the decision policy; the rest are for training

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of questions.tsv. `kind`: A, U, G, P, O or C; `group`: the need, gap or falsehood, or "-"; `detail`: what a near miss changes.
    `sentences`, counted from 1, answer it (A, C) or contradict it (P); all of them are needed where `every`, else any will do.
    `context` holds the questions before a follow-up, oldest first."""

    kind: str
    group: str
    sentences: tuple[int, ...]
    every: bool
    question: str
    context: tuple[str, ...] = ()
    detail: str = ""

    @property
    def needed(self) -> tuple[int, ...]:
        """The sentences that an entry cites: all where all are needed, otherwise the first."""
        return self.sentences if self.every else self.sentences[:1]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question put to an article, with the spans of the sentences that answer it (A, C) or contradict what it takes for granted (P)."""

    kind: str
    question: str
    spans: tuple[Span, ...]
    every: bool
    context: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        return self.kind in "AC" and bool(self.spans)


@dataclass(frozen=True)
class Article:
    """A folder of the corpus. `text` is what a reader would paste, and `spans[i]` the place of sentence i + 1 in it."""

    name: str
    headline: str
    paragraphs: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    text: str
    spans: tuple[Span, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(s for paragraph in self.paragraphs for s in paragraph)

    @property
    def set(self) -> str:
        """w, v or u."""
        return self.name[0]


@dataclass(frozen=True, slots=True)
class Curated:
    """The phrasings of a need, gap or falsehood, parted into those that the small pack holds and the one that is asked."""

    kept: tuple[Row, ...]
    left_out: Row


def folders(pattern: str = "*", corpus: Path = CORPUS) -> list[Path]:
    """The article folders whose name matches, in order."""
    return sorted(p for p in corpus.glob(pattern) if (p / "article.txt").is_file())


def training_folders(corpus: Path = CORPUS) -> list[Path]:
    """The folders that the reader may be trained on: neither MEASURING nor FITTING."""
    kept = {*folders(MEASURING, corpus), *folders(FITTING, corpus)}
    return [p for p in folders(corpus=corpus) if p not in kept]


def read(folder: Path) -> Article:
    """The article in a folder. Raises ValueError where a line is not of the corpus's form."""
    headline, *lines = (folder / "article.txt").read_text(encoding="utf-8").split("\n")
    blocks = re.split(r"\n(?:[ \t]*\n)+", "\n".join(lines).strip())
    paragraphs = tuple(tuple(s.strip() for s in block.split("\n")) for block in blocks)
    text, spans = headline.strip(), []
    for paragraph in paragraphs:
        for i, sentence in enumerate(paragraph):
            text += " " if i else "\n\n"
            spans.append((len(text), len(text) + len(sentence)))
            text += sentence
    rows = []
    for number, line in enumerate((folder / "questions.tsv").read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                rows.append(_row(line, len(spans)))
            except ValueError as error:
                raise ValueError(f"{folder.name}/questions.tsv:{number}: {error}") from error
    return Article(folder.name, headline.strip(), paragraphs, tuple(rows), text + "\n", tuple(spans))


def _row(line: str, sentences: int) -> Row:
    kind, group, place, question = line.split("\t")
    if kind not in "AUGPOC":
        raise ValueError(f"there is no kind {kind!r}")
    *context, last = (part.strip() for part in question.split(" >> ")) if kind == "C" else (question.strip(),)
    if kind not in "APC" or place == "-":
        return Row(kind, group, (), False, last, tuple(context), place if kind == "U" else "")
    numbers = tuple(int(n) for n in re.split(r"[+|]", place))
    if not all(1 <= n <= sentences for n in numbers):
        raise ValueError(f"{place} is not among the {sentences} sentences")
    return Row(kind, group, numbers, "|" not in place, last, tuple(context))


# Questions


def asked_of_bare(article: Article) -> list[Asked]:
    """Every question of the corpus, for the bare text."""
    return [_asked(article, row) for row in article.rows]


def asked_of_small(article: Article, k: int, every: int = 1) -> list[Asked]:
    """The questions for the small pack: of every need, gap and falsehood the phrasing that the pack lacks, and all of the other kinds. Where
    all are curated, a need without a phrasing in the pack is not asked for; a gap or falsehood is, for the article is as silent on it."""
    curated = [c.left_out for c in curate(article, k, every) if c.kept or c.left_out.kind != "A" or every > 1]
    return [_asked(article, row) for row in (*curated, *(r for r in article.rows if r.kind in "UOC"))]


def _asked(article: Article, row: Row) -> Asked:
    return Asked(row.kind, row.question, tuple(article.spans[n - 1] for n in row.sentences), row.every, row.context)


def covered(gold: Span, spans: Iterable[Span]) -> bool:
    """Whether one of the spans covers at least half of the sentence."""
    return any(2 * (min(end, gold[1]) - max(start, gold[0])) >= gold[1] - gold[0] for start, end in spans)


# The small pack


def curate(article: Article, k: int, every: int = 1) -> list[Curated]:
    """Needs, gaps and falsehoods, two phrasings kept of each (of a falsehood of two, one) and another left out. Of the needs only one in
    `every` is curated: nothing is kept of the others.

    Left out is the phrasing at `k` plus the group's own place, modulo the number of phrasings: so every rotation asks clear questions, chat
    lines and far ones alike, and as many rotations as there are phrasings ask all. Nothing is kept of a group that cites a sentence
    which cannot be quoted, since it stands in the text more than once."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for i, row in enumerate(article.rows):
        if row.kind in "AGP":
            groups.setdefault((row.kind, row.group if row.group != "-" else f"-{i}"), []).append(row)
    found = []
    for place, rows in enumerate(groups.values()):
        out = (place + k) % len(rows)
        kept = tuple(row for i, row in enumerate(rows) if i != out)[:2]
        whole = all(article.text.count(article.sentences[n - 1]) == 1 for row in kept[:1] for n in row.needed)
        is_kept = whole and (rows[0].kind != "A" or (place + k) % every == 0)
        found.append(Curated(kept if is_kept else (), rows[out]))
    return found


def write_bare(article: Article, folder: Path) -> Path:
    """Writes the bare text; returns the file."""
    path = folder / f"{article.name}.txt"
    path.write_text(article.text, encoding="utf-8", newline="")
    return path


def write_small(article: Article, folder: Path, k: int, every: int = 1) -> Path:
    """Writes the small pack that lacks the phrasings of rotation `k` into a new folder inside `folder`; returns it."""
    path = folder / f"{article.name}-small-{k}-{every}"
    path.mkdir()
    path.joinpath("article.txt").write_text(article.text, encoding="utf-8", newline="")
    for name, content in small_pack(article, k, every).items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10**6)
        path.joinpath(name).write_text(text, encoding="utf-8", newline="")
    return path


def small_pack(article: Article, k: int, every: int = 1) -> dict[str, Any]:
    """The small pack's files by name, as values for YAML; one without records is left out."""
    curated = [c.kept for c in curate(article, k, every) if c.kept]
    kept = {kind: [rows for rows in curated if rows[0].kind == kind] for kind in "AGP"}
    cited = sorted({n for rows in (*kept["A"], *kept["P"]) for n in rows[0].needed})
    files: dict[str, Any] = {
        "pack.yaml": {
            "slug": f"{article.name}-small-{k}-{every}",
            "title": article.headline,
            "subject": article.headline,
            "article": {"file": "article.txt", "sha256": hashlib.sha256(article.text.encode("utf-8")).hexdigest()},
        },
        "people.yaml": [{"id": "article", "name": "the article", "kind": "source", "aliases": ["the article"]}],
        "quotes.yaml": [_quote(article, n) for n in cited],
        "faq.yaml": [
            {
                **_topic(rows, "question"),
                "asks": "thing",
                "lead": article.sentences[rows[0].needed[0] - 1],
                "cites": [f"s{n}" for n in rows[0].needed],
            }
            for rows in kept["A"]
        ],
        "gaps.yaml": [
            {**_topic(rows, "question"), "looked_for": rows[0].question.rstrip("?!. "), "nearest": []} for rows in kept["G"]
        ],
        "premises.yaml": [
            {**_topic(rows, "presupposes"), "contradicted_by": [f"s{n}" for n in rows[0].needed]} for rows in kept["P"]
        ],
    }
    return {name: content for name, content in files.items() if content}


def _topic(rows: Sequence[Row], question: str) -> dict[str, Any]:
    """A group's first phrasing is its question, the others follow; one that has no other is its own phrasing."""
    texts = [row.question for row in rows]
    return {"id": f"{rows[0].kind.lower()}-{rows[0].group}", question: texts[0], "phrasings": texts[1:] or texts}


def _quote(article: Article, number: int) -> dict[str, Any]:
    """A sentence that begins inside quotation marks is direct, as the loader has it, any other narration; the article itself speaks all."""
    start, end = article.spans[number - 1]
    before = article.text[article.text.rfind("\n", 0, start) + 1 : start]
    return {
        "id": f"s{number}",
        "speaker": "article",
        "kind": "direct" if before.count('"') % 2 else "narration",
        "text": article.text[start:end],
    }
