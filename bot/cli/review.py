"""`verbatim review`: what is open in a pack, one decision a key press."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot import config
from bot.cli.messages import in_shell, show
from bot.cli.page import columns, hanging, side_by_side
from bot.cli.reports import print_object, reviewed
from bot.cli.settings import Commands, build_engine, json_option, named, named_state, pack_option, pack_path, settings_of
from bot.errors import Fault, FileFaults
from bot.serve.progress import make_ready, terminal_progress
from bot.text.display import clip, counted, visible

if TYPE_CHECKING:
    from bot.curate.misses import Origin
    from bot.curate.pack_files import PackFiles
    from bot.curate.review import Decision, Item, Missed, Record
    from bot.pack.values import Pack
    from bot.store.address import State
    from bot.store.values import Miss

_WIDE = 200  # characters of a text that is shown
_MOST_SHOWN = 8  # questions of a group that are shown
_KINDS = {
    "asked_in_vain": ("group asked in vain", "groups asked in vain"), "speaker": ("speaker not settled", "speakers not settled"),
    "would_answer": ("question that would be answered", "questions that would be answered"),
    "doubtful_lead": ("short answer that may be wrong", "short answers that may be wrong"),
    "unreached": ("sentence without entry", "sentences without entry"), "draft": ("draft", "drafts"),
    "underasked": ("entry with few phrasings", "entries with few phrasings"),
    "confusable": ("pair of entries asked alike", "pairs of entries asked alike"),
}  # fmt: skip
_LATER, _UNDO, _LEAVE = "l", "u", "q"

Line = Callable[[str], str]  # a prompt -> what somebody typed; raises KeyboardInterrupt and EOFError
Key = Callable[[str, str], str]  # a prompt and the keys that mean something -> the one that was pressed; raises them too


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "review",
        parents=[pack_option(), json_option()],
        help="decide what is open in a pack, one key a decision",
        description="Walk through what is open in a pack, the most useful first: questions that readers asked in vain, speakers that are open, "
        "drafts, questions that would be answered wrongly, sentences that no entry reaches. A decision changes the pack's files, keeping remarks and "
        "order, and only where the pack loads with it; each can be undone, also later. Without a terminal, it lists what is open.",
    )
    parser.add_argument(
        "--state",
        type=named,
        metavar="PATH",
        help="the state folder or database of the bot, with what was asked in vain (default: that of the settings)",
    )
    parser.add_argument("--quick", action="store_true", help="leave out what the pack's own tests find, which takes time")
    parser.add_argument(
        "--patch",
        type=Path,
        metavar="FILE",
        help="change nothing, and write what is decided as a patch, for the machine on which the pack lies",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show what is open and do what is decided. Returns the exit status. Raises FileFaults."""
    from bot.curate.exchange import finish, refuse_inside  # only here, as no other command wants them
    from bot.curate.open_items import open_items
    from bot.curate.pack_files import PackFiles, can_write
    from bot.curate.self_test import self_test

    path = pack_path(options)
    if finish(path):
        print(f"{path}: a change that was cut off is done now.", file=sys.stderr)
    if path.is_file():
        fix = "make a pack of it with `verbatim new`."
        raise FileFaults([Fault(str(path), 0, "is a text without curation, in which nothing is open.", fix)])
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not options.as_object
    if interactive and options.patch is None:
        refuse_inside(path)
    engine = build_engine(path, options)
    pack = engine.pack
    asked = _asked(options, pack.slug)
    tell = terminal_progress(sys.stderr)
    tested = None
    if pack.entries and not options.quick:
        make_ready(engine, tell)
        tested = self_test(engine, progress=tell)
    patch = options.patch
    if interactive and patch is None and not can_write(path):
        patch = Path(f"{pack.slug}-review.patch")
        print(f"{path}: cannot be written, so what you decide goes to {patch}.")
    files = PackFiles(path, patch if interactive else None)
    try:
        items = open_items(files, engine, asked, tested, reader=engine.has_reader, progress=tell)
        if options.as_object:
            print_object(reviewed(path, pack, items))
        elif not interactive:
            show("\n".join(_listed(path, pack, items)))
        else:
            from bot.cli.prompt import pressed, typed_line

            show(f"{path}: {pack.title}. {_how_far(items)}")
            review = Review(files, items, pressed, typed_line)
            review.run()
            if patch is not None and patch.exists():
                print(f"To apply what you decided, in the pack's folder: patch -p1 < {in_shell(patch.name)}")
            print("\n".join(_next(path, review)))
    finally:
        files.close()
    return 0


def _asked(options: argparse.Namespace, slug: str) -> list[tuple[str, Origin]]:
    """What the bot kept of questions without an answer; nothing where it keeps none. Raises StoreFault."""
    import asyncio  # only here, as `ask` starts quicker without it

    from bot.curate.misses import Origin
    from bot.store.values import STORE_FILE

    if options.state:
        state = named_state(options.state)
    else:
        try:
            settings = settings_of(options)
        except FileFaults:
            if not options.pack:
                raise
            settings = config.Settings(pack=Path(options.pack))
        state = config.state_in(settings, config.with_secrets(os.environ))
    if isinstance(state, Path) and not (state / STORE_FILE).is_file():
        if options.state:
            fix = "name the folder that `state` in the bot's settings names."
            raise FileFaults([Fault(str(state / STORE_FILE), 0, "is not there.", fix)])
        return []
    return [(miss.text, Origin(miss.day, miss.server)) for miss in asyncio.run(_misses(state, slug))]


async def _misses(state: State, slug: str) -> Sequence[Miss]:
    from bot.store.opening import open_store

    store = open_store(state)
    try:
        return await store.misses(slug)
    finally:
        await store.close()


class Review:
    """A walk through what is open, with a curator at the keys. `left` is what is still open of it, `decided` how much was decided,
    `others_undone` how much was undone that had not been decided in it."""

    def __init__(self, files: PackFiles, items: Sequence[Item], key: Key, line: Line) -> None:
        self._files, self._items, self._key, self._line = files, items, key, line
        self._place = self.others_undone = 0
        self._decided: list[int] = []  # places of what was decided here, so that undoing leads back to it

    @property
    def left(self) -> tuple[Item, ...]:
        return tuple(t for i, t in enumerate(self._items) if i not in self._decided and self._still_open(t))

    @property
    def decided(self) -> int:
        return len(self._decided)

    def run(self) -> None:
        """Until the curator leaves, or comes to the end with nothing to undo."""
        try:
            while self._goes_on():
                pass
        except (EOFError, KeyboardInterrupt):
            print()

    def _goes_on(self) -> bool:
        """Take the next point, or say that there is none. Returns whether to go on."""
        if self._place == len(self._items):
            return self._ends()
        item = _as_it_is(self._items[self._place], self._files.pack)
        if self._still_open(item):
            return self._step(item)
        self._place += 1
        return True

    def _ends(self) -> bool:
        """Behind the last point, where that too can still be undone. Returns whether to go on."""
        if not self._files.can_undo:
            return False
        print("\nThere is no further point.")
        print(side_by_side((f"{_UNDO} undo the last decision", f"{_LEAVE} leave"), columns()))
        if self._key("> ", _UNDO + _LEAVE) == _LEAVE:
            return False
        self._undo()
        return True

    def _step(self, item: Item) -> bool:
        """Show one point and do what is pressed. Returns whether to go on."""
        from bot.curate.review import Undecidable

        keys = _keys(item, self._files.pack)
        first, *others = _told(item, self._files.pack)
        print()
        _show([f"[{self._place + 1} of {len(self._items)}] {first}", *others])
        choices = {**keys, _LATER: "later", _UNDO: "undo the last decision", _LEAVE: "leave"}
        print(side_by_side((f"{key} {what}" for key, what in choices.items() if not key.isdigit()), columns()))
        pressed = self._key("> ", "".join(choices))
        if pressed == _LEAVE:
            return False
        if pressed == _UNDO:
            self._undo()
            return True
        if pressed == _LATER:
            self._place += 1
            return True
        try:
            decision = self._decision(item, pressed)
            changed = self._files.decide(item, decision) if decision else ()
        except Undecidable as error:
            print(f"Not done: {error}")
            return True
        except FileFaults as error:
            print("Not done:", *error.lines(), sep="\n")
            return True
        if decision:
            print(f"Done: {', '.join(changed)}" if changed else "It is so already.")
            if changed:
                self._decided.append(self._place)
            self._place += 1
        return True

    def _undo(self) -> None:
        try:
            undone = self._files.undo()
        except FileFaults as error:
            print("Not undone:", *error.lines(), sep="\n")
            return
        print(f"Undone: {', '.join(undone)}" if undone else "There is nothing to undo.")
        if undone and self._decided:
            self._place = self._decided.pop()
        elif undone:
            self.others_undone += 1

    def _decision(self, item: Item, pressed: str) -> Decision | None:
        """What a key means for an item; None where the curator thought better of it."""
        from bot.curate import review

        match pressed:
            case "c":
                return review.Confirm()
            case "n" if isinstance(item, review.Record):
                return review.IsNarration()
            case "s":
                people = list(self._files.pack.people.values())
                _show(f"  {i} {p.name}{f', {p.capacity}' if p.capacity else ''}" for i, p in enumerate(people, 1))
                chosen = self._numbers("Number of who speaks (empty: nobody yet): ", len(people), most=1)
                return review.SpeakerIs(people[chosen[0]].id) if chosen else None
            case "e":
                quotes = _quotes_of(item, self._files.pack)
                if not (question := self._line("The question, as the entry asks it (empty: none): ").strip()):
                    return None
                _show(f"  {i} {_excerpt(self._files.pack, quote)}" for i, quote in enumerate(quotes, 1))
                chosen = self._numbers("Numbers of what answers it, with blanks between: ", len(quotes), most=len(quotes))
                return review.NewEntry(question, tuple(quotes[i] for i in chosen)) if chosen else None
            case "g":
                if not (question := self._line("The question, as a reader would ask it (empty: none): ").strip()):
                    return None
                looked_for = self._line("The article does not say: ").strip().rstrip(".")
                return review.NewGap(question, looked_for) if looked_for else None
            case "t":
                while typed := self._line("The id of the entry, gap or premise (empty: none): ").strip():
                    if typed in self._files.pack.by_id and self._files.pack.by_id[typed].question:
                        return review.AddPhrasings(typed)
                    print(f"There is no topic {typed!r}.")
                return None
            case "a":
                added = tuple(iter(lambda: self._line("Another way to ask it (empty: no more): ").strip(), ""))
                return review.AskedAs(added) if added else None
            case "w":
                lead = self._line("The short answer, in the excerpt's words (empty: as it is): ").strip()
                return review.NewLead(lead) if lead else None
            case "d":
                return review.NewLead("")
            case "m":
                return review.AddNearMiss()
            case "x":
                return review.Leave()
            case _:
                assert isinstance(item, review.Missed), "only these have numbers"
                return review.AddPhrasings(item.topics[int(pressed) - 1])

    def _numbers(self, prompt: str, highest: int, most: int) -> list[int]:
        """The places, from 0, of the numbers that somebody types; asked again where one is none of those shown."""
        while typed := self._line(prompt).split():
            if all(t.isascii() and t.isdigit() and 1 <= int(t) <= highest for t in typed) and len(set(typed)) <= most:
                return [int(t) - 1 for t in dict.fromkeys(typed)]
            print(f"Type {'a number' if most == 1 else 'numbers'} from 1 to {highest}.")
        return []

    def _still_open(self, item: Item) -> bool:
        """Whether what was decided since has not settled it too."""
        from bot.curate.leads import DoubtfulLead
        from bot.curate.phrasings import underasked
        from bot.curate.review import Record, Underasked, Unreached, WouldAnswer

        pack = self._files.pack
        match item:
            case DoubtfulLead(entry, lead=lead):
                return entry in pack.by_id and pack.by_id[entry].lead == lead
            case Underasked(entry):
                return any(topic.id == entry for topic in underasked(pack))
            case Unreached(text):
                return any(pack.article.excerpt(s).text == text for s in pack.uncovered_sentences())
            case WouldAnswer(entry=entry):
                return entry in pack.by_id
            case Record(file=file, id=identifier):
                return any((p.file, p.id) == (file, identifier) for p in pack.open_points)
            case _:
                return True


# What is shown


def _show(rows: Iterable[str]) -> None:
    print(hanging(visible("\n".join(rows)), columns()))


def _as_it_is(item: Item, pack: Pack) -> Item:
    """An item without the topics and quotes that the pack does not have any more."""
    from bot.curate import review

    if isinstance(item, review.Missed):
        item = replace(item, topics=tuple(t for t in item.topics if t in pack.by_id))
    if isinstance(item, review.Missed | review.Unreached):
        item = replace(item, quotes=tuple(q for q in item.quotes if q in pack.quotes))
    return item


def _keys(item: Item, pack: Pack) -> dict[str, str]:
    """The keys that decide about an item, each with what it does."""
    from bot.curate import review
    from bot.curate.leads import DoubtfulLead

    match item:
        case review.Missed():
            numbers = {str(i): "" for i in range(1, len(item.topics) + 1)} if review.phrasings(item, pack) else {}
            other = {"t": "phrasings of another topic"} if numbers else {}
            entry = {"e": "new entry"} if item.quotes else {}
            return {**numbers, **other, **entry, "g": "new gap", "x": "nothing"}
        case review.Record():
            confirmed = {"c": "it is right"} if review.is_confirmable(item, pack) else {}
            return {**confirmed, **({"s": "who speaks", "n": "narration"} if item.stem == "quotes" else {})}
        case review.Unreached():
            return {**({"e": "new entry"} if item.quotes else {}), "x": "nothing"}
        case review.WouldAnswer():
            guard = {} if item.is_own else {"m": "a near miss"}
            return {**guard, "g": "new gap", "x": "nothing, the answer is right"}
        case DoubtfulLead():
            return {"d": "drop the short answer", "w": "write another", "x": "nothing, it is right"}
        case review.Underasked():
            return {"a": "add phrasings", "x": "nothing"}
        case _:
            return {"x": "nothing"}


def _told(item: Item, pack: Pack) -> Iterable[str]:
    from bot.curate import review
    from bot.curate.leads import DoubtfulLead
    from bot.curate.phrasings import ENOUGH
    from bot.curate.self_test import Confusable

    match item:
        case review.Missed():
            yield from _missed(item, pack)
        case review.Record():
            yield from _record(item, pack)
        case review.Unreached():
            place = f"paragraph {item.paragraph}" if item.paragraph else "headline"
            yield f"No entry reaches this sentence ({place}):\n  “{clip(item.text, _WIDE)}”"
            if not item.quotes:
                yield "  It is no quote yet: write one in quotes.yaml, with who says it."
        case review.WouldAnswer():
            kind = "This near miss" if item.is_own else "This question, made of the pack's own,"
            lead = f" with the lead “{item.lead}”" if item.lead else ""
            yield f"{kind} gets the answer of {item.got}{lead}:\n  {item.ask}"
            yield from (f"  {_excerpt(pack, quote)}" for quote in pack.by_id[item.entry].cites)
        case DoubtfulLead():
            yield f"The short answer of {item.entry} may be wrong: {item.why}.\n  {item.question}\n  {item.lead}"
            yield from (f"  {_excerpt(pack, quote)}" for quote in pack.by_id[item.entry].cites)
        case review.Underasked():
            yield f"{item.entry} has {counted(len(item.phrasings), 'phrasing')}; from {ENOUGH} on people find it: {item.question}"
            yield from (f"  {phrasing}" for phrasing in item.phrasings)
        case Confusable():
            yield f"{item.misrouted} of {item.phrasings} phrasings of {item.one} lie nearer to {item.other}, such as"
            yield from (f"  {example}" for example in item.examples)
            yield f"  {item.advice}"


def _missed(item: Missed, pack: Pack) -> Iterable[str]:
    group = item.group
    yield f"Asked in vain {counted(group.times, 'time')}, on {counted(group.days, 'day')}, in {counted(group.servers, 'server')}:"
    yield from (f"  {clip(text, _WIDE)}" for text in group.texts[:_MOST_SHOWN])
    if more := len(group.texts) - _MOST_SHOWN:
        yield from [f"  and {more} more"] if more > 0 else []
    if item.topics:
        yield "A number makes them phrasings of"
        yield from (f"  {i} {_topic(pack, topic)}" for i, topic in enumerate(item.topics, 1))


def _topic(pack: Pack, topic: str) -> str:
    found = pack.by_id[topic]
    kind = "the article does not say: " if found.looked_for else ""
    return f"{topic}: {kind}{clip(found.looked_for or found.question, _WIDE)}"


def _record(item: Record, pack: Pack) -> Iterable[str]:
    state = f"open: {item.why}" if item.why else "drafted"
    yield f"{item.file}: {item.id}, {state}"
    yield from (f"  {clip(line, _WIDE)}" for line in item.shown)
    if item.stem == "quotes" and item.id in pack.quotes:
        paragraph = pack.article.paragraph_at(pack.quotes[item.id].span.start)
        around = " ".join(pack.article.excerpt(paragraph.span).text.split())
        yield f"  in paragraph {paragraph.number}: {clip(around, 3 * _WIDE)}"


def _quotes_of(item: Item, pack: Pack) -> Sequence[str]:
    from bot.curate import review

    return item.quotes if isinstance(item, review.Missed | review.Unreached) else list(pack.quotes)


def _excerpt(pack: Pack, quote: str) -> str:
    return f"{quote}: “{clip(' '.join(pack.excerpt(quote).text.split()), _WIDE)}”"


def _how_far(items: Sequence[Item]) -> str:
    """How much is open, by kind, and about how long it takes."""
    from bot.curate.review import Kind, kind_of, minutes

    if not items:
        return "Nothing is open."
    by_kind = Counter(map(kind_of, items))
    kinds = ", ".join(counted(by_kind[kind], *_KINDS[kind.value]) for kind in Kind if kind in by_kind)
    return f"{counted(len(items), 'point')} open, about {counted(minutes(items), 'minute')}: {kinds}."


def _next(path: Path, review: Review) -> Iterable[str]:
    """What was done in a session, what is left, and what comes next."""
    others = f", {counted(review.others_undone, 'other')} undone" if review.others_undone else ""
    how_far = f" {_how_far(review.left)}" if review.left or not others else ""
    yield f"{counted(review.decided, 'decision')} kept{others}.{how_far}"
    pack = f"--pack {in_shell(path)}"
    if review.left or others:
        yield f"Next: `verbatim review {pack}` goes on with it; nothing is lost in between."
    else:
        yield f"Next: `verbatim check {pack}` proves it, and `verbatim report {pack}` says what is still worth writing."


def _listed(path: Path, pack: Pack, items: Sequence[Item]) -> Iterable[str]:
    yield f"{path}: {pack.title}. {_how_far(items)}"
    for item in items:
        yield "\n" + "\n".join(_told(item, pack))
