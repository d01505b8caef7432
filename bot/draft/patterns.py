"""What surrounds words that somebody speaks, in English sentences, as patterns: subjects before a verb of speech and behind it. Pure."""

from __future__ import annotations

import re

from bot.draft.names import NAME
from bot.draft.speech_words import BESIDE_VERBS, BODIES, NAMING, ROLES, VERBS

VERB = re.compile(rf"\b(?:{'|'.join(sorted(VERBS, key=len, reverse=True))})\b", re.IGNORECASE)
NAME_LAST = re.compile(rf"(?<![\w’'-])(?P<name>{NAME})$")
NAME_FIRST = re.compile(rf"\s*(?P<name>{NAME})")
PRONOUN_LAST = re.compile(r"(?<![\w’'-])(he|she|they|we|I|it|you|who|which|that)$", re.IGNORECASE)
PRONOUN_FIRST = re.compile(r"\s*(he|she|they|we|I|it|you)\b", re.IGNORECASE)
NOUN = rf"(?:{'|'.join(sorted(ROLES | BODIES, key=len, reverse=True))})"
OWN = r"(?:the|an?|its|his|her|their|our|one|another|[^\W\d_a-z][\w-]*(?: [^\W\d_a-z][\w-]*)*(?:[’']s|(?<=s)[’']))"
PLAIN = r"(?!(?:the|an?|its|his|her|their|our|of|for|to|by|and|or|but|that|which|who|as|with|in|on|at|from)\b)[\w’'-]++"
BESIDE = r"(?:\s+(?:of|for|at|in|from|to)\s+(?:the\s+|its\s+|a\s+)?(?:[\w’'.-]++\s*+){1,5})?"
ROLE_LAST = re.compile(rf"(?<![\w’'-])(?P<role>{OWN}\s+(?:{PLAIN}\s+){{0,5}}?(?P<noun>{NOUN}){BESIDE})$", re.IGNORECASE)
ROLE_FIRST = re.compile(
    rf"\s*(?P<role>{OWN}\s+(?:{PLAIN}\s+){{0,5}}?(?P<noun>{NOUN})(?:\s+(?:of|for|at|from)\s+(?:the\s+)?(?:[\w’'-]++\s*+){{1,5}}?)?)(?=\s*(?:[.,;:!?—–]|$|\s(?:on|in|at|who|after|when|as|to|yesterday|today)\b))",
    re.IGNORECASE,
)
# "Voice for Labour's" before a name.
BODYS_LAST = re.compile(r"(?:(?:[Tt]he|for|of|[^\W\d_a-z][\w-]*)\s+){0,6}[^\W\d_a-z][\w-]*[’']s?\s+$")
ROLE_AND_NAME = re.compile(rf"\s*(?:{OWN}\s+(?:{PLAIN}\s+){{0,3}}?{NOUN}\s+)?(?P<name>{NAME})")
# Before a name between commas, whatever the noun is: "The developer's acoustician".
THING_ALONE = re.compile(rf"\s*{OWN}\s+(?:{PLAIN}\s+){{0,4}}?[a-z][\w-]+", re.IGNORECASE)
_BRACKETED = re.compile(r"\([^()\n]{1,24}\)")
ROLE_THEN_NAME = re.compile(
    rf"\s*(?:(?:{OWN}\s+)?(?:{PLAIN}\s+){{0,5}}?(?:{NOUN}|number)(?:\s+(?:of|for|at|from|in)\s+(?:the\s+)?(?:[\w’'-]++\s*+){{1,5}}?)?)(?:,\s*(?:{OWN}\s+(?:{PLAIN}\s+){{0,3}}?{NOUN}\s+)?|\s+)(?P<name>{NAME})(?=\s*(?:[.,;:!?—–(]|$|\s[a-z]))"
)
ALSO = re.compile(r"(?<![\w’'-])(?:and|or|&)\s*$", re.IGNORECASE)
SUCH_AS = re.compile(r"(?<![\w’'-])(?:such as|including)\s+(?:[\w’'-]+\s+){0,4}$", re.IGNORECASE)
MARKS = "“”„‟\"‘’‚‛'«»‹›"
OPENS_CLAUSE = re.compile(
    r"(?:^|[,;:—–-]|(?<![\w’'-])(?:and|but|that|when|because|as|while|if|though|although|since|before|after|until|what|yet|so|where))\s*$",
    re.IGNORECASE,
)
NAMED = re.compile(
    rf"(?<![\w’'-])(?:{'|'.join(sorted(NAMING, key=len, reverse=True))})[\s,:]*(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE
)
PASSIVE = re.compile(
    r"(?:,|(?<![\w’'-])(?:is|are|was|were|be|been|being|so|plan|scheme|project|programme|program|group|band|film|book|song))\s*$",
    re.IGNORECASE,
)
DETERMINED = re.compile(r"(?<![\w’'-])(?:the|a|an|for|of|and|not|with|on|in|by)\s*[(]?$", re.IGNORECASE)
AS_PUT = re.compile(r"(?<![\w’'-])as\s+(?P<subject>[^;:“”\"]{2,100}?)\s+(?:has\s+|had\s+)?puts?(?:\s+it)?,?\s*$", re.IGNORECASE)
IN_WORDS_OF = re.compile(r"(?<![\w’'-])in the words of\s+(?P<subject>[^;:“”\"]{2,100}?),?\s*$", re.IGNORECASE)
AS_PUT_BEHIND = re.compile(r"\s*as\s+(?P<subject>[^;:“”\"]{2,100}?)\s+(?:has\s+|had\s+)?puts?\s+it\b", re.IGNORECASE)
ACCORDING_BEHIND = re.compile(r"\s*(?:according to|in the words of)\s+(?P<subject>[^;:“”\"]{2,100})", re.IGNORECASE)
SOURCE_LAST = re.compile(r"(?<![\w’'-])according to\s+(?P<subject>[^;:“”\"]{2,100})", re.IGNORECASE)
# Before whoever wrote it: "a report by".
REPORT_OF = re.compile(
    r"^(?:an?|the|its|his|her|their)\s+(?:[\w’'-]+\s+){0,2}?"
    r"(?:report|study|survey|statement|letter|paper|review|inquiry|analysis|estimate|letter|e-?mail|memo|poll)s?\s+(?:by|from|of)\s+",
    re.IGNORECASE,
)
# Unlike ROLE_AND_NAME only at the beginning of a sentence, where the role has a capital letter: "Head librarian Ann Price left".
SUBJECT_FIRST = re.compile(rf"\s*(?:(?:[\w-]+\s+){{0,3}}?{NOUN}\s+)?(?P<name>{NAME})(?=,|\s+[a-z])")
ROLE_START = re.compile(rf"\s*(?P<role>{OWN}\s+(?:{PLAIN}\s+){{0,4}}?(?P<noun>{NOUN}))(?=\s+[a-z])", re.IGNORECASE)
OTHER_CLAUSE = re.compile(
    r"(?<![\w’'-])(?:that|which|who|whose|while|whereas|when|because|if|as|where|what)(?![\w’'-])|;", re.IGNORECASE
)
# Behind a verb of speech: that the words go on with what somebody else does, or may do.
ELSEWHERE = re.compile(
    r"(?<![\w’'-])(?:since|because|which|whom|whose|where|while|whereas|after|before|until|unless|although|though)\s+"
    r"(?!(?:he|she|they|it|we|I)\b)(?:(?P<name>[^\W\d_a-z])|\w)"
)
# Where a sentence may go on with what somebody else says.
CUT = re.compile(r"[;:]\s+|(?:,\s+(?:although|though|but|and)|,?\s+(?:while|whereas))\s+")
# "did not say", "would have said", "wants to say": nothing was said.
UNSAID = re.compile(
    r"(?<![\w’'-])(?:(?:would|could|should|may|might|must)\s+have|to|not|never|nor|n[’']t|\w+n[’']t|would|could|should|will|can|cannot|might|may"
    r"|must|if|let|be|been|being|is|are|was|were)(?:\s+(?:yet|ever|(?!only)\w+ly))?\s+$",
    re.IGNORECASE,
)
# Before a verb of speech: that its clause tells of no fact.
UNREAL = re.compile(r"^\s*(?:if|unless|whether|had|should)\b|(?<![\w’'-])(?:if|unless|whether)\s[^,]*$", re.IGNORECASE)
DENIAL = re.compile(r"den(?:y|ies|ied)\b", re.IGNORECASE)
# "the claim that", "Tom Hall's words:": what follows may be said by another than whoever speaks of it.
OF_ANOTHER = re.compile(
    r"(?<![\w’'-])(?:claim|allegation|accusation|charge|suggestion|report|rumour|idea|notion|belief)s?\s+that\s*$"
    r"|(?<!\bin )(?<!\bon )(?<![\w’'-])[^\W\d_a-z][\w-]*[’']s?\s+(?:[\w-]+\s+)?(?:words?|claims?|statement|remarks?|comments?|reply|answer|warning|"
    r"promise|phrase|slogan|question)(?:\s+that|:)?\s*$"
)
# What may stand between somebody and "and": "Ann Price, 54, and", "the mayor, Ann Price, and".
_BESIDE_NAME = r"(?:,\s+(?:\d{1,3}|(?:the|an?|its|his|her|their|who|of|from)\s[^,;:“”\"]*),?)?"
# Before somebody, that another one speaks too: "Ann Price, the mayor, and".
AND_BEFORE = re.compile(
    rf"(?:[^\W\d_a-z][\w’'.-]*{_BESIDE_NAME}|(?<![\w’'-]){NOUN},\s+{NAME},)\s+(?:&\s+|(?:and|or)\s+(?:{OWN}\s+(?:{PLAIN}\s+){{0,3}}?{NOUN})?)$"
)
# The same from the beginning of a sentence on, which nothing else stands in yet.
FIRST_OF_SEVERAL = re.compile(
    rf"\W*(?:(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir)\s+)?(?:{PLAIN}\s+){{0,3}}?{NOUN},?\s+)?{NAME}{_BESIDE_NAME},?\s+(?:and|or|&)\s+"
)
# The same behind somebody: ", the mayor, and Tom Hall".
AND_BEHIND = re.compile(
    rf"{_BESIDE_NAME},?\s+(?:and|or|&)\s+(?:{OWN}\s+(?:{PLAIN}\s+){{0,3}}?{NOUN},?\s+)?{NAME}(?=\s*(?:[.,;:!?]|$))"
)
LABEL_VERBS = frozenset("called calls call describes described describe dubbed labelled".split())
_NOUNS = frozenset("report reports note notes answer answers call calls claim claims state states stress reply replies promise promises protests objects question remark remarks comment comments tells rules rule".split())  # fmt: skip
_DETERMINER_LAST = re.compile(
    r"(?:\b(?:the|an?|its|his|her|their|our|this|that|no|any|some|of|for|each|every|two|three|last|first|new|most)|[’']s|s[’'])\s+$",
    re.IGNORECASE,
)


def without_beside(words: str) -> str:
    """Words before a verb without those that stand between it and its subject."""
    while True:
        words = words.rstrip(" \u00a0\n")
        last = re.search(r"(?<![\w’'-])[\w-]+$", words)
        if last is None or not (last[0].lower() in BESIDE_VERBS or (last[0].endswith("ly") and last[0].islower())):
            return words
        words = words[: last.start()]


def without_brackets(words: str) -> str:
    """Words with blanks for what stands in brackets, as long as before."""
    return _BRACKETED.sub(lambda m: " " * len(m[0]), words)


def is_noun(clause: str, verb: re.Match[str]) -> bool:
    """Whether what looks like a verb of speech is a noun there: "the report", "her answer"."""
    return verb[0].lower() in _NOUNS and is_governed(clause, verb)


def is_governed(clause: str, verb: re.Match[str]) -> bool:
    """Whether a determiner before it makes a noun, or a part of one, of what looks like a verb: "the admitted cases"."""
    return _DETERMINER_LAST.search(clause[: verb.start()]) is not None
