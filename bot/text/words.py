"""The words of a text, folded alike in an article and in a question. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MAX_WORD_CHARACTERS = 40
_TOKEN = re.compile(r"#\w+|£\s?\d[\d,.]*\d|\d+(?:[.,:]\d+)*(?:st|nd|rd|th|am|pm)?\b|[^\W_]+(?:['&][^\W_]+)*'?|[+&?]")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_JOINED_PREFIX = re.compile(r"\b(anti|co|re|pre|non|mis|e|un|over|counter)-(?=\w)", re.IGNORECASE)

STOP_WORDS = frozenset(
    """
    a an the though tho this that these those it its of in on at to from for by with about into onto upon as and or but if so than then
    there here is are was were be been being am do does did done doing have has had having can could will would shall should
    may might must ought i me my mine we us our you your yours he him his she her hers they them their theirs one ones what
    which who whom whose when where why how not no yes s t d ll m re ve please just also too very really even still yet ever
    any some such own same more much many well now get got go goes going let like say says said tell tells told know think
    called name named exactly actually anyone anybody someone somebody anything something everything nothing whether
    according mention mentioned thing things stuff guy guys people person lot kind sort way far up down out off over again
    isnt dont doesnt didnt article piece report story text want wonder wondering ask asking asked question give gave
    given make made take took put come came
    regarding concerning regards regard respect reported kindly amongst whilst merely indeed perhaps apparently supposedly
    therefore nevertheless thus reckon reckons suppose guess attributed bloke chap fella geezer lad fellow gentleman dude
    """.split()
)
# What is no matter of a question either, though it is counted where a question is weighed.
FUNCTION_WORDS = frozenset(
    """
    all both each every either neither none nobody noone nor few fewer less least most several another other others else enough
    myself yourself himself herself itself ourselves yourselves themselves whoever whatever whichever whenever wherever however
    above across after against ago along alongside already although always among anyhow anyway anywhere apart around aside because
    before behind below beneath beside besides between beyond despite during elsewhere except first following further hence inside
    instead last lately later maybe meanwhile near nearly never next nowhere often once only otherwise outside past per quite rather
    recently round seldom since sometimes somewhere soon sooner throughout till today together tomorrow toward towards twice under
    underneath unless unlike until usually versus via whereas whereby whereupon within without yesterday
    everybody everyone everywhere ok okay hi hello hey thanks thank happen happens happened happening occur occurs occurred
    """.split()
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is compared, and for each of its characters the offset of the one that it comes from, in code points."""

    text: str
    offsets: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that `text[start:end]` comes from; not empty."""
        return self.offsets[start], self.offsets[end - 1] + 1


def straighten(text: str) -> str:
    """Curly quotation marks and apostrophes, dashes and odd spaces as plain ones; the same length."""
    return text.translate(_STRAIGHT)


def plain(text: str) -> str:
    """A text without what a reader does not type: straight marks, hyphens for dashes, letters without accents, ligatures as letters,
    small figures as figures (CO₂), nothing invisible (soft hyphens)."""
    text = straighten(text)
    return text if text.isascii() else "".join(map(_plain, text))


def folded(text: str) -> Folded:
    """The text in lower case as `plain` has it, each run of white space as one blank."""
    found: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(straighten(text)):
        for c in _plain(character).lower():
            blank = c.isspace()
            if not (blank and found and found[-1] == " "):
                found.append(" " if blank else c)
                offsets.append(at)
    return Folded("".join(found), tuple(offsets))


def inside_word(text: str, at: int) -> bool:
    """Whether a word or number stands on both sides of the offset: also across an apostrophe (can|’t), a hyphen (non-|issue), the
    point or comma of a number (2,|777), a soft hyphen or an accent that is a character of its own."""
    left, right = at - 1, at
    while left >= 0 and text[left] in _INVISIBLE:
        left -= 1
    while right < len(text) and text[right] in _INVISIBLE:
        right += 1
    if left < 0 or right >= len(text):
        return False
    before, after = text[left], text[right]
    if unicodedata.category(after)[0] == "M":
        return not before.isspace()
    if _in_word(before) and _in_word(after):
        return True
    link, left, right = (after, left, right + 1) if _in_word(before) else (before, left - 1, right)
    if left < 0 or right >= len(text) or not (_in_word(text[left]) and _in_word(text[right])):
        return False
    figures = text[left].isdecimal() and text[right].isdecimal()
    return link in "'’‘ʼ-\u2010\u2011" or (figures and link in ".,:")


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    if character.isascii() or character in "™℠":  # no letters of the word before
        return character
    kept = (c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) not in ("Mn", "Cf"))
    return "".join(kept).translate(_STRAIGHT)


_STRAIGHT = {
    ord(a): b
    for characters, b in (
        ("‘’‚‛´`ʼ", "'"),
        ("“”„‟«»", '"'),
        ("–—−‐‑‒―", "-"),
        ("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000", " "),
    )
    for a in characters
}
_LETTERS = {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060"


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A light English suffix stripper in the manner of Porter's first steps; measured equal to Snowball on short questions."""
    if len(word) < 4 or not word.isalpha():
        return word
    for suffix, put in _SUFFIXES.items():
        left = word.removesuffix(suffix)
        if left != word and len(left) >= (4 if suffix in _SELDOM else 3) and not (suffix == "y" and word[-2] in "aeou"):
            word = left + put
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


# The first that fits goes, and what stands behind it takes its place.
_SUFFIXES = {
    "isations": "is", "izations": "is", "isation": "is", "ization": "is", "ational": "at", "ities": "", "ically": "ic", "ements": "", "ement": "",
    "ments": "", "ment": "", "ingly": "", "edly": "", "nesses": "", "ness": "", "izing": "is", "ized": "is", "izes": "is", "ize": "is", "ions": "", "ion": "",
    "ity": "", "ing": "", "ers": "", "ors": "", "er": "", "or": "", "ed": "", "es": "", "ly": "", "y": "i", "s": "",
}  # fmt: skip
_SELDOM = ("ions", "ion", "ers", "ors", "er", "or")  # seldom endings after three letters: "paper", "nation"


def bases(word: str) -> frozenset[str]:
    """What a word in lower case may be a form of: two words with one in common may be forms of the same. Wider than `stem`: "bought" and
    "buys", "thieves" and "thief", "classes" and "class", "cancelled" and "cancel", "color" and "colour"."""
    own = stem(word)
    return frozenset(map(_reduced, (own, *_OTHER_FORMS.get(own, ()))))


def _reduced(stem: str) -> str:
    bare = stem.rstrip("s")
    return bare[:-1] if bare.endswith("ll") else bare


# Words with what `stem` does not make the same: irregular forms, words too short for their endings, other spellings.
_FORMS = """
    arise arose arisen, awake awoke awoken, bear bore borne, beat beaten, become became, begin began begun, bend bent,
    bid bade bidden, bind bound, bite bitten, bleed bled, blow blew blown, break broke broken, breed bred, bring brought, build built, burn burnt,
    buy bought, catch caught, choose chose chosen, cling clung, come came, creep crept, deal dealt, dig dug, draw drew drawn, dream dreamt,
    drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought, find found, flee fled, fling flung,
    fly flies flew flown, forbid forbade forbidden, foresee foresaw foreseen, forget forgot forgotten, forgive forgave forgiven,
    freeze froze frozen, get got gotten, give gave given, go went gone, grind ground, grow grew grown, hang hung, have had, hear heard,
    hide hidden, hold held, keep kept, kneel knelt, know knew known, lay laid, lead led, lean leant, leap leapt, learn learnt, leave left, lend lent,
    lie lay lain, light lit, lose lost, make made, mean meant, meet met, mistake mistook mistaken, overcome overcame, pay paid,
    prove proven, ride rode ridden, ring rang rung, rise rose risen, run ran, say said, see saw seen, seek sought, sell sold, send sent,
    sew sewn, shake shook shaken, shine shone, shoot shot, show shown, shrink shrank shrunk, sing sang sung, sink sank sunk, sit sat,
    sleep slept, sow sown, speak spoke spoken, speed sped, spell spelt, spend spent, spill spilt, spin spun, spoil spoilt, spring sprang sprung,
    stand stood, steal stole stolen, stick stuck, sting stung, stink stank stunk, strike struck stricken, strive strove striven, swear swore sworn,
    sweep swept, swell swollen, swim swam swum, swing swung, take took taken, teach taught, tear tore torn, tell told,
    think thought, throw threw thrown, tread trod trodden, undergo underwent undergone, understand understood, undertake undertook undertaken,
    uphold upheld, wake woke woken, wear wore worn, weave wove woven, weep wept, win won, wind wound, withdraw withdrew withdrawn,
    withhold withheld, withstand withstood, write wrote written,
    age aged aging, cry cries, die died dying, dry dries, dye dyed, eye eyed, lie lied lying, owe owed owing, sky skies, spy spies,
    sue sued suing, tie tied tying, try tries, use used using, vie vied vying,
    analysis analyses, basis bases, calf calves, child children, crisis crises, criterion criteria, foot feet, goose geese, half halves, hypothesis hypotheses,
    knife knives, leaf leaves, life lives, loaf loaves, man men, medium media, mouse mice, ox oxen, penny pence, person people, phenomenon phenomena,
    scarf scarves, self selves, shelf shelves, thesis theses, thief thieves, tooth teeth, wife wives, wolf wolves, woman women,
    armour armor, behaviour behavior, centre center, cheque check, colour color, defence defense, favour favor, fibre fiber, flavour flavor, grey gray,
    harbour harbor, honour honor, humour humor, jewellery jewelry, kerb curb, labour labor, licence license, litre liter, metre meter,
    neighbour neighbor, offence offense, plough plow, programme program, rumour rumor, storey story, theatre theater, tumour tumor, tyre tire,
    vapour vapor, vigour vigor
"""


def _other_forms() -> dict[str, tuple[str, ...]]:
    """By stem, those of the words that it may be a form of."""
    found: dict[str, tuple[str, ...]] = {}
    for group in _FORMS.split(","):
        base, *_ = stems = [stem(word) for word in group.split()]
        for form in dict.fromkeys(stems):
            found[form] = (*found.get(form, ()), base)
    return found


_OTHER_FORMS = _other_forms()


def has_words(text: str) -> bool:
    """Whether anything stands in it but numbers and marks."""
    return any(map(str.isalpha, text))


def split(text: str) -> list[str]:
    """Lower-case words of a text: contractions written out, hyphens part words except after a prefix, possessives lose their s,
    hashtags their sign."""
    text = plain(text).lower()
    if "-" in text:
        text = _HYPHEN.sub(" ", _JOINED_PREFIX.sub(r"\1", text))
    words: list[str] = []
    for word in _TOKEN.findall(text):
        if word.isalnum():
            words.append(word)
            continue
        if word in "+&?":
            words += [] if word == "?" else ["and"]
            continue
        word = word.replace("£ ", "£").strip("'")
        ending = next((e for e in _CONTRACTIONS if word.endswith(e)), "")
        if word in _IRREGULAR:
            words += _IRREGULAR[word]
        elif ending:
            words += [word.removesuffix(ending), _CONTRACTIONS[ending]]
        elif word.startswith("#"):
            words.append(word[1:])
        elif word.endswith("'s"):
            words += [word[:-2], "is"] if word[:-2] in _CONTRACTING else [word[:-2]]
        else:
            words.append(word.replace("'", ""))
    return [w[:MAX_WORD_CHARACTERS] for w in words if w]


_CONTRACTIONS = {"'ll": "will", "'re": "are", "'ve": "have", "'d": "would", "'m": "am", "n't": "not"}


_IRREGULAR = {
    "can't": ["can", "not"],
    "won't": ["will", "not"],
    "shan't": ["shall", "not"],
    "let's": ["let", "us"],
    "how'd": ["how", "did"],
    "what'd": ["what", "did"],
    "where'd": ["where", "did"],
    "who'd": ["who", "did"],
    "why'd": ["why", "did"],
}


_CONTRACTING = frozenset("who what where when how why it that there he she here".split())
