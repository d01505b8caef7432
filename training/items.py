"""What the reader learns from: questions, each with passages of which some, or none, answer it.

An item has one of the two formats that the reader meets. S: the candidates are the sentences of a text. F: they are the entries of an FAQ, its gaps
(what the text leaves open) and false premises (what it contradicts).
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.engine.reader import EARLIER, NOT_SAID, Passage
from training.articles import Article, Row

PUBLIC_WEIGHT = 0.6  # of an item from a public source, beside 1 of the corpus's own
QAMR_QUESTIONS = 10_000
# Articles of SQuAD that are kept for measuring
HELD_OUT = frozenset("Amazon_rainforest Black_Death Civil_disobedience Geology Oxygen Rhine".split())

Candidate = tuple[Passage, ...]  # the forms in which it can be shown: a sentence has one, an entry as many as phrasings


@dataclass(frozen=True, slots=True)
class Item:
    """`kind`: A answered, C follow-up answered, U near miss, D follow-up unanswered, P false premise, O off the subject.

    `targets` are the candidates that win: those that answer, or the gap or premise that the question belongs to; none: nothing does.
    `contradicting` are those against what the question takes for granted, `refusing` the gaps and premises. Of a long text only `offered`
    (None: all) and the passages most like the question are candidates, never those `barred`. `others`: questions that may go before without
    changing this one. `severable`: without its targets, nothing else answers."""

    source: str
    format: str
    kind: str
    question: str
    candidates: tuple[Candidate, ...]
    targets: tuple[int, ...] = ()
    contradicting: tuple[int, ...] = ()
    refusing: frozenset[int] = frozenset()
    offered: tuple[int, ...] | None = None
    barred: frozenset[int] = frozenset()
    others: tuple[str, ...] = ()
    severable: bool = False
    weight: float = 1.0


def sentence_candidates(headline: str, sentences: Sequence[str]) -> tuple[Candidate, ...]:
    """Every sentence with the headline and its neighbours, "" where there is none."""
    around = ["", *sentences, ""]
    return tuple(
        (Passage(s, headline=headline, before=before, after=after),)
        for before, s, after in zip(around, sentences, around[2:], strict=False)
    )


# The corpus


def from_article(article: Article) -> list[Item]:
    """Every question of the article in both formats; a follow-up whose answer has no entry, in S alone."""
    sentences = sentence_candidates(article.headline, article.sentences)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in article.rows:
        if row.kind in "AGP" and row.group != "-":
            groups[row.kind, row.group].append(row)
    entries = tuple(_entry(article, rows) for rows in groups.values())
    place = {group: i for i, group in enumerate(groups)}
    cited = [{n for row in rows for n in row.sentences} for rows in groups.values()]
    refusing = frozenset(i for (kind, _), i in place.items() if kind in "GP")
    others = tuple(row.question for row in article.rows if row.kind in "AUG")
    items = []
    for row in article.rows:
        answered = row.kind in "AC" and bool(row.sentences)
        kind = {"G": "U", "C": "C" if answered else "D"}.get(row.kind, row.kind)
        question = EARLIER.join((*row.context, row.question))
        before = () if row.kind == "C" else others
        numbers = tuple(n - 1 for n in row.sentences)
        right, against = (numbers, ()) if answered else ((), numbers)
        items.append(Item(article.name, "S", kind, question, sentences, right, against, others=before, severable=kind == "A"))
        own = place.get(("A" if kind == "C" else row.kind, row.group))
        right = () if own is None else (own,)
        if kind == "C" and not right:
            continue
        alone = kind == "A" and not any(cited[own or 0] & other for i, other in enumerate(cited) if i != own)
        against = right if kind == "P" else ()
        items.append(Item(article.name, "F", kind, question, entries, right, against, refusing, others=before, severable=alone))
    return items


def _entry(article: Article, rows: Sequence[Row]) -> Candidate:
    text = NOT_SAID if rows[0].kind == "G" else " ".join(article.sentences[n - 1] for n in rows[0].needed)
    return tuple(Passage(text, asked=row.question, premise=row.kind == "P") for row in rows)


def misspelt(question: str, rng: random.Random) -> str:
    """With one or two slips of the finger: a letter lost, with a stray one before it, swapped with the next, or wrong."""
    for _ in range(rng.choice((1, 1, 2))):
        letters = [i for i, c in enumerate(question) if c.isalpha()]
        if len(letters) < 6:
            break
        i, stray = rng.choice(letters), rng.choice("abcdefghijklmnoprstuvwy")
        letter, after = question[i], question[i + 1 :]
        swapped = after[:1] + letter + after[1:]
        question = question[:i] + (after, after, stray + letter + after, swapped, swapped, stray + after)[rng.randrange(6)]
    return question


# Public sources


def from_squad(path: Path, *, held_out: bool = False) -> list[Item]:
    """Questions of a SQuAD 2.0 file, without those of the articles held out, or these alone. The candidates are the article's sentences: those
    of the question's own paragraph, and others that do not hold the answer."""
    items = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        if (article["title"] in HELD_OUT) != held_out:
            continue
        parted = [split_sentences(paragraph["context"]) for paragraph in article["paragraphs"]]
        sentences = [s for part in parted for s in part]
        candidates = sentence_candidates(article["title"].replace("_", " "), sentences)
        start = 0
        for paragraph, part in zip(article["paragraphs"], parted, strict=True):
            own = range(start, start + len(part))
            start += len(part)
            for asked in paragraph["qas"]:
                question, answers = asked["question"], [answer["text"] for answer in asked["answers"]]
                held = [0 if asked["is_impossible"] else sum(answer in s for answer in answers) for s in sentences]
                best = max(own, key=lambda i: (held[i], _shared(question, sentences[i])))
                if not (held[best] or asked["is_impossible"]):
                    continue  # the answer runs over two sentences
                kind, right = ("A", (best,)) if held[best] else ("U", ())
                barred = frozenset(i for i, count in enumerate(held) if count and i not in own)
                source = f"squad/{article['title']}"
                items.append(
                    Item(source, "S", kind, question, candidates, right, offered=tuple(own), barred=barred, weight=PUBLIC_WEIGHT)
                )
    return items


def _shared(question: str, sentence: str) -> int:
    """How many of the question's words the sentence has."""
    return len(set(re.findall(r"\w+", question.lower())) & set(re.findall(r"\w+", sentence.lower())))


_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|vs|etc|Gen|Col|Sen|Rep|Jr|Sr|Inc|Co|Ltd|U\.S|e\.g|i\.e|[A-Z])\.$")


def split_sentences(paragraph: str) -> list[str]:
    """Sentences of plain prose; not as the bot splits, so that the items stay the same when that changes."""
    found: list[str] = []
    for part in re.split(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])", paragraph):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += " " + part
        else:
            found.append(part)
    return [sentence.strip() for sentence in found if sentence.strip()]


def from_qamr(folder: Path, rng: random.Random, count: int = QAMR_QUESTIONS) -> list[Item]:
    """`count` questions of QAMR's filtered sets, each on one sentence of wiki-sentences.tsv; the candidates are all sentences there."""
    texts, *asked = (
        (folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        for name in ("wiki-sentences", "filtered/dev", "filtered/test")
    )
    sentences = dict(line.split("\t")[:2] for line in texts if "\t" in line)
    place = {key: i for i, key in enumerate(sentences)}
    candidates = tuple((Passage(_joined(text)),) for text in sentences.values())
    rows = [line.split("\t") for lines in asked for line in lines]
    found = [(place[row[0]], _joined(row[5])) for row in rows if row[0] in place and len(row[5].split()) >= 4]
    rng.shuffle(found)
    items = []
    for i, question in found[:count]:
        offered = (i, *rng.sample(range(len(candidates)), 4))
        items.append(Item("qamr", "S", "A", question, candidates, (i,), offered=offered, weight=PUBLIC_WEIGHT))
    return items


_TREEBANK = [("-LRB- ", "("), (" -RRB-", ")"), ("`` ", "“"), (" ''", "”"), ("$ ", "$")]
_TREEBANK += [(f" {mark}", mark) for mark in ("'s", "n't", ",", ".", ":", ";", "%", "?")]


def _joined(tokens: str) -> str:
    """Text from the Penn Treebank's tokens."""
    for apart, together in _TREEBANK:
        tokens = tokens.replace(apart, together)
    return tokens
