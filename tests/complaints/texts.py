"""Any ordinary text: paragraphs, sentences, quotations, passages, lists and tables."""

from __future__ import annotations

from complaints.kind import Case, Kind, case, each
from complaints.tools import engine_on

from bot.engine.answer import Citation, citations_of, nearest_of
from bot.engine.question import clean
from bot.pack import proof
from bot.pack.proof import Flaw
from bot.pack.values import Quote, QuoteKind
from bot.say.languages import wording
from bot.say.quotations import quoted
from bot.text.article import Article, Span, parse
from bot.text.introductions import introductions_of
from bot.text.quotation_marks import quotations_of
from bot.text.words import split

# What is looked at


def nothing_is_lost(text: str) -> bool:
    """Whether every character but white space is of one paragraph and one sentence, and every excerpt is the slice."""
    article = parse(text.encode())
    places = [i for i, c in enumerate(text) if not c.isspace() and c != "\ufeff"]
    for spans in ([p.span for p in article.paragraphs], list(article.sentences)):
        if sorted(i for s in spans for i in range(s.start, s.end) if i in set(places)) != places:
            return False
        if any(article.excerpt(s).text != text[s.start : s.end] for s in spans):
            return False
    return True


def sentences(text: str) -> str:
    """The sentences under a headline, parted by upright lines."""
    article = parse(f"Head\n\n{text}".encode())
    return "|".join(_on_one_line(article, s) for s in article.sentences[1:])


def paragraphs(text: str) -> list[str]:
    article = parse(text.encode())
    return [_on_one_line(article, p.span) for p in article.paragraphs]


def quotations(text: str) -> str:
    """The text with ⟦⟧ round the words in quotation marks, ⦃⦄ round those of which it is not sure."""
    found = quotations_of(parse(text.encode()))
    marks = [(s.start, "⟦", s.end, "⟧") for s in found.spans] + [(s.start, "⦃", s.end, "⦄") for s in found.unsure]
    put = sorted([(b, 0, closing) for _, _, b, closing in marks] + [(a, 1, opening) for a, opening, _, _ in marks])
    for at, _, mark in reversed(put):
        text = text[:at] + mark + text[at:]
    return text


def kind_flaw(text: str, passage: str, kind: str) -> str:
    """What is wrong with a record that gives the passage that kind; "unproved" where its record alone decides."""
    article = parse(text.encode())
    span = proof.located(article, "q", passage)
    assert isinstance(span, Span), span
    quote = Quote("q", span, QuoteKind(kind), ("somebody",), None)
    flaw = proof.kind_flaw(article, quote)
    return flaw.what if flaw else "unproved" if proof.unproved(article, [quote]) else ""


def place(text: str, passage: str, paragraph: str = "", furniture: str = "") -> str:
    """Where a passage stands, by the offset in its paragraph; or what is wrong with it."""
    article = parse(text.encode(), furniture=[furniture] if furniture else [])
    found = proof.located(article, "q", passage, paragraph)
    if isinstance(found, Flaw):
        return found.what
    holding = article.paragraph_at(found.start)
    return f"paragraph {holding.number}, character {found.start - holding.span.start}"


def nearest(text: str, passage: str) -> str:
    """What is said to copy in the place of a passage that stands nowhere."""
    found = proof.located(parse(text.encode()), "q", passage)
    assert isinstance(found, Flaw), found
    return found.fix.partition("The nearest is ")[2]


def left_out(text: str, *passages: str) -> bool:
    """Whether “[…]” stands between the passages as they are quoted."""
    pack = engine_on(text).pack
    article = pack.article
    found = [proof.located(article, "q", p) for p in passages]
    cited = [
        Citation(article.excerpt(s), Quote(f"q{i}", s, QuoteKind.NARRATION, (), None))
        for i, s in enumerate(found)
        if isinstance(s, Span)
    ]
    assert len(cited) == len(passages), found
    return any("[…]" in line.text for line in quoted(cited, pack, wording("en")))


def found_alike(text: str, asked: str) -> str:
    """The slice of the text that has the words that were asked for, however both are written; nothing where a word differs."""
    article = parse(text.encode())
    found = proof.nearest_passage(article, clean(asked))
    passage = article.excerpt(found).text if found else ""
    return passage if split(passage) == split(clean(asked)) else ""


def introductions(text: str) -> dict[str, str]:
    article = parse(text.encode())
    return {_on_one_line(article, a): _on_one_line(article, b) for a, b in introductions_of(article).items()}


def shown(text: str, question: str) -> str:
    """What is shown of a text to a question, nearest included."""
    answer = engine_on(text).answer(question)
    return " ".join(c.excerpt.text for c in (*citations_of(answer), *nearest_of(answer)))


def shows(text: str, question: str, words: str, most: int) -> bool:
    """Whether what is shown has the words, and no more characters than so many."""
    found = shown(text, question)
    return words in found and len(found) <= most


def _on_one_line(article: Article, span: Span) -> str:
    return " ".join(article.excerpt(span).text.split())


def _ends(*texts: str) -> tuple[Case, ...]:
    """Sentences, parted by upright lines."""
    return tuple(case(text.replace("|", " "), right=text) for text in texts)


def _marked(*texts: str) -> tuple[Case, ...]:
    """Texts with ⟦⟧ round what stands in quotation marks, ⦃⦄ round what is unsure."""
    bare = str.maketrans("", "", "⟦⟧⦃⦄")
    return tuple(case(text.translate(bare), right=text) for text in texts)


# The kinds

LOST = Kind(
    "nothing of a text is lost or doubled",
    "asked for, as properties",
    nothing_is_lost,
    each(True, ["Head\r\rOne. Two.\r\rThree."]),
    each(
        True,
        [
            "\ufeffMinutes\n\n\n\n  Present: A. Moe (chair) \n\t\n1. Apologies\n\nNone.\n",
            "Title\x0cPage two begins. It\u2028goes on.\u2029The end",
            "No headline here. Just one paragraph with “a quotation that never ends.",
            "Pier\tHour\nNorth\t6.10\n\nFares. Dogs go free!?\u00a0Yes… [1][2]",
            "שלום. 你好。 Καλημέρα; 🎈🎈 e\u0301tude.\n\nA\u00adB \u200b C.",
        ],
    ),
)  # fmt: skip

TITLES = Kind(
    "sentence ends: titles and other abbreviations",
    "wrong at `Gov. Smith`, `No. 5`",
    sentences,
    _ends("Gov. Smith spoke.|He left.", "Bus No. 5 came.|It was full."),
    _ends(
        "Asst. Dist. Atty. Moss rose.|So did Lt. Gov. Hale.",
        "The Rt. Hon. Ada Fell met Maj. Gen. Roy Dunn at St. Luke’s.|Both smiled.",
        "See Fig. 3, Sec. 12 and vol. 4.|They say more.",
        "The Hon. Sec. Ms. Lowe, b. 1940, resigned.|See pts. 1 and 2.",
        "Est. 1921, the shop of Messrs. Hale & Co. Ltd. closed.|Nobody came.",
        "Turn left on Elm Ave. North of it lies the park, approx. 2 mi. away.|Dogs may run.",
    ),
)

DATES = Kind(
    "sentence ends: dates and times of day",
    "wrong at `Sept. 5`, `7 a.m. on weekdays`",
    sentences,
    _ends("It opens on Sept. 5 this year.|Come.", "It opens at 7 a.m. on weekdays.|It closes late."),
    _ends(
        "The match was moved to Sat. 14 Nov. at 3 p.m. because of snow.|Fans groaned.",
        "Doors open at 6.30 p.m.|Curtain up is at 7 p.m. sharp.",
        "The shift runs from 10 p.m. to 6 a.m.|Workers sleep by day.",
        "Between Jan. 3 and Feb. 28 the pool is shut.|It reopens in Mar. 2027.",
        "She was born c. 1880 and died in Dec.|Nobody knows the day.",
    ),
)

MARKS_INSIDE = Kind(
    "sentence ends: exclamation and question marks inside a sentence",
    "wrong at `Yahoo! said`, `“…?” asked`",
    sentences,
    _ends("Yahoo! said it would.|It did.", "“Will it rain?” asked Ms Orr.|Nobody knew."),
    (
        *_ends(
            "Which? tested forty kettles.|None leaked.",
            "‘Stop!’ cried the guard.|We stopped.",
            "The firm (“Who needs it?”) went under.|Few wept.",
            "“Ready… steady… go!” he shouted.|They ran.",
        ),
        case(
            "Yum! Brands said no. Yahoo! Japan said yes.",
            right="Yum! Brands said no.|Yahoo! Japan said yes.",
            miss="a mark in a name is taken for the end where the name goes on with a capital",
        ),
    ),
)

FOOTNOTES = Kind(
    "sentence ends: footnote marks",
    "wrong at `.[1] It`",
    sentences,
    _ends("The dam broke.[1]|It was old."),
    _ends(
        "The dam broke.[12][13]|It was old.",
        "“It was old.”[a]|She had warned them.",
        "The dam broke.¹|It was old.²|Nobody died.",
        "It cost £4m.†|The council paid.*|Nobody else did.",
        "Was it safe?[citation needed]|It was not![note 4]",
    ),
)

INITIALS = Kind(
    "sentence ends: initials and what seldom ends a sentence",
    "wrong at `U.S. It`",
    sentences,
    _ends("He moved to the U.S.|It was cold."),
    _ends(
        "She left the E.U.|They stayed.|The E.U. Commission did not care.",
        "J. R. Oyelaran wrote it with P. Q. Lund.|It sold well.",
        "He works at Brill Inc.|He likes it.|Brill Corp. President Ames does not.",
        "The U.N. Security Council met in Washington D.C. on Friday.|No vote was held.",
        "They met Anna B. in Group C.|She was ill.",
    ),
)

ITEMS = Kind(
    "sentence ends: numbers of a list",
    "wrong",
    sentences,
    _ends("1. Open the lid.|2. Pour."),
    _ends(
        "4.1 Members shall pay.|4.2. Others may not.",
        "(a) the roof leaks.|(b) the door sticks, see sec. (c) of the lease.|(ii) rain comes in.",
        "Q. Where were you?|A. At home.|A. I said so.",
        "12. No. 7 is shut.|13. Mr. Hall keeps the key.",
        "iv. Any other business.|v. Date of next meeting.",
        "iv. Brill Inc. v. Hale Co. was heard.|v. Roe v. Wade was not.",
        "a. Fares.|None rose.|b. Dogs, see pt. c. of the rules.|c. Boats.",
    ),
)

_LONG = (
    "The county said on Monday that the ferry, which has been out of service since a storm tore away its ramp, will sail again\n"
    "in June"
).replace("\n", " ")

WRAPPED = Kind(
    "text wrapped at some number of columns",
    "a sentence a line (“opens to traffic in”)",
    paragraphs,
    (
        case(
            "BRIDGE\n\nThe new bridge over the Tarn, nine years in the making, opens to\ntraffic in the second week of May, the Department of Roads said on\nTuesday.\n",
            right=["BRIDGE", "The new bridge over the Tarn, nine years in the making, opens to traffic in the second week of May, the Department of Roads said on Tuesday."],
        ),
    ),
    (
        case(
            "Ferry to sail again\n\n> The county said on Monday that the ferry will sail\n> again in June, once its ramp has been rebuilt by the\n> yard that made it.\n",
            right=["Ferry to sail again", "> The county said on Monday that the ferry will sail > again in June, once its ramp has been rebuilt by the > yard that made it."],
        ),
        case(
            "Re: the ferry\n\n> The county said on Monday that the ferry will sail again in\n> June, once its ramp has been rebuilt. Fares stay as they are.\nNobody believes it, and we have all heard that one before, in\nfact twice.\n>> When will it sail?\n> Who knows.\n",
            right=["Re: the ferry", "> The county said on Monday that the ferry will sail again in > June, once its ramp has been rebuilt. Fares stay as they are.", "Nobody believes it, and we have all heard that one before, in fact twice.", ">> When will it sail?", "> Who knows."],
        ),
        case(
            "FERRY\n\n  The county said on Monday that the ferry, which has been\n  out of service since a storm tore away its ramp, will sail\n  again in June.\n\n  Fares stay as they are, and dogs still travel without a\n  ticket.\n",
            right=["FERRY", "The county said on Monday that the ferry, which has been out of service since a storm tore away its ramp, will sail again in June.", "Fares stay as they are, and dogs still travel without a ticket."],
        ),
        case(
            "Ferry\r\n\r\nThe county said on Monday that the ferry, which has been out of service\r\nsince a storm tore away its ramp, will sail again in June, once the yard\r\nthat made it has sent a new one.\r\n",
            right=["Ferry", "The county said on Monday that the ferry, which has been out of service since a storm tore away its ramp, will sail again in June, once the yard that made it has sent a new one."],
        ),
        case(
            "Ferry\n    The county said on Monday that the ferry, which has been out\nof service since a storm tore away its ramp, will sail again in\nJune.\n    Fares stay as they are, and dogs travel without a ticket on\nweekdays.\n",
            right=["Ferry", "The county said on Monday that the ferry, which has been out of service since a storm tore away its ramp, will sail again in June.", "Fares stay as they are, and dogs travel without a ticket on weekdays."],
        ),
        case(
            "Notice\n\nBefore you board you are asked to do the following, as the ramp is\nstill new:\n\n- keep to the left of the yellow line until the crew has waved you\n  through\n- switch your engine off\n\nThank you.\n",
            right=["Notice", "Before you board you are asked to do the following, as the ramp is still new:", "- keep to the left of the yellow line until the crew has waved you through - switch your engine off", "Thank you."],
        ),
    ),
)  # fmt: skip

LINE_ENDS = Kind(
    "paragraphs without blank lines, with CR alone, with CR LF",
    "wrong",
    paragraphs,
    each(["Head", "One. Two.", "Three."], ["Head\nOne. Two.\nThree.\n", "Head\r\rOne. Two.\r\rThree.", "Head\r\n\r\nOne. Two.\r\n\r\nThree."]),
    each(
        ["Pool to shut", "It shuts on Friday. Nobody minds.", "It reopens in May.", "The end."],
        [
            "Pool to shut\rIt shuts on Friday. Nobody minds.\rIt reopens in May.\rThe end.\r",
            "Pool to shut\r\nIt shuts on Friday. Nobody minds.\r\nIt reopens in May.\r\nThe end.",
            "Pool to shut\n \t\nIt shuts on Friday. Nobody minds.\n\u00a0\nIt reopens in May.\n\n\n\nThe end.",
            "Pool to shut\u2029It shuts on Friday. Nobody minds.\u2029It reopens in May.\u2029The end.",
            "Pool to shut\n\nIt shuts on Friday. Nobody minds.\nIt reopens in May.\nThe end.",
        ],
    ),
)  # fmt: skip

DOUBLE = Kind(
    "quotation marks: double, angled, German, straight",
    "wrong",
    quotations,
    _marked('Head\n\nShe said “⟦yes⟧”, « ⟦non⟧ », „⟦nein⟧“ and "⟦no⟧".'),
    _marked(
        'Head\n\n"⟦We lost,⟧" Orr said. "⟦Badly.⟧"',
        "Head\n\n«⟦On ferme,⟧» dit-elle. «⟦C’est tout.⟧»",
        "Head\n\n„⟦Wir schließen⟧“, sagte sie. „⟦Schluss.⟧“",
        "Head\n\n»⟦Wir schließen⟧«, sagte sie.",
        "Head\n\nThe sign read “⟦CLOSED⟧” (“⟦for good⟧”, somebody had added)—“⟦sorry⟧”.",
    ),
)

NESTED = Kind(
    "quotation marks: nested",
    "wrong",
    quotations,
    _marked("Head\n\n“⟦He told me ‘no’ twice,⟧” she said."),
    _marked(
        "Head\n\n‘⟦He told me “no” twice,⟧’ she said.",
        "Head\n\n\"⟦He told me 'no' and 'never',⟧\" she said.",
        "Head\n\n“⟦She wrote: ‘They’ll say “no”.’⟧” He nodded.",
        "Head\n\n« ⟦Il a dit “jamais” deux fois⟧ », dit-elle.",
        "Head\n\n“⟦‘Never,’ he said, and ‘not now’.⟧” She left.",
    ),
)

SINGLE = Kind(
    "quotation marks: British single ones and apostrophes",
    "wrong",
    quotations,
    _marked("Head\n\n‘⟦It’s the readers’ room,⟧’ she said."),
    _marked(
        "Head\n\n‘⟦We don’t, won’t and can’t,⟧’ said Orr. ‘⟦That’s the boys’ view.⟧’",
        "Head\n\n'⟦It's ours,⟧' she said. 'Tis true: the dogs' home's full.",
        "Head\n\nIn the ’90s the ‘⟦kings⟧’ of rock ’n’ roll came to O’Hara’s.",
        "Head\n\nThe miners’ strike of ’84 split the girls’ school and St Thomas’ Church.",
        "Head\n\n‘⟦The teachers’ pay? It’s poor,⟧’ he said of the unions’ plan.",
    ),
)

INCHES = Kind(
    "quotation marks: inches and feet",
    'wrong at `6" deep`',
    quotations,
    _marked('Head\n\nThe snow was 6" deep. She said "⟦wow⟧".'),
    (
        *_marked(
            'Head\n\nA 12" record and a 7" one lay there.',
            "Head\n\nHe is 5'11\" and says: \"⟦I am 6' tall.⟧\"",
            "Head\n\n“⟦We had 14\" of rain and 3' of mud,⟧” said Orr.",
            'Head\n\n"⟦Use a 3/4" pipe,⟧" the plumber said.',
            'Head\n\nBoards of 2" x 4" were "⟦scarce⟧" in May.',
        ),
        *_marked(
            "Head\n\nHe is 5’ 11” tall and says “⟦hi⟧”.",
            "Head\n\nThe snow was 6” deep. She said “⟦wow⟧”.",
            "Head\n\n“⟦It is 6” by 4” and I am 5’11” tall,⟧” he said.",
            "Head\n\n“⟦We lost by 12⟧” she said. “⟦He is 5’ 11⟧”.",
            "Head\n\n⦃We lost by 12⦄” she said. “⟦He is 5’ 11⟧”.",
        ),
    ),
)  # fmt: skip

RUNNING_ON = Kind(
    "quotation marks: a quotation over several paragraphs",
    "wrong",
    quotations,
    _marked("Head\n\nOrr said: “⟦One.⟧\n\n“⟦Two.⟧” She left.", "Head\n\nOrr said: “⟦One.⟧\n\n⟦Two.⟧” She left.\n\nEnd."),
    _marked(
        "Head\n\nOrr said: ‘⟦It’s over.⟧\n\n‘⟦We’re done.⟧\n\n‘⟦Go home.⟧’\n\nThey went.",
        'Head\n\nOrr said: "⟦It is over.⟧\n\n"⟦We are done.⟧"\n\nThey went.',
        "Head\n\n« ⟦C’est fini.⟧\n\n« ⟦On rentre.⟧ »\n\nIls rentrent.",
        "Head\n\n“⟦It is over,⟧” said Orr. “⟦We are done.⟧\n\n“⟦As my father said: ‘Go home.’⟧”\n\nThey went.",
        "Head\n\nThe letter read: “⟦Dear all,⟧\n\n⟦It is over.⟧\n\n⟦Go home.⟧”\n\nThey went.",
    ),
)

UNBALANCED = Kind(
    "quotation marks that do not balance: unsure, and the record decides",
    "a false speaker was advised",
    kind_flaw,
    each("unproved", [("Head\n\nOrr said: “It is over, she said.\n\nThe end.", "It is over", k) for k in ("direct", "narration")]),
    (
        *each(
            "unproved",
            [
                ("Head\n\nIt is over,” said Orr, and went.\n\nThe end.", "It is over", "direct"),
                ('Head\n\nOrr said: "It is over, he told us.\n\nThe end.', "It is over", "narration"),
                ("Head\n\n“One.\n\nTwo.\n\nThe end.", "One", "direct"),
            ],
        ),
        case("Head\n\n“It is over,” said Orr. Rain fell, “she added.\n\nThe end.", "Rain fell", "narration", right=""),
        case(
            "Head\n\n“It is over,” said Orr. Rain fell.\n\n“No end.", "It is over", "narration",
            right="'q' stands in quotation marks, so it is not narration.",
        ),
    ),
)  # fmt: skip

CUT_WORDS = Kind(
    "a passage never begins or ends inside a word",
    "`We can` out of “We cannot support” passed",
    place,
    each("the text of 'q' ends inside the word 'cannot'.", [("Head\n\nWe cannot support it.", "We can")]),
    (
        case("Head\n\nWe didn’t pay.", "We did", right="the text of 'q' ends inside the word 'didn’t'."),
        case("Head\n\nIt is unlawful.", "lawful", right="the text of 'q' begins inside the word 'unlawful'."),
        case("Head\n\nIt cost 1,250 francs.", "cost 1", right="the text of 'q' ends inside the word '1,250'."),
        case("Head\n\nAn anti-war march.", "war march", right="the text of 'q' begins inside the word 'anti-war'."),
        case("Head\n\nIt fell by 0.5% a year.", "5% a year", right="the text of 'q' begins inside the word '0.5'."),
    ),
)

LEFT_OUT = Kind(
    "two passages of one sentence with something left out between them",
    "it did not show",
    left_out,
    each(True, [("Head\n\nThe council, which met twice, agreed to pay.", "The council", "agreed to pay.")]),
    (
        *each(
            True,
            [
                ("Head\n\nThe bill was not, as some had feared, passed.", "The bill was", "passed."),
                ("Head\n\nShe paid 3, 4 and 5 francs.", "She paid 3", "5 francs."),
                ("Head\n\nOrr (the mayor) resigned on Friday; Hale, her deputy, stayed.", "Orr", "stayed."),
            ],
        ),
        *each(
            False,
            [
                ("Head\n\nThe council, then, agreed to pay.", "The council", "then, agreed to pay."),
                ("Head\n\nThe council met. It agreed. It paid.", "The council met.", "It paid."),
            ],
        ),
    ),
)

TWICE = Kind(
    "a passage that stands twice is told apart by its paragraph; furniture does not count",
    "could not be told apart",
    place,
    (case("Head\n\nHe said no. It rained.\n\nShe said no.", "said no.", "2", right="paragraph 2, character 4"),),
    (
        case("Pay rises\n\nPay rises, says Orr.", "Pay rises", "1", right="paragraph 1, character 0"),
        case("Subscribe now\n\nHead\n\nSubscribe now, she said.", "Subscribe now", "", "Subscribe now", right="paragraph 1, character 0"),
        case("Head\n\nNo. No.\n\nYes.", "No.", "1", right="the text of 'q' stands in the article 2 times."),
        case("Head\n\nYes, 3 of 9.\n\nYes, 3 of 90.", "3 of 9", right="paragraph 1, character 5"),
        case("Head\n\nShe won.\n\nThen she won.\n\nAnd won.", "won.", "3", right="paragraph 3, character 4"),
    ),
)  # fmt: skip

FOLDED = Kind(
    "article and question are folded alike for finding, and the excerpt stays the slice",
    "not those with ligatures, soft hyphens, CO₂, accents, dashes, no-break spaces",
    found_alike,
    (case("Of ﬁshing, CO₂ fell in Malmö.", "fishing, co2 fell in malmo", right="ﬁshing, CO₂ fell in Malmö"),),
    (
        case("The oﬃce in Łódź shut.", "office in lodz", right="oﬃce in Łódź"),
        case("A so\u00adlar pa\u00adnel of 40\u202fm².", "solar panel of 40 m2", right="so\u00adlar pa\u00adnel of 40\u202fm²"),
        case("The Nagorno‑Karabakh–Baku line", "nagorno-karabakh-baku", right="Nagorno‑Karabakh–Baku"),
        case("Straße, cœur and Ærø", "strasse, coeur and aero", right="Straße, cœur and Ærø"),
        case("Cafe\u0301 Zoe\u0308 shut", "café zoë", right="Cafe\u0301 Zoe\u0308"),
    ),
)

NEAREST = Kind(
    "of a passage that is not in the article the nearest is shown, and the first differing character by name",
    "“not in the article”, no more",
    nearest,
    (case("Head\n\nIt’s over.", "It's over.", right="“It’s over.” (paragraph 1): after “It” it has ’ (right single quotation mark), the quote ' (apostrophe)."),),
    (
        case("Head\n\nWe met at 9\u00a0a.m. sharp.", "We met at 9 a.m. sharp.", right="“We met at 9\u00a0a.m. sharp.” (paragraph 1): after “We met at 9” it has no-break space, the quote space."),
        case("Head\n\nThe pay — such as it is — rose.", "The pay - such as it is - rose.", right="“The pay — such as it is — rose.” (paragraph 1): after “The pay ” it has — (em dash), the quote - (hyphen-minus)."),
        case("Head\n\nThe co\u00adoperative failed.", "The cooperative failed.", right="“The co\u00adoperative failed.” (paragraph 1): after “The co” it has soft hyphen, the quote “o”."),
        case("Old Head\n\nBody text.", "Old head", right="“Old Head” (headline): after “Old ” it has “H”, the quote “h”."),
        case("Head\n\nThe Сouncil paid.", "The Council paid.", right="“The Сouncil paid.” (paragraph 1): after “The ” it has С (cyrillic capital letter es), the quote “C”."),
    ),
)  # fmt: skip

TABLES = Kind(
    "tables: a row with its header",
    "alone",
    introductions,
    (case("Head\n\nPier\tFirst boat\nNorth\t6.10\nSouth\t7.20\n\nEnd.", right={"North 6.10": "Pier First boat", "South 7.20": "Pier First boat"}),),
    (
        case("Head\n\n| Class | Fee |\n|---|---|\n| Judo | 40 |\n\nEnd.", right={"| Judo | 40 |": "| Class | Fee |"}),
        case("Head\n\nWard      Turnout    Majority\nEast      41%        212\nWest      38%        90\n\nEnd.", right={"East 41% 212": "Ward Turnout Majority", "West 38% 90": "Ward Turnout Majority"}),
        case("Head\n\nIt rained.\n\nTeam\tPlayed\tPoints\nRovers\t12\t30\n\nEnd.", right={"Rovers 12 30": "Team Played Points"}),
        case("Head\n\n| Name | Role |\n|:--|:--|\n| A. Moe | Chair |\n\nEnd.", right={"| A. Moe | Chair |": "| Name | Role |"}),
        case("Head\n\nName\tRole\nA. Moe\tChair\nB. Lund\tClerk\n\nEnd.", right={"A. Moe Chair": "Name Role", "B. Lund Clerk": "Name Role"}),
        case("Head\n\nName\tAda Quill\nRole\tClerk\n\nEnd.", right={}),
        case("Head\n\nFounded\t1921\nMembers\t340\n\nEnd.", right={}),
        case("Head\n\nYear\t2024\t2025\nBudget\t1.2m\t1.4m\n\nEnd.", right={"Budget 1.2m 1.4m": "Year 2024 2025"}),
    ),
)  # fmt: skip

LISTS = Kind(
    "lists: an item with its introduction",
    "alone",
    introductions,
    (case("Head\n\nBring:\n- a coat\n- a map\n\nEnd.", right={"- a coat": "Bring:", "- a map": "Bring:"}),),
    (
        case("Head\n\nThe court ordered him to\n(a) pay the fine;\n(b) leave the town.\n\nEnd.", right={"(a) pay the fine;": "The court ordered him to", "(b) leave the town.": "The court ordered him to"}),
        case("Head\n\nClosed are:\n\n• the pool\n\n• the gym\n\nEnd.", right={"• the pool": "Closed are:", "• the gym": "Closed are:"}),
        case("Head\n\nFees:\n1. Adults:\n   - residents 4\n   - others 6\n2. Children free\n\nEnd.", right={"1. Adults:": "Fees:", "- residents 4": "1. Adults:", "- others 6": "1. Adults:", "2. Children free": "Fees:"}),
        case("Head\n\nThe rules are simple:\n– no dogs\n– no fires\n\nEnd.", right={"– no dogs": "The rules are simple:", "– no fires": "The rules are simple:"}),
        case("Head\n\nBring: a coat. Wear boots.\n- Meet at nine.\n\nEnd.", right={}),
    ),
)  # fmt: skip

_SPEECH = (
    "Roads bulletin\n\nThe county announced closures of "
    + ", ".join(f"Lane {n} near the old mill at Farm {n}" for n in range(1, 31))
    + ", while Harbour Street stays open to buses during the regatta.\n\nNobody was consulted.\n"
)
_RESOLUTION = (
    "Resolution on the estuary\n\nThe Assembly, recalling its resolution of 1998 on the dredging of the lower river, noting with "
    "concern the report of the Harbour Commission, which found that silt has reduced the depth of the main channel to four metres and "
    "that vessels above three thousand tonnes can no longer reach the grain terminal at high water, deploring the loss of two hundred "
    "and ten jobs at the shipyard since last spring, convinced that the wetlands on the eastern shore, home to the largest colony of "
    "black terns in the region, must not be harmed by any new works, recognising the offer of the Port of Velden to lend its dredger "
    "for six weeks without charge, and having heard the fishermen, who fear for the spawning grounds of the smelt, calls upon the "
    "government to survey the channel before the end of October, urges the three riverside towns to share the cost of the works in "
    "proportion to their population, requests the Commission to report every quarter on the depth of the channel and the state of the "
    "colony, and decides to return to the matter at its session in March.\n\nIt was adopted without a vote.\n"
)

AROUND = Kind(
    "an excerpt is cut around what matches, not from the start",
    "from the start",
    shows,
    each(True, [(_SPEECH, "Which street stays open to buses during the regatta?", "Harbour Street stays open to buses", 1000)]),
    each(
        True,
        [
            (_RESOLUTION, "Who must share the cost of the works?", "the three riverside towns", 900),
            (_RESOLUTION, "How many jobs were lost at the shipyard?", "two hundred and ten jobs", 900),
            (_RESOLUTION, "When will the Assembly return to the matter?", "session in March", 900),
            (_RESOLUTION, "What did the Port of Velden offer?", "lend its dredger", 900),
            (_RESOLUTION, "What are the fishermen afraid of?", "spawning grounds", 900),
        ],
    ),
)

KINDS = (
    LOST, TITLES, DATES, MARKS_INSIDE, FOOTNOTES, INITIALS, ITEMS, WRAPPED, LINE_ENDS, DOUBLE, NESTED, SINGLE, INCHES, RUNNING_ON,
    UNBALANCED, CUT_WORDS, LEFT_OUT, TWICE, FOLDED, NEAREST, TABLES, LISTS, AROUND,
)  # fmt: skip
