"""What readers ask of articles of a kind or about a subject, each with what its answer could not do without."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from bot.pack.values import PersonKind


class ArticleKind(StrEnum):
    """What kind of text an article is, as far as its form shows it."""

    MINUTES = "minutes"
    NOTICE = "notice"
    LETTER = "letter"
    RELEASE = "release"
    REPORT = "report"  # any other


class Likely(NamedTuple):
    """A gap that may be one in articles of these kinds, or about this subject; `trace` is what its answer could not do without."""

    id: str
    about: frozenset[ArticleKind] | re.Pattern[str]
    question: str
    looked_for: str
    phrasings: tuple[str, ...]
    trace: re.Pattern[str]


class LikelyOf(NamedTuple):
    """A gap that may be one of a person, or of a body, that is named at least so many `times`: {who} is the name and {capacity} the
    capacity, by which, or by the name of a body, it is `shown` that it may be one. The sentences that name them have no `trace` of an answer."""

    id: str
    kind: PersonKind
    shown: re.Pattern[str]
    times: int
    most: int  # of those named most
    question: str
    looked_for: str
    phrasings: tuple[str, ...]
    trace: re.Pattern[str]


_ANY = frozenset(ArticleKind)
_MONEY = r"[£$€¥]|\b(?:pounds?|dollars?|euros?|pence|cents?|crowns?|florins?|marks|francs?|dinars?|kroner|thalers?|money|costs?|fees?|price|paid|pays?|free)\b"
_DAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Apr|Aug|Sept|Oct|Nov|Dec)\b|\b(?:19|20)\d\d\b"
GAPS = (
    Likely(
        "gap-author",
        _ANY,
        "Who wrote this?",
        "the name of whoever wrote this",
        ("who is the author of the article", "which journalist wrote it", "name of the writer"),
        re.compile(
            r"^\s*(?:By|From:?|Written by|Author:?|Reported by)\s+[^\W\d_]|^\s*(?:Yours|Signed|Kind regards|Best wishes)",
            re.MULTILINE,
        ),
    ),
    Likely(
        "gap-published",
        _ANY,
        "When was this published?",
        "the day on which this was published",
        ("what is the date of the article", "publication date", "how old is this article"),
        re.compile(_DAY),
    ),
    Likely(
        "gap-cost",
        frozenset({ArticleKind.REPORT, ArticleKind.RELEASE, ArticleKind.NOTICE, ArticleKind.MINUTES}),
        "What does it cost?",
        "any cost",
        ("how much does it cost", "what is the price", "who pays for it"),
        re.compile(_MONEY, re.IGNORECASE),
    ),
    Likely(
        "gap-contact",
        frozenset({ArticleKind.NOTICE, ArticleKind.RELEASE, ArticleKind.LETTER}),
        "Whom can I contact?",
        "whom to contact",
        ("is there a phone number", "what is the email address", "how do I get in touch"),
        re.compile(r"@|https?:|www\.|\b(?:tel|telephone|phone|ring|call|email|e-mail|write to|contact|P\.O\.)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-vote",
        frozenset({ArticleKind.MINUTES}),
        "How did each member vote?",
        "how each member voted",
        ("who voted for it and who against", "was there a vote", "what was the result of the vote"),
        re.compile(r"\b(?:vot\w+|unanim\w+|nem\. con|carried|in favour|against|abstain\w*)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-funding",
        frozenset({ArticleKind.REPORT, ArticleKind.RELEASE}),
        "Who pays for it?",
        "who pays for it",
        ("where does the money come from", "how is it funded", "who is funding this"),
        re.compile(
            r"\b(?:fund\w*|pay(?:s|ing)?|paid|grants?|budget|donat\w*|sponsor\w*|tax\w*|levy|subsid\w*|financ\w*)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-affected",
        frozenset({ArticleKind.REPORT}),
        "How many people are affected?",
        "how many people are affected",
        ("number of people affected", "how many does it concern", "how many residents does this affect"),
        re.compile(
            r"\d\s+(?:[\w’'-]+\s+){0,2}(?:people|residents|households|families|homes|workers|members|pupils|students|patients|passengers|customers|users|children|inhabitants|voters|employees|staff|tenants)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-next",
        frozenset({ArticleKind.REPORT, ArticleKind.RELEASE}),
        "What happens next?",
        "what happens next",
        ("what is the next step", "what will they do now", "how does it go on"),
        re.compile(
            r"\b(?:will|would|next|due|plans?|planned|until|expect\w*|intends?|(?:is|are|was|were) to|hopes?)\b", re.IGNORECASE
        ),
    ),
    Likely(
        "gap-reason",
        frozenset({ArticleKind.REPORT, ArticleKind.RELEASE}),
        "What is the reason for it?",
        "the reason for it",
        ("why is this happening", "what is behind it", "what led to this"),
        re.compile(
            r"\b(?:because|since|reasons?|due to|owing to|so that|in order to|caused?|after|led to|thanks to|why)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-opponents",
        frozenset({ArticleKind.REPORT, ArticleKind.RELEASE}),
        "What do those who are against it say?",
        "what those who are against it say",
        ("what do the opponents say", "is anyone against it", "what is the criticism"),
        re.compile(
            r"\b(?:against|oppos\w*|critic\w*|reject\w*|object\w*|condemn\w*|protest\w*|den(?:y|ies|ied)|disput\w*|disagree\w*|complain\w*|refus\w*)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-before",
        frozenset({ArticleKind.REPORT}),
        "Has it happened before?",
        "whether it has happened before",
        ("is this the first time", "how often has this happened", "was there a case like this earlier"),
        re.compile(
            r"\b(?:before|again|previous\w*|last (?:time|year|month|week)|earlier|first|since|years ago|record|already|once|twice|always|never|(?:19|20)\d\d)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-experts",
        frozenset({ArticleKind.REPORT}),
        "What do independent experts say?",
        "what independent experts say",
        ("is there a scientific opinion on it", "which expert comments on it", "what do researchers say"),
        re.compile(
            r"\b(?:experts?|professor|analyst\w*|economist\w*|research\w*|scien\w+|universit\w+|Dr|\w+ologists?|stud(?:y|ies)|inspector\w*)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-elsewhere",
        frozenset({ArticleKind.REPORT}),
        "How is it done elsewhere?",
        "how it is done elsewhere",
        ("what do other places do about it", "is it the same in other countries", "how do others handle this"),
        re.compile(
            r"\b(?:elsewhere|abroad|other (?:\w+ ){0,2}(?:towns?|cit(?:y|ies)|countr(?:y|ies)|schools?|districts?|ports?|places|clubs?|regions?)|neighbou?ring|national\w*)\b",
            re.IGNORECASE,
        ),
    ),
)


def words_like(pattern: str) -> re.Pattern[str]:
    """A pattern for whole words, in any case."""
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


COUNTED = r"\d[\d,.]*\s+(?:[\w’'-]+\s+){0,3}"
# What articles are about that readers have the same questions of, each with what shows it.
_STRIKE = words_like(r"strikes?|strikers?|walk-?outs?|stoppage")
_COURT = words_like(r"court|trial|jury|judge|prosecut\w+|defendant")
_DISASTER = words_like(r"crash\w*|fires?|blaze|explosion|flood\w*|storms?|accident|collision|derail\w*|earthquake|outage")
_VOTE = words_like(r"vot(?:e|es|ed|ing)|ballot|referendum|election")
_PROJECT = words_like(r"buil(?:d|ds|ding|t)|construct\w*|renovat\w*|redevelop\w*")
_STUDY = words_like(r"stud(?:y|ies)|research\w*|scientists?|survey\w*|findings")
_MATCH = words_like(r"match|goals?|scored?|league|tournament|championship|race|innings")
_PETITION = words_like(r"petitions?|signatures?")
_RULE = words_like(r"ban|bans|banned|rules?|laws?|regulations?|policy|order")
_PROTEST = words_like(r"protest\w*|demonstrat\w*|march(?:ed|ers)?|rall(?:y|ies)|vigil")
_CLOSURE = words_like(r"closures?|redundanc\w+|lay-?offs?|job cuts")
_CRIME = words_like(r"arrest\w*|thefts?|stolen|robber\w*|burglar\w*|fraud|shooting|stabbing|murder\w*")
_MEETING = words_like(r"meetings?|hearing|session|conference")
_EVENT = words_like(r"concerts?|festival|fair|exhibition|workshops?|performance|screening|open day")
_CLUB = words_like(r"clubs?|society|members")
_SCHOOL = words_like(r"schools?|pupils?|teachers?|headteacher")
SUBJECTS = (
    Likely(
        "gap-membership",
        _CLUB,
        "What does membership cost?",
        "what membership costs",
        ("how much is the membership fee", "what is the annual fee", "how does one become a member"),
        re.compile(r"\b(?:fees?|subscriptions?|dues|membership)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-strike-length",
        _STRIKE,
        "How long will the strike last?",
        "how long the strike will last",
        ("when does the strike end", "until when do they strike", "duration of the strike"),
        re.compile(
            r"\b(?:strike|stoppage|walk-?out)[^.]*\b(?:until|days?|weeks?|hours?|indefinite\w*|ends?|ended)\b|\b(?:until|\d+[- ](?:day|week|hour))[^.]*\b(?:strike|stoppage|walk-?out)",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-strikers",
        _STRIKE,
        "How many people are on strike?",
        "how many people are on strike",
        ("how many workers have walked out", "number of strikers", "how many joined the strike"),
        re.compile(
            COUNTED
            + r"(?:workers|members|staff|employees|dockers|teachers|drivers|nurses|strikers|people|crew|bakers|miners|pilots)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-wages",
        _STRIKE,
        "What do the strikers earn now?",
        "what the strikers earn now",
        ("how much are they paid at present", "what is their current wage", "what is the pay of the workers"),
        re.compile(r"\b(?:earn\w*|wages?|salar\w+|paid|hourly|a month|an hour)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-sentence",
        _COURT,
        "What sentence is possible?",
        "what sentence is possible",
        ("how many years in prison could it be", "what is the maximum penalty", "which punishment is threatened"),
        re.compile(r"\b(?:sentenced?|prison|jail\w*|life|fined?|fines|penalt\w+|punish\w*)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-verdict",
        _COURT,
        "When is the verdict expected?",
        "when the verdict is expected",
        ("when will the court decide", "date of the verdict", "when is the judgment"),
        re.compile(
            r"\b(?:verdict|judge?ment|ruling|ruled|rules|decision|decide\w*|convicted|acquitted|found guilty)\b", re.IGNORECASE
        ),
    ),
    Likely(
        "gap-plea",
        _COURT,
        "How did the accused plead?",
        "how the accused pleaded",
        ("guilty or not guilty", "did the defendant confess", "what was the plea"),
        re.compile(r"\b(?:plea\w*|pled|den(?:y|ies|ied)|admit\w*|guilty|confess\w*|appeal\w*|sued?|suing)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-hurt",
        _DISASTER,
        "Was anyone hurt?",
        "whether anyone was hurt",
        ("how many people were injured", "were there any casualties", "did anybody die"),
        re.compile(
            r"\b(?:hurt|injur\w*|kill\w*|die[ds]?|dead|deaths?|wound\w*|unharmed|casualt\w*|unhurt|victims?|hospital)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-cause",
        _DISASTER,
        "What was the cause?",
        "the cause",
        ("what caused it", "how did it start", "who is to blame for it"),
        re.compile(r"\b(?:caus\w*|because|blam\w*|started|origin\w*|fault\w*|fail\w*|arson)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-damage",
        _DISASTER,
        "How much damage was done, in money?",
        "how much damage was done in money",
        ("what is the damage worth", "cost of the damage", "how expensive are the repairs"),
        re.compile(_MONEY, re.IGNORECASE),
    ),
    Likely(
        "gap-insured",
        _DISASTER,
        "Was the damage insured?",
        "whether the damage was insured",
        ("is there an insurance", "does an insurance pay", "who is the insurer"),
        re.compile(r"\binsur\w*", re.IGNORECASE),
    ),
    Likely(
        "gap-result",
        _VOTE,
        "How many voted for it and how many against?",
        "how many voted for it and against it",
        ("what was the result of the vote in numbers", "how close was the vote", "number of votes against"),
        re.compile(
            r"\d+\s?(?:[-–]|to|votes|against)\s?\d*|unanim\w+|per ?cent|%|\bto (?:one|two|three|four|five|six|seven|eight|nine|ten)\b|majority",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-turnout",
        _VOTE,
        "How high was the turnout?",
        "the turnout",
        ("how many took part in the vote", "what share of people voted", "turnout of the vote"),
        re.compile(r"\bturn-?out\b|\btook part\b|\bcast\b|\breturned\b", re.IGNORECASE),
    ),
    Likely(
        "gap-finished",
        _PROJECT,
        "When will the work be finished?",
        "when the work will be finished",
        ("when is it completed", "completion date", "how long will the building take"),
        re.compile(r"\b(?:finish\w*|complet\w*|ready|open(?:s|ed|ing)?|by (?:19|20)\d\d|end of)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-builder",
        _PROJECT,
        "Which firm does the building work?",
        "which firm does the building work",
        ("who is the builder", "name of the contractor", "which architect designed it"),
        re.compile(r"\b(?:contractors?|builders?|architects?|developers?|Ltd|construction (?:firm|company))\b", re.IGNORECASE),
    ),
    Likely(
        "gap-jobs",
        _PROJECT,
        "How many jobs will it bring?",
        "how many jobs it will bring",
        ("does it create jobs", "number of new jobs", "how many people will work there"),
        re.compile(r"\bjobs?\b|\bemploy\w*", re.IGNORECASE),
    ),
    Likely(
        "gap-sample",
        _STUDY,
        "How many took part in the study?",
        "how many took part in the study",
        ("sample size", "how many people were studied", "number of participants"),
        re.compile(
            r"\b(?:participants?|volunteers|respondents|sample|took part|of \d[\d,]*|\d[\d,]* (?:[\w’'-]+ ){0,2}(?:people|patients|children|adults|pupils|students|birds|animals|households|replies))\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-sponsor",
        _STUDY,
        "Who paid for the study?",
        "who paid for the study",
        ("who funded the research", "sponsor of the study", "where did the grant come from"),
        re.compile(r"\b(?:fund\w*|paid|pays?|grants?|sponsor\w*|commission\w*|financ\w*)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-journal",
        _STUDY,
        "Where was the study published?",
        "where the study was published",
        ("in which journal did it appear", "name of the journal", "is the study reviewed"),
        re.compile(r"\b(?:journal|publish\w*|appear\w*|preprint|conference|paper)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-crowd",
        _MATCH,
        "How many spectators were there?",
        "how many spectators there were",
        ("how big was the crowd", "attendance at the match", "how many people watched"),
        re.compile(r"\b(?:crowd|spectators?|attendance|fans|supporters|watched)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-signatures",
        _PETITION,
        "How many people signed the petition?",
        "how many people signed the petition",
        ("number of signatures", "how many signatures are there", "how many have signed"),
        re.compile(COUNTED + r"(?:signatures|signatories|names|people|residents|readers)\b|\bsigned by\b", re.IGNORECASE),
    ),
    Likely(
        "gap-penalty",
        _RULE,
        "What is the penalty for breaking the rule?",
        "the penalty for breaking the rule",
        ("what happens if you break it", "is there a fine", "how is it punished"),
        re.compile(r"\b(?:penalt\w+|fined?|fines|punish\w*|sanction\w*|prison|jail|suspen\w+|disciplin\w+)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-exceptions",
        _RULE,
        "Are there exceptions to the rule?",
        "whether there are exceptions to the rule",
        ("who is exempt", "does it apply to everybody", "are there any exemptions"),
        re.compile(r"\b(?:exempt\w*|except\w*|unless|apart from|only|waiver)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-protesters",
        _PROTEST,
        "How many people took part in the protest?",
        "how many people took part in the protest",
        ("how many protesters were there", "size of the demonstration", "number of demonstrators"),
        re.compile(
            COUNTED
            + r"(?:people|protesters|demonstrators|marchers|residents|members|students|supporters)\b|\b(?:hundreds|thousands|dozens)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-arrests",
        _PROTEST,
        "Was anyone arrested at the protest?",
        "whether anyone was arrested at the protest",
        ("how many arrests were there", "did the police detain anybody", "arrests at the demonstration"),
        re.compile(r"\b(?:arrest\w*|detain\w*|custody|held)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-jobs-lost",
        _CLOSURE,
        "How many jobs will be lost?",
        "how many jobs will be lost",
        ("number of jobs cut", "how many people lose their job", "are there redundancies"),
        re.compile(r"\bjobs?\b|\bredundan\w+|\bemployees?\b|\bstaff\b|\bworkers?\b", re.IGNORECASE),
    ),
    Likely(
        "gap-suspects",
        _CRIME,
        "Who are the suspects?",
        "who the suspects are",
        ("has anyone been arrested", "names of the suspects", "do the police know who did it"),
        re.compile(r"\b(?:suspect\w*|arrest\w*|accused|charged|defendant|convicted)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-attended",
        _MEETING,
        "How many people attended the meeting?",
        "how many people attended the meeting",
        ("attendance at the meeting", "how many came to the meeting", "how full was the room"),
        re.compile(
            r"\b(?:attend\w*|present|came|audience|packed|turned up|apologies)\b|" + COUNTED + r"(?:people|residents|members)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-next-meeting",
        _MEETING,
        "When is the next meeting?",
        "when the next meeting is",
        ("when do they meet again", "date of the next meeting", "when will it be discussed again"),
        re.compile(r"\b(?:next|again|adjourn\w*|resume\w*|follow-up)\b|\bmeets? (?:on|in)\b|\buntil\b", re.IGNORECASE),
    ),
    Likely(
        "gap-tickets",
        _EVENT,
        "What does a ticket cost?",
        "what a ticket costs",
        ("price of admission", "is entry free", "how much are tickets"),
        re.compile(_MONEY, re.IGNORECASE),
    ),
    Likely(
        "gap-hours",
        _EVENT,
        "At what time does it begin?",
        "at what time it begins",
        ("when does it start", "what are the opening hours", "until what time is it open"),
        re.compile(
            r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:a\.?m|p\.?m)|o[’']clock|\bnoon\b|\bmidnight\b|\b\d{1,2}:\d\d\b|\bat (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half)\b",
            re.IGNORECASE,
        ),
    ),
    Likely(
        "gap-booking",
        _EVENT,
        "How can one book a place?",
        "how to book a place",
        ("where can I get tickets", "do I have to register", "how do I sign up"),
        re.compile(r"\b(?:book\w*|tickets?|register\w*|sign up|reserve\w*|@|www|call|ring|email)\b", re.IGNORECASE),
    ),
    Likely(
        "gap-pupils",
        _SCHOOL,
        "How many pupils does the school have?",
        "how many pupils there are",
        ("number of pupils", "how many students go there", "how big is the school"),
        re.compile(COUNTED + r"(?:pupils|students|children|boys|girls)\b", re.IGNORECASE),
    ),
)
_ALL = re.compile(r"")
SAYS = LikelyOf(
    "says",
    PersonKind.PERSON,
    _ALL,
    1,
    1,
    "What does {who} say about it?",
    "what {who} says about it",
    ("comment by {who}", "has {who} replied", "statement of {who}"),
    _ALL,
)
OF_ACTORS = (
    LikelyOf(
        "members",
        PersonKind.ORGANISATION,
        words_like(r"union|association|league|federation|club|society|party|alliance|group|campaign|confederation|guild"),
        1,
        1,
        "How many members does {who} have?",
        "how many members {who} has",
        ("how big is {who}", "number of members of {who}"),
        re.compile(COUNTED + r"(?:members|people|affiliates|readers|supporters|households|boats|workers)\b", re.IGNORECASE),
    ),
    LikelyOf(
        "staff",
        PersonKind.ORGANISATION,
        words_like(r"company|firm|hospital|bank|works|brewery|airline|railway|agency|ministry|authority|ltd|inc"),
        1,
        1,
        "How many people work for {who}?",
        "how many people work for {who}",
        ("how big is {who}", "number of employees of {who}"),
        re.compile(r"\b(?:employ\w*|staff|workers?|workforce|people|jobs)\b", re.IGNORECASE),
    ),
    LikelyOf(
        "founded",
        PersonKind.ORGANISATION,
        words_like(
            r"union|association|league|federation|club|society|party|alliance|group|campaign|company|firm|trust|foundation|institute"
        ),
        1,
        1,
        "When was {who} founded?",
        "when {who} was founded",
        ("how old is {who}", "who founded {who}"),
        words_like(r"found\w*|set up|established|formed|since (?:19|20)\d\d|new|years? old|created"),
    ),
    LikelyOf(
        "leader",
        PersonKind.ORGANISATION,
        words_like(
            r"union|association|league|federation|club|society|party|alliance|campaign|company|firm|trust|foundation|institute"
        ),
        1,
        1,
        "Who leads {who}?",
        "who leads {who}",
        ("who is the head of {who}", "name of the leader of {who}"),
        words_like(
            r"chair\w*|president|director|leader|head|leads?|led|secretary|chief|convener|founder|manager|spokes\w+|captain|treasurer"
        ),
    ),
    LikelyOf(
        "since",
        PersonKind.PERSON,
        re.compile(
            r"^(?:[\w-]+ ){0,2}(?:chair\w*|president|director|leader|mayor|minister|captain|treasurer|secretary|editor|principal|manager|executive|coach)$",
            re.IGNORECASE,
        ),
        1,
        1,
        "Since when has {who} been {capacity}?",
        "since when {who} has been {capacity}",
        ("how long has {who} been {capacity}", "when did {who} become {capacity}"),
        words_like(r"since|years?|elected|appointed|became|first|joined|took over|new|former|months?|until|acting"),
    ),
    LikelyOf(
        "age",
        PersonKind.PERSON,
        _ALL,
        2,
        1,
        "How old is {who}?",
        "the age of {who}",
        ("what is the age of {who}", "when was {who} born"),
        re.compile(r",\s\d{1,3}(?:[,.]|\s)|\baged?\s\d|\byear[- ]old\b|\byears old\b|\bborn\b|\bof \d\d\b", re.IGNORECASE),
    ),
    LikelyOf(
        "home",
        PersonKind.PERSON,
        _ALL,
        5,
        1,
        "Where does {who} live?",
        "where {who} lives",
        ("what is the home town of {who}", "in which place is {who} at home"),
        words_like(r"li[vf]\w*|home|house|resident|moved|grew up|born|neighbou?r\w*|kitchen|farm|street"),
    ),
    LikelyOf(
        "before",
        PersonKind.PERSON,
        _ALL,
        5,
        1,
        "What did {who} do before?",
        "what {who} did before",
        ("what is the career of {who}", "what was the former job of {who}"),
        words_like(
            r"former\w*|previous\w*|before|used to|worked|joined|retired|career|years|trained|studied|grew up|began|started"
        ),
    ),
)
