"""Whom a text names: people with their capacities, bodies, and how it calls them again. Rules over capitals and the words beside them. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from bot.draft.speech_words import (
    BODIES,
    COURTESY,
    FEMALE,
    FIRST_NAMES_TOO,
    MALE,
    MEN,
    NEVER_NAMES,
    NOT_OF_PEOPLE,
    ROLES,
    STREETS,
    SURNAMES_TOO,
    TITLES,
    VERBS,
    WOMEN,
)
from bot.pack.values import PersonKind
from bot.text.words import STOP_WORDS

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_SHORT_TITLE = r"(?:Mr|Mrs|Ms|Dr|Prof|Rev|Sgt|Capt|Col|Gen|Sen|Rep|Gov|Lt|Maj|Cllr|Hon|Supt|Insp)\b"
_WORD = rf"(?!{_SHORT_TITLE}|[JS]r\b){_CAPITAL}(?:\w++(?:[’'-](?!s\b)\w++)*+|(?:[’'-](?!s\b)\w++)++)"
_INITIALS = r"(?:[A-Z]\.[ \u00a0]?){1,3}"
_PARTICLE = r"(?:d[aeiu]|van|von|de[rnl]|la|le|bin|ibn|al|el|te[rn]|St\.)"
_GAP = r"(?:[ \u00a0]{1,2})"  # three part the cells of a table
TITLE = rf"(?:(?:{'|'.join(TITLES)})\b\.?)"
_PROPER = rf"(?:St\.{_GAP})?(?:{_INITIALS}{_GAP}?)?{_WORD}(?:{_GAP}(?:{_PARTICLE}{_GAP}){{0,2}}(?:{_INITIALS}{_GAP}?)?{_WORD}){{0,4}}(?:,?{_GAP}[JS]r\.)?"
NAME = rf"(?:{TITLE}{_GAP}){{0,3}}{_PROPER}"
_NAMES = re.compile(rf"(?<![\w’'-]){NAME}")
_TITLES_BEFORE = re.compile(rf"(?<![\w’'-])(?:{TITLE}{_GAP})+")
_BODY_NAME = re.compile(
    rf"(?<![\w’'-])(?:{_WORD}(?:[’']s?)?(?:{_GAP}(?:of|for|the|and|&){_GAP}(?:the{_GAP})?|{_GAP})){{1,6}}{_WORD}(?:{_GAP}\((?P<short>[A-Z][A-Za-z&]{{1,9}})\))?"
)
_SMALL = re.compile(r"\b[^\W\d_A-Z]\w+")
_AGE = re.compile(r",\s\d{1,3}\b")
_SHORT = re.compile(r"[A-Z][A-Z&]{1,8}s?")
_OWN = rf"(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Oo]ne|{_WORD}(?:[’']s|[’']))"
# No word of a role: "read the report of its own" is none.
_PLAIN = r"(?!(?:the|an?|its|his|her|their|our|of|for|to|by|and|or|but|that|which|who|as|with|in|on|at|from)\b)[\w’'-]++"
_ROLE = rf"(?:{'|'.join(sorted(ROLES, key=len, reverse=True))})"
# Before a name, without a comma or with one: "the chief engineer, ", "head keeper ".
_ROLE_BEFORE = re.compile(
    rf"(?<![\w’'-])(?:(?:{_OWN}{_GAP})(?:{_PLAIN}{_GAP}){{0,3}}?|(?:{_PLAIN}{_GAP}){{0,2}}?){_ROLE}"
    rf"(?:{_GAP}(?:of|for|at|in){_GAP}(?:the{_GAP})?(?:{_PLAIN}{_GAP}?){{1,5}})?,?{_GAP}$",
    re.IGNORECASE,
)
# Before a role: that whoever is named behind it does not hold it.
_NOT_HELD = re.compile(r"(?<![\w’'-])(?:not|no longer|never|nor|neither|unlike|once)\s+$", re.IGNORECASE)
# A role of somebody who has one too, of whom either may be named behind it.
_NESTED = re.compile(
    rf"{_ROLE}{_GAP}(?:of|for|to){_GAP}(?:{_OWN}{_GAP})?(?:{_PLAIN}{_GAP}){{0,3}}?{_ROLE},?{_GAP}$", re.IGNORECASE
)
_DOER_OF = re.compile(r"(?:er|or|ee|ist|ant)s?\s+of\s+$")  # the same: "the killer of", before "the mayor, Tom Hall,"
_APART = re.compile(r"\s*(?:[,.;:!?()\[\]“”\"—–-]|$|\n)|\s+(?:who|of|from|at)\b")  # behind a name that stands beside a role
_ROLE_BEHIND = re.compile(
    rf",{_GAP}(?:(?:now|also|currently){_GAP})?(?P<role>(?:{_OWN}{_GAP})?(?:{_PLAIN}{_GAP}){{0,5}}?{_ROLE}\b"
    rf"(?:{_GAP}(?:of|for|at|in|to){_GAP}(?:[\w’'-]++{_GAP}?){{1,6}})?)(?=[,.;:—–)]|{_GAP}who\b|$)"
)
_OF_BODY = re.compile(
    rf"{_GAP}(?:of|from){_GAP}(?:the{_GAP})?(?P<body>{_WORD}[’']?(?:{_GAP}(?:(?:of|for|and|&){_GAP})?{_WORD}[’']?){{0,5}})"
)
_GOVERNING = frozenset("of for from by to with in at on against about the".split())
_PLACED = re.compile(r"(?<![\w’'-])(?:[Ii]n|[Aa]t|[Oo]n|[Nn]ear|[Tt]he)\s$")  # before the name of a place or a thing
# "Voice for Labour's Ann Price".
_BODYS = re.compile(rf"(?<![\w’'-])(?P<body>{_WORD}(?:{_GAP}(?:(?:for|of){_GAP})?{_WORD}){{0,4}})[’']s?{_GAP}$")
# Before a name that is a part of a body's: "the Union of Small Traders".
_OF_BODY_BEFORE = re.compile(
    rf"(?<![\w’'-])(?:{'|'.join(sorted(b.capitalize() for b in BODIES))}){_GAP}(?:of|for){_GAP}(?:the{_GAP})?$"
)
# Behind one: "the Harbour Fishers' Alliance".
_BODYS_REST = re.compile(rf"[’']s?{_GAP}(?:{_WORD}{_GAP}){{0,2}}(?:{'|'.join(sorted(b.capitalize() for b in BODIES))})\b")
# Before a body's name, that of something or somebody of it: "Members of the Readers' Union".
_PART_OF = re.compile(
    r"^(?:Members?|Leaders?|Staff|Officials?|Workers?|Supporters?|Newsletter|Minutes|Report|Statement|Meeting|Director|Head|Chair|President|Secretary)"
    r"\s+(?:of|for|from)\s+(?:the\s+)?"
)
_LOOK_BACK = 110  # characters before a name in which a role is looked for
_DETERMINER = re.compile(r"^(?:the|an?|its|his|her|their|our|my|your|whose)\s+", re.IGNORECASE)
_LEADING = frozenset("own now then also once and but while when as so for by from with to in on at".split())
_CLAUSE = re.compile(r"\s+(?:that|who|whose|which|when|where|while|since|until|after|before|because|as|but)\b.*")
_RELATED = frozenset(
    """mother father son daughter brother sister wife husband widow grandmother grandfather uncle aunt niece nephew cousin grandson
    granddaughter boyfriend girlfriend friend colleague neighbour neighbor partner""".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, or a body, that the text names. `gender` is the pronoun that fits, "he" or "she", or "" where nothing says it."""

    name: str
    kind: PersonKind
    capacity: str = ""
    aliases: tuple[str, ...] = ()
    gender: str = ""
    is_sure: bool = True  # that it is a person: a single word without title may be a firm
    speaks: bool = False  # a verb of speech stands beside the name


@dataclass(frozen=True, slots=True)
class Mention:
    """Where the text names somebody: `who` is the place in the cast."""

    start: int
    end: int
    who: int


class Cast:
    """Everybody whom a text names, and where. `resolve` takes a name as the text has it."""

    def __init__(self, text: str, speaking: Collection[str] = ()) -> None:
        """`speaking` are names of the text whose bearers are known to speak, though no verb says so."""
        self._text = text
        people, places = _people(text, speaking)
        bodies = _bodies(text, people)
        self.named = (*people, *bodies)
        self._by_call: defaultdict[str, set[int]] = defaultdict(set)
        for i, named in enumerate(self.named):
            for call in (named.name, *named.aliases):
                self._by_call[call.lower()].add(i)
        # What may name a person, though nothing says so.
        lower, often = set(_SMALL.findall(text)), Counter(called for _, _, called in places)
        self.doubtful = [
            a
            for a, _, called in places
            if self.resolve(called) is None
            and _is_persons(untitled(called))
            and not _PLACED.search(text, max(0, a - 8), a)
            and (len(called.split()) > 1 or (often[called] > 1 and called.lower() not in lower and _begins(text, a)))
        ]
        self.mentions = sorted(
            (Mention(a, b, who) for a, b, called in places if (who := self.resolve(called)) is not None), key=lambda m: m.start
        )

    def resolve(self, called: str) -> int | None:
        """The only one who can be meant by a name, its titles or "the" aside; None where nobody, or several."""
        for form in (called, _TITLES_BEFORE.sub("", called), _DETERMINER.sub("", called)):
            found = self._by_call.get(" ".join(form.split()).lower(), set())
            if found:
                return next(iter(found)) if len(found) == 1 else None
        return None

    def body_at_end(self, words: str) -> tuple[int, str] | None:
        """The body with whose name, or short form, the words end, and that name; the longest."""
        found = [
            (call, i) for i, n in enumerate(self.named) if n.kind is PersonKind.ORGANISATION for call in (n.name, *n.aliases)
            if words.endswith(call) and not words[: -len(call)][-1:].isalnum()
        ]  # fmt: skip
        return max(((i, call) for call, i in found), key=lambda f: len(f[1]), default=None)

    def body_at_start(self, words: str) -> int | None:
        """The body with whose name, or short form, the words begin, "the" aside; the longest."""
        rest = re.sub(r"^\s*(?:The\s+)?", "", words)
        calls = [
            (len(call), i) for i, n in enumerate(self.named) if n.kind is PersonKind.ORGANISATION for call in (n.name, *n.aliases)
            if rest.startswith((call + " ", call + ","))
        ]  # fmt: skip
        return max(calls)[1] if calls else None

    def with_role(self, noun: str) -> list[int]:
        """The people whose capacity has the noun."""
        return [i for i, n in enumerate(self.named) if noun in re.findall(r"[\w-]+", n.capacity.lower())]

    def bodies_like(self, noun: str) -> list[int]:
        """The bodies whose name has the noun."""
        return [
            i for i, n in enumerate(self.named)
            if n.kind is PersonKind.ORGANISATION and noun in re.findall(r"[\w-]+", n.name.lower())
        ]  # fmt: skip


def _begins(text: str, at: int) -> bool:
    """Whether no preposition and no article governs the name there."""
    before = re.search(r"([\w’'-]+)\s$", text[max(0, at - 20) : at])
    return not (before and before[1].lower() in _GOVERNING)


def is_proper(name: str) -> bool:
    """Whether a name has a capital of its own, and is not merely what somebody is called: "The council", "a spokesman"."""
    return _DETERMINER.sub("", name)[:1].isupper()


def inside(name: str, text: str) -> str:
    """A name as it stands inside a sentence: "the Readers' Union", where the text has it so; "the council", though it begins one there."""
    if re.match(r"(?:The|Its|An?|Their|His|Her|Our) ", name):
        return name[0].lower() + name[1:]
    return f"the {name}" if re.search(rf"\b[Tt]he\s+{re.escape(name)}(?!\w)", text) else name


def untitled(name: str) -> str:
    return _TITLES_BEFORE.sub("", name)


def trimmed_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A run of capitals without what only begins the sentence; None where no name is left."""
    while start < end:
        word = re.compile(r"\S+\s*").match(text, start, end)
        assert word is not None
        bare = word[0].strip().strip(".,")
        is_initial = word[0].strip().endswith(".") and len(bare) == 1
        # "Substitute Ann Price", at the beginning of a sentence.
        is_role = bare.lower() in ROLES and bare not in TITLES and word.end() < end
        if not is_initial and (bare.lower() in STOP_WORDS or bare in NEVER_NAMES or bare.lower() in VERBS or is_role):
            start = word.end()
        else:
            break
    # "Prime Minister Ann Price": the title with what stands before it is no part of the name.
    for title in _TITLES_BEFORE.finditer(text, start, end):
        if title.start() > start and title.end() < end:
            start = title.end()
    name = text[start:end]
    return (start, end) if name and any(len(w) > 1 for w in re.findall(r"\w+", untitled(name))) else None


def _is_persons(name: str) -> bool:
    words = re.findall(r"[\w’'-]+", name)
    if len(words) > 1:  # "Bill Oakes", "Ann Hill"
        words = [
            w
            for i, w in enumerate(words)
            if not (i == 0 and w in FIRST_NAMES_TOO) and not (i == len(words) - 1 and w in SURNAMES_TOO)
        ]
    return not any(w.strip("’'") in NOT_OF_PEOPLE or w in NEVER_NAMES for w in words) and not any(
        len(w) > 2 and w.isupper() and not name.isupper() for w in words
    )


def full_names(text: str) -> tuple[str, ...]:
    """Runs of capitals that may be the full or titled name of a person, each once, in the order of the text."""
    names = dict.fromkeys(name for _, _, name in _name_places(text))
    return tuple(n for n in names if len(n.split()) > 1 and untitled(n) and _is_persons(untitled(n)))


def _name_places(text: str) -> list[tuple[int, int, str]]:
    spans = (trimmed_name(text, *found.span()) for found in _NAMES.finditer(text))
    return [(*span, text[slice(*span)]) for span in spans if span]


def _people(text: str, speaking_too: Collection[str]) -> tuple[tuple[Named, ...], list[tuple[int, int, str]]]:
    """The people of a text, and every place where a run of capitals may name one, with its words."""
    places = _name_places(text)
    # Single names that nothing governs, and that the text has as names alone.
    lower = set(_SMALL.findall(text))
    lone = {n for a, _, n in places if " " not in n and n.lower() not in lower and _begins(text, a)}
    full: dict[str, Named] = {}
    alone: dict[tuple[str, str], Named] = {}  # by a name of one word, and "he", "she" or "" for the title before it
    used = {name for _, _, name in places}
    speaking = {untitled(name) for start, end, name in places if _speaks(text, start, end)}
    for start, end, name in places:
        titles, proper = _TITLES_BEFORE.match(name), untitled(name)
        part = _OF_BODY_BEFORE.search(text, max(0, start - 40), start) or _BODYS_REST.match(text, end)
        if part or not _is_persons(proper):
            continue
        capacity = _capacity(text, start, end, titles[0] if titles else "")
        gender = _gender(titles[0] if titles else "", capacity)
        capacity = "" if capacity.lower() in _RELATED else capacity  # it says nothing without whose
        parts = [w for w in proper.replace(",", "").split() if w not in ("Jr.", "Sr.")]
        age = _AGE.match(text, end) is not None
        spoken = name in speaking_too or _speaks(text, start, end)
        if len(parts) > 1 and (
            titles
            or capacity
            or age
            or spoken
            or _surname(proper) in speaking | lone
            or any(f"{t}{dot} {_surname(proper)}" in used for t in COURTESY for dot in ("", "."))
        ):
            before = full.get(proper)
            full[proper] = _merged(before, Named(proper, PersonKind.PERSON, capacity, (), gender, speaks=spoken))
        elif (
            proper == _surname(proper)
            and (titles or (spoken and not proper.isupper()))
            and len(proper) > 1
            and proper.lower() not in ROLES
        ):
            key = proper, _gender(titles[0] if titles else "", "")
            sure = bool(titles or capacity)
            alone[key] = _merged(
                alone.get(key), Named(name if titles else proper, PersonKind.PERSON, capacity, (), gender, sure, spoken)
            )
    calls = _joined(full, alone)
    plain = {n.casefold(): n for n in full if not n.isupper()}
    for name in [n for n in full if n.isupper() and n.casefold() in plain]:  # "MS. PRICE:" and "Ms. Price"
        full[plain[name.casefold()]] = _merged(full[plain[name.casefold()]], replace(full.pop(name), name=plain[name.casefold()]))
    surnames = [_surname(n) for n in full]
    firsts = [untitled(n).split()[0] for n in full]
    people = []
    for name, named in full.items():
        aliases = []
        surname, first = _surname(name), untitled(name).split()[0]
        if surnames.count(surname) == 1:
            aliases.append(surname)
            aliases += sorted(called for called in used if called != name and untitled(called) == surname and called != surname)
        if (
            first != surname
            and (first in speaking or (first in used and first.lower() not in lower))
            and firsts.count(first) == 1
            and first not in surnames
            and len(first) > 2
            and first not in NOT_OF_PEOPLE
        ):
            aliases.append(first)
        aliases += sorted(called for called in used if called != name and untitled(called) == untitled(name))
        aliases += [called for called, owner in calls if owner == name]
        people.append(replace(named, aliases=tuple(dict.fromkeys(a for a in aliases if a != name))))
    return tuple(people), places


def _joined(full: dict[str, Named], alone: dict[tuple[str, str], Named]) -> list[tuple[str, str]]:
    """Give each name of one word to the one of the full names whom it means, or make somebody of it where it can mean none of them.
    Returns those that have a title, with the full names."""
    calls = []
    given = tuple(full)
    for (word, gender), named in sorted(alone.items(), key=lambda one: not one[0][1]):  # those with a title first
        owners = [n for n in (given if gender else full) if word in (_surname(n), n.split()[0])]
        if gender:  # "Mrs Price" is the one of them who is called "she", and not Bill Price
            others = MEN if gender == "she" else WOMEN
            fitting = [n for n in owners if full[n].gender in ("", gender) and n.split()[0] not in others]
            owners = [n for n in fitting if full[n].gender] or fitting
        if not owners:
            full[named.name] = named
        elif len(owners) == 1:
            full[owners[0]] = _merged(full[owners[0]], replace(named, name=owners[0]))
            if named.name != word:
                calls.append((named.name, owners[0]))
    return calls


def _surname(name: str) -> str:
    """With its particles: "St. Clair"."""
    words = [w for w in untitled(name).replace(",", "").split() if w not in ("Jr.", "Sr.")]
    first = len(words) - 1
    while first > 0 and re.fullmatch(_PARTICLE, words[first - 1]):
        first -= 1
    return " ".join(words[first:])


def _merged(before: Named | None, now: Named) -> Named:
    """What is known of one person from two places; the first capacity stands, but a title gives way to what says more."""
    if before is None:
        return now
    is_title = bool(before.capacity) and _TITLES_BEFORE.fullmatch(before.capacity + " ") is not None
    return replace(
        before,
        capacity=(is_title and now.capacity) or before.capacity or now.capacity,
        gender=before.gender or now.gender,
        is_sure=before.is_sure or now.is_sure,
        speaks=before.speaks or now.speaks,
    )


def _gender(titles: str, capacity: str) -> str:
    words = {w.strip(".") for w in (titles + " " + capacity).split()}
    return "he" if words & MALE else "she" if words & FEMALE else ""


def _speaks(text: str, start: int, end: int) -> bool:
    """Whether a verb of speech stands beside a name that no preposition governs."""
    before, after = re.search(r"(\w+)\s$", text[max(0, start - 20) : start]), re.match(r"\s(\w+)", text[end : end + 20])
    if before and before[1] in _GOVERNING:
        return False
    # "its chemist, Ann Price, said"
    apposed = re.match(r",\s(\w+)", text[end : end + 20]) if text[max(0, start - 2) : start] == ", " else None
    return any(found is not None and found[1] in VERBS for found in (after, before, apposed))


def _capacity(text: str, start: int, end: int, titles: str) -> str:
    """In what capacity the words beside a name put it, in the text's own words; "" where they do not."""
    before = text[max(0, start - _LOOK_BACK) : start]
    before = re.split(r"[.;:!?“”\"\n(]", before)[-1]
    if (found := _ROLE_BEFORE.search(before)) and _is_held(found[0], before[: found.start()], text, end):
        return _plain(found[0])
    if found := _ROLE_BEHIND.match(text, end, end + 140):
        return _plain(found["role"])
    if (found := _BODYS.search(before)) and found["body"] not in NEVER_NAMES:
        return found["body"].strip()
    title = [t.strip(".") for t in titles.split()]
    if title and not set(title) & COURTESY:
        return " ".join(titles.split())
    if (found := _OF_BODY.match(text, end, end + 90)) and not re.match(r"[’']s\b", text[found.end() - 1 : found.end() + 2]):
        return found["body"].rstrip("’'") if found["body"].split()[0] not in NEVER_NAMES else ""
    return ""


def _is_held(role: str, before: str, text: str, end: int) -> bool:
    """Whether whoever is named up to `end` holds the role that stands before the name, and not another: "they asked the mayor, Ann Price
    said", "unlike the mayor, Ann Price", "a friend of the mayor Ann Price"."""
    if _NOT_HELD.search(before) or _NESTED.search(role):
        return False
    return not role.rstrip().endswith(",") or (not _DOER_OF.search(before) and _APART.match(text, end) is not None)


def _plain(role: str) -> str:
    """A role without what only leads to it or goes on from it; "" where it is none."""
    words = _CLAUSE.sub("", _DETERMINER.sub("", role.strip().rstrip(","), count=1)).split()
    if words and words[0].lower() in ("then", "once"):
        return ""
    while words and (words[0].lower() in _LEADING or words[0] in NEVER_NAMES or words[0].lower() in VERBS):
        words = words[1:]
    plain = _DETERMINER.sub("", " ".join(words), count=1)
    said = {w.lower() for w in plain.split()}
    return "" if said & (VERBS - ROLES) or said & {"no", "not", "unlike", "was"} else plain


def _bodies(text: str, people: Iterable[Named]) -> Iterator[Named]:
    """Bodies that the text gives a short form of, or whose name has a noun for one."""
    seen: dict[str, set[str]] = {}
    names = [p.name for p in people]
    calls = sorted({call for p in people for call in (p.name, *p.aliases)}, key=len, reverse=True)
    for found in _BODY_NAME.finditer(text):
        short = found["short"] or ""
        end = found.start("short") - 2 if short else found.end()
        span = trimmed_name(text, found.start(), end)
        if span is None:
            continue
        name = _PART_OF.sub("", text[slice(*span)].rstrip())
        for person in calls:  # "Tanaka of the Institute"
            name = re.sub(rf"^{re.escape(person)}\s+(?:of|for|and)\s+(?:the\s+)?", "", name)
        head = set(re.findall(r"[\w-]+", name))
        if (
            any(n in name for n in names)
            or len(name.split()) < 2
            or name.split()[-1] in STREETS
            or not (short or head & {b.capitalize() for b in BODIES})
        ):
            continue
        seen.setdefault(name, set()).update({short} if short else set())
    shorts = {s for found in seen.values() for s in found}
    shouted = text.isupper()
    for found in _SHORT.finditer(text):  # a short form that nothing explains, and that speaks
        if not shouted and found[0] not in shorts and _speaks(text, *found.span()):
            seen.setdefault(found[0], set())
            shorts.add(found[0])
    for name, aliases in seen.items():
        yield Named(name, PersonKind.ORGANISATION, "", tuple(sorted(aliases)))
