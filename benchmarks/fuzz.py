"""Hostile and realistic questions against the promises that hold for every reply, whatever is asked.

Every conversation (most of one message, some of up to five) goes through Engine.answer, bot.say.replies.compose and
bot.cli.record. A violation is an exception, a quotation that is not the slice of the article that it says it is, a limit passed,
a live mention, or a record that does not serialise. One conversation in 25 is asked twice in one process and once more in
another, which hashes strings in another way and has made the vectors instead of taking up the kept ones: the records must be the
same bytes.

Half of the messages that begin a conversation are recorded phrasings, word for word, which are only looked up: they show the
replies of all topics. The others are read. The conversations depend on --seed, their number and the pack alone. Exit status: 0
for no violation, 1 for any, 2 for a usage or pack error.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from bot.cli.record import record
from bot.config import shipped
from bot.engine.answer import Answer, Answered, Contradicted, OpinionAsked, citations_of, nearest_of
from bot.engine.build import build, frequency_ranks
from bot.engine.pipeline import Engine
from bot.engine.question import clean
from bot.errors import FileFaults
from bot.say.languages import FALLBACK, wording
from bot.say.lines import Reply
from bot.say.replies import compose
from bot.text.article import digest

PROCESSES = 2
CHUNK = 50  # conversations handed to a process at a time
SAMPLE = 25  # one conversation in so many is asked again
# Limits in characters, written out here so that a slip in the code's own numbers is seen. Discord's: content, label, and how many
# buttons stand in a row.
MAX_CONTENT, MAX_LABEL, MAX_CHOICES = 2000, 80, 5
MAX_EXCERPTS, MAX_PLAIN = 900, 1500  # of one answer, by the contract of `ask --json`
MAX_POSITIONS = 2  # that a reply shows of those in the record
MAX_QUESTION = 4000  # characters of a Discord message from a subscriber; nobody else may send more than 2,000
RECORDED = 0.5  # share of the first messages
SHOWN = 20

_LIVE_MENTION = re.compile(r"(?<!\\)@(?:everyone|here)|(?<!\\)<(?:[@#:]|a:|t:|/)")
_LIVE_MARK = re.compile(r"(?<!\\)(?:\\\\)*(?:[*_~`|\[\]<>#]|:(?=//)|:(?=\w+:))")
_UNESCAPE = re.compile(r"\\([^\w\s]|_)")

_FOLLOW_UPS = (
    "who said that?", "more", "go on", "and then?", "why?", "when?", "what about him", "is that a direct quote?",
    "sorry, I meant the other one", "and Unison?",
    "no", "ok thanks", "what else did she say", "according to whom", "and who is he?", "where does it say that", "huh",
    "source?", "and GMB's?", "how many",
)  # fmt: skip
_FRAMES = (
    "{}", "{}?", "who said {}", "did he really say {}?", "is it true that {}", "what comes after {}", "{} - who wrote that",
    "why does it say {}",
)  # fmt: skip
_MARKS = ("“{}”", '"{}"', "‘{}’", "'{}'", "> {}\n", "{}", "`{}`", "“{}", '{}"')
_MARKUP = (
    "**{}**", "*{}*", "__{}__", "~~{}~~", "||{}||", "`{}`", "```\n{}\n```", "```py\n{}```", "> {}", ">>> {}", "# {}", "-# {}",
    "- {}", "1. {}", "[{}](https://example.org/a_b)",
    "<@123456789012345678> {}", "<@!1> {}", "<@&2> {}", "{} <#3>", "<:name:4> {} <a:wave:5>", "</ask:6> {}",
    "<t:1700000000:R> {}", "@everyone {}", "{} @here",
    "https://example.org/?q={}", "<https://example.org> {}", "\\*{}\\*", "{}\n\n{}", "<b>{}</b>", "{{{}}}", "%s %d {}",
    "&lt;{}&gt;", "\u200b{}\u200b", "{}\\",
)  # fmt: skip
_EMPTY = (
    "", " ", "\n", "\t \n ", "?", "???", "!", "...", "\u200b", "\u00a0", "\ufeff", "**", "||||", "``````", "> ", "<@1>", "-",
    "—", "\x00", "\ud83d", "’", "a", "0", "é", "“”", "#",
)  # fmt: skip
_SCRIPTS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF), (0x1100, 0x11FF),
    (0x2000, 0x206F), (0x2070, 0x2BFF),
    (0x3040, 0x30FF), (0x3300, 0x33FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xD800, 0xDFFF), (0xE000, 0xF8FF),
    (0xFB00, 0xFDFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF),
    (0x10000, 0x1FFFF), (0x1D400, 0x1D7FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1FAFF), (0x20000, 0x3FFFF), (0xE0000, 0xE01EF),
    (0xF0000, 0x10FFFF), (0x0, 0x1F), (0x7F, 0x9F),
)  # fmt: skip


class Writer:
    """Writes conversations from the material of one pack."""

    def __init__(self, engine: Engine) -> None:
        pack = engine.pack
        self._recorded = [p for t in pack.topics for p in t.asked]
        self._phrasings = [*self._recorded, *(p for t in pack.topics for p in t.near_misses)]
        self._passages = [pack.excerpt(q).text for q in pack.quotes] or [
            pack.article.excerpt(s).text for s in pack.article.sentences
        ]
        self._words = pack.article.text.split()
        self._vocabulary = list(frequency_ranks())
        # Realistic kinds stand more than once: they reach more of the code than noise does.
        self._kinds: tuple[Callable[[random.Random], str], ...] = (
            self.edited, self.edited, self.edited, self.edited, self.spliced, self.spliced, self.shuffled, self.n_gram,
            self.n_gram, self.fragment, self.fragment, self.vocabulary, self.vocabulary, self.markup, self.markup, self.unicode,
            self.disguised, self.mixed,
        )  # fmt: skip

    def conversation(self, seed: int, number: int) -> list[str]:
        """The messages of conversation `number`, each at most 4,000 characters."""
        rng = random.Random(f"{seed}/{number}")
        turns = rng.randint(2, 5) if rng.random() < 0.12 else 1
        first = rng.choice(self._recorded) if rng.random() < RECORDED else self._message(rng)
        later = (rng.choice(_FOLLOW_UPS) if rng.random() < 0.5 else self._message(rng) for _ in range(turns - 1))
        return [message[:MAX_QUESTION] for message in (first, *later)]

    def _message(self, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.01:
            return rng.choice(_EMPTY)
        if chance < 0.02:
            return self.long(rng)
        return rng.choice(self._kinds)(rng)

    def edited(self, rng: random.Random) -> str:
        """A phrasing with up to four slips of a finger."""
        text = list(rng.choice(self._phrasings))
        for _ in range(rng.randint(0, 4)):
            at = rng.randrange(len(text) + 1)
            match rng.randrange(6):
                case 0:
                    del text[at : at + 1]
                case 1:
                    text.insert(at, rng.choice("abcdefghijklmnopqrstuvwxyz '’?,.-"))
                case 2:
                    text[at : at + 2] = text[at : at + 2][::-1]
                case 3:
                    text[at : at + 1] = [rng.choice("abcdefghijklmnopqrstuvwxyz0123456789")]
                case 4:
                    text[at:at] = text[at : at + 1] * rng.randint(1, 6)
                case _:
                    text[at : at + 1] = ["".join(text[at : at + 1]).swapcase()]
        return "".join(text)

    def spliced(self, rng: random.Random) -> str:
        """The beginning of one phrasing and the end of another, or two in one message."""
        one, other = rng.choice(self._phrasings).split(), rng.choice(self._phrasings).split()
        joint = rng.choice((" ", " and ", ", and ", "? ", ". ", "\n", " or ", " + ", ", but "))
        if rng.random() < 0.5:
            one, other = one[: rng.randint(0, len(one))], other[rng.randint(0, len(other)) :]
        return " ".join(one) + joint + " ".join(other)

    def shuffled(self, rng: random.Random) -> str:
        words = rng.choice(self._phrasings).split()
        rng.shuffle(words)
        return " ".join(words)

    def n_gram(self, rng: random.Random) -> str:
        """Words that stand side by side in the article."""
        length = min(len(self._words), rng.choice((1, 2, 3, 4, 6, 9, 15, 40)))
        start = rng.randint(0, len(self._words) - length)
        return rng.choice(_FRAMES).format(rng.choice(_MARKS).format(" ".join(self._words[start : start + length])))

    def fragment(self, rng: random.Random) -> str:
        """A piece of a passage with one character changed: near enough to be taken for it, and not it."""
        passage = rng.choice(self._passages)
        start = rng.randrange(len(passage))
        text = passage[start : start + rng.randint(3, 300)]
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz’”“ \u00a0.") + text[at + 1 :]
        return rng.choice(_FRAMES).format(rng.choice(_MARKS).format(text))

    def vocabulary(self, rng: random.Random) -> str:
        return " ".join(rng.choices(self._vocabulary, k=rng.choice((1, 2, 3, 5, 8, 13, 30)))) + rng.choice(("", "?"))

    def markup(self, rng: random.Random) -> str:
        text = self.edited(rng)
        for _ in range(rng.randint(1, 3)):
            text = rng.choice(_MARKUP).replace("{}", text)
        return text

    def unicode(self, rng: random.Random) -> str:
        """Runs of characters of any plane and script, lone surrogates, controls and direction marks among them."""
        out = []
        for _ in range(rng.randint(1, 6)):
            low, high = rng.choice(_SCRIPTS) if rng.random() < 0.9 else (0, 0x10FFFF)
            out.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 20))))
        return rng.choice(("", " ", "\u202e")).join(out)

    def disguised(self, rng: random.Random) -> str:
        """A phrasing in other letters: full width, mathematical, spaced out, upside of stacked accents, or between direction
        marks."""
        text = rng.choice(self._phrasings)
        match rng.randrange(5):
            case 0:
                return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
            case 1:
                return "".join(chr(0x1D400 + ord(c) - ord("a") + 26) if "a" <= c <= "z" else c for c in text)
            case 2:
                return "\u200b".join(text) if rng.random() < 0.5 else " ".join(text)
            case 3:
                return "".join(c + "".join(chr(rng.randint(0x300, 0x36F)) for _ in range(rng.randint(0, 5))) for c in text)
            case _:
                return "\u202e" + text + "\u202c\u2067" + text[::-1] + "\u2069"

    def mixed(self, rng: random.Random) -> str:
        """Words and noise in one message."""
        pieces = [self.edited(rng), self.unicode(rng), self.n_gram(rng), self.vocabulary(rng)]
        rng.shuffle(pieces)
        return rng.choice((" ", "\n", ". ", "? ", ", ")).join(pieces[: rng.randint(2, 4)])

    def long(self, rng: random.Random) -> str:
        """Up to 4,000 characters of one kind, of one word, or of one repeated piece."""
        length = rng.randint(1000, MAX_QUESTION)
        match rng.randrange(4):
            case 0:
                piece = rng.choice(
                    (
                        self.edited(rng) + "? ",
                        self.fragment(rng),
                        "“" + self.fragment(rng) + "” ",
                        "and who and when ",
                        "not ",
                        "1.",
                        "\n",
                        " \n",
                        "'a ",
                        "“ab",
                    )
                )
                return (piece * length)[:length]
            case 1:
                return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=length))
            case 2:
                low, high = rng.choice(_SCRIPTS)
                return "".join(chr(rng.randint(low, high)) for _ in range(length))
            case _:
                text = ""
                while len(text) < length:
                    text += rng.choice(self._kinds)(rng) + rng.choice((" ", "\n", "? ", ", "))
                return text[:length]


def violations(answer: Answer, reply: Reply, data: dict[str, object], engine: Engine) -> Iterator[str]:
    """What a reply breaks, in words."""
    article = engine.pack.article
    shown = (*citations_of(answer), *nearest_of(answer))
    answered = isinstance(answer, Answered | Contradicted)
    rows = [*_rows(data["excerpts"]), *_rows(data["nearest"])]
    if len(rows) != len(shown):
        yield f"{len(shown)} citations, but {len(rows)} excerpts in the record"
    for row, citation in zip(rows, shown, strict=False):
        text, start, end = row["text"], int(str(row["start"])), int(str(row["end"]))
        if not text or text != article.text[start:end] or text != citation.excerpt.text:
            yield f"the excerpt {text!r} is not article.text[{start}:{end}]"
        if row["quote"] is not None:
            span = engine.pack.quotes[str(row["quote"])].span
            if (span.start, span.end) != (start, end):
                yield f"the excerpt at {start}..{end} is not its quote's, {row['quote']} at {span.start}..{span.end}"
    if answered and not rows:
        yield "an answer without an excerpt"
    characters = sum(len(c.excerpt.text) for c in shown)
    if characters > MAX_EXCERPTS:
        yield f"excerpts of {characters} characters together"
    if reply.plain != data["reply"]:
        yield "the record's reply is not the composed one"
    quoted = [c.excerpt.text for c in (shown[:MAX_POSITIONS] if isinstance(answer, OpinionAsked) else shown)]
    yield from _unquoted(reply.plain, quoted)
    yield from _misquoted(reply.content, quoted)
    if not reply.content.strip() or not reply.plain.strip():
        yield "an empty reply"
    if len(reply.content) > MAX_CONTENT:
        yield f"content of {len(reply.content)} characters"
    if answered and len(reply.plain) > MAX_PLAIN:
        yield f"an answer of {len(reply.plain)} characters"
    if len(reply.choices) > MAX_CHOICES:
        yield f"{len(reply.choices)} choices"
    for choice in reply.choices:
        if not 1 <= len(choice.label) <= MAX_LABEL:
            yield f"a label of {len(choice.label)} characters: {choice.label!r}"
    if mention := _LIVE_MENTION.search(reply.content):
        yield f"a live mention: {mention[0]!r}"
    try:
        reply.content.encode("utf-8"), reply.plain.encode("utf-8")
    except UnicodeEncodeError as error:
        yield f"a reply that is not Unicode text: {error}"
    if not 0 <= answer.confidence <= 1:
        yield f"a confidence of {answer.confidence}"


def misechoed(echoed: Reply, bare: Reply) -> Iterator[str]:
    """What a reply to a command breaks, over which the question stands: one line of small print, in which nothing acts."""
    over, _, rest = echoed.content.partition("\n")
    if echoed.content == bare.content:
        return  # a message without a word that is left
    if not over.startswith("-# ") or (rest != bare.content and len(echoed.content) < MAX_CONTENT):
        yield f"the question is not in the first line alone: {over[:80]!r}"
    if len(echoed.content) > MAX_CONTENT:
        yield f"content of {len(echoed.content)} characters with the question"
    if mention := _LIVE_MENTION.search(over):
        yield f"a live mention in the question: {mention[0]!r}"
    if live := _LIVE_MARK.search(over.removeprefix("-# ")):
        yield f"live Markdown in the question: {live[0]!r}"


def _rows(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []


def _unquoted(plain: str, texts: Sequence[str]) -> Iterator[str]:
    """Excerpts that the plain reply does not quote whole, each on lines of its own and in order; and quotations beside them."""
    rest = f"\n{plain}\n"
    for text in texts:
        start = rest.find("\n“")
        if start < 0 or not rest.startswith(f"\n“{text}”\n", start):
            yield f"the excerpt {text[:60]!r} is not quoted whole and in its place"
            return
        rest = rest[start + len(text) + 3 :]
    if "\n“" in rest:
        yield "a quotation that is no excerpt"


def _misquoted(content: str, texts: Sequence[str]) -> Iterator[str]:
    """Quotations of the Markdown reply that do not show the excerpts, in order, once the backslashes are taken away."""
    blocks = re.findall(r"(?:^> .*(?:\n|\Z))+", content, re.MULTILINE)
    shown = [" ".join(_UNESCAPE.sub(r"\1", b).replace("\n> ", "\n").removeprefix("> ").split()) for b in blocks]
    wanted = [" ".join(f"“{t}”".split()) for t in texts]
    if shown != wanted:
        wrong = next(
            (f"{s[:60]!r} for {w[:60]!r}" for s, w in zip(shown, wanted, strict=False) if s != w),
            f"{len(shown)} for {len(wanted)}",
        )
        yield f"quotations in the message: {wrong}"


@dataclass
class Tally:
    """What a chunk of conversations came to."""

    verdicts: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[str, list[str]]] = field(default_factory=list)
    sampled: list[tuple[int, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    seconds: float = 0.0
    peak: int = 0


def ask(engine: Engine, messages: Sequence[str], tally: Tally | None = None) -> str:
    """Put a conversation to the engine; returns the SHA-256 of its records, and adds what was found to the tally."""
    history: list[Answer] = []
    records = []
    for turn, message in enumerate(messages):
        start = time.perf_counter()
        answer = engine.answer(message, history)
        reply = compose(answer, engine.pack, wording(FALLBACK))
        seconds = time.perf_counter() - start
        data = record(answer, engine.pack, message, None)
        line = json.dumps(data, ensure_ascii=False, allow_nan=False)
        if tally is not None:
            tally.verdicts[answer.verdict.value] += 1
            tally.seconds += seconds
            tally.slowest = max(tally.slowest, (seconds, _shown(message)))
            found = list(violations(answer, reply, data, engine))
            found += misechoed(compose(answer, engine.pack, wording(FALLBACK), asked=clean(message)), reply)
            if json.loads(line) != data:
                found.append("a record that does not come back from JSON as it was")
            tally.broken += [(f"{answer.verdict.value}: {what}", list(messages[: turn + 1])) for what in found]
        records.append(line)
        history.append(answer)
    # A lone surrogate of the question stands in the record as it came; here it must only not differ.
    return digest("\n".join(records).encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=1)
def _worker(pack: Path, cache: Path) -> tuple[Engine, Writer]:
    engine = build(pack, cache)
    engine.warm()
    return engine, Writer(engine)


def chunk(task: tuple[Path, Path, int, int, int]) -> Tally:
    """Conversations `first` to `last` - 1 of a seed."""
    pack, cache, seed, first, last = task
    engine, writer = _worker(pack, cache)
    tally = Tally()
    for number in range(first, last):
        messages = writer.conversation(seed, number)
        try:
            once = ask(engine, messages, tally)
            if number % SAMPLE == 0:
                tally.sampled.append((number, once))
                if ask(engine, messages) != once:
                    tally.broken.append(("asked again, the records differ", messages))
        except Exception as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "bot" in Path(f.filename).parts]
            where = ", ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames[-2:])
            tally.broken.append((f"{type(error).__name__}: {error} ({where})", messages))
    tally.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return tally


def _shown(message: str) -> str:
    return f"{message[:100]!a}" + (f"... ({len(message)} characters)" if len(message) > 100 else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--questions", type=int, default=20_000, metavar="N", help="conversations to hold (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which conversations (default: %(default)s)")
    parser.add_argument(
        "--pack",
        type=Path,
        default=shipped("knowledge/backthecode"),
        help="a pack's folder or a text file (default: the shipped one)",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        return hold(options.pack, Path(cache), options.questions, options.seed)


def hold(pack: Path, cache: Path, conversations: int, seed: int) -> int:
    """Hold the conversations and report; this process makes the vectors, the others take up what it has kept in `cache`."""
    try:
        engine, writer = _worker(pack, cache)
    except FileFaults as error:
        print(error, file=sys.stderr)
        return 2
    if digest(engine.pack.article.text.encode()) != engine.pack.article.sha256:
        print("The article's text is not what its SHA-256 says.", file=sys.stderr)
        return 1
    tasks = [(pack, cache, seed, first, min(first + CHUNK, conversations)) for first in range(0, conversations, CHUNK)]
    total, start = Tally(), time.perf_counter()
    # Spawned, not forked: each process then hashes strings in its own way, as two installations do.
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for tally in pool.imap(chunk, tasks):
            total.verdicts += tally.verdicts
            total.broken += tally.broken
            total.sampled += tally.sampled
            total.slowest = max(total.slowest, tally.slowest)
            total.seconds += tally.seconds
            total.peak = max(total.peak, tally.peak)
    elapsed = time.perf_counter() - start
    for number, once in total.sampled:
        messages = writer.conversation(seed, number)
        if ask(engine, messages) != once:
            total.broken.append(("asked in another process, the records differ", messages))
    return report(total, conversations, elapsed)


def report(total: Tally, conversations: int, elapsed: float) -> int:
    messages = total.verdicts.total()
    print(f"{conversations:,} conversations, {messages:,} messages, {len(total.sampled):,} conversations asked three times")
    for verdict, count in total.verdicts.most_common():
        print(f"  {verdict:15}{count:10,}{count / messages:8.1%}")
    print(
        f"{messages / elapsed:,.0f} messages a second with {PROCESSES} processes; "
        f"{1000 * total.seconds / max(1, messages):.2f} ms each on average"
    )
    print(f"slowest {1000 * total.slowest[0]:.0f} ms: {total.slowest[1]}")
    print(f"peak memory of a process {total.peak / 1024:.0f} MB")  # ru_maxrss is in KiB on Linux
    print(f"{len(total.broken):,} violations")
    for what, asked in total.broken[:SHOWN]:
        print(f"\n{what}\n  asked {asked!a}")
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
