"""Loading a pack: every fault at once, with file, line, what is wrong and how to fix it; and what a sound pack holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import ARTICLE, FAQ, FILES, GAPS, PEOPLE, Change, MakePack, write_pack

from bot.errors import FileFaults
from bot.pack.folder import MAX_ARTICLE_BYTES
from bot.pack.loading import general_talk, load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, QuoteKind, Verdict
from bot.text.article import Section


def faults(folder: Path, *, followers: bool = False) -> list[str]:
    """The messages for a pack; without those that follow from another, unless asked for."""
    with pytest.raises(FileFaults) as error:
        load(folder)
    return [str(f) for f in error.value.faults if followers or not f.follows]


# A sound pack


def test_the_invented_pack_loads_with_all_that_it_says(make_pack: MakePack) -> None:
    pack = load(make_pack())
    assert (pack.slug, pack.title, pack.publisher) == ("millbrook", "Millbrook library", "the gazette")
    assert pack.excerpt("waited").text == "We have waited nine years for this."
    assert {q.id: q.kind for q in pack.quotes.values()}["roof"] is QuoteKind.REPORTED
    assert (pack.quotes["roof"].speakers, pack.quotes["roof"].relayed_by) == (("reed",), "kovacs")
    assert pack.people["kovacs"].capacity == "Head librarian"
    assert pack.positions == ("waited", "lift")
    assert pack.suggested == ()
    assert pack.by_id["gap-salary"].verdict is Verdict.NOT_IN_ARTICLE
    assert pack.by_id["premise-bell-against-lift"].question == "Ruth Bell is against the lift."
    assert [t.id for t in pack.entries] == [line[6:] for line in FAQ.splitlines() if line.startswith("- id: ")]
    assert pack.uncovered_sentences() == ()
    assert pack.expectations[1].after == ("who called for a second lift",)


def test_every_quote_is_the_slice_at_its_span(make_pack: MakePack) -> None:
    pack = load(make_pack())
    for quote in pack.quotes.values():
        assert pack.excerpt(quote.id).text == pack.article.text[quote.span.start : quote.span.end]
        assert pack.article.locate(pack.excerpt(quote.id).text) == (quote.span.start,)


def test_a_quote_that_stands_twice_is_the_one_in_its_paragraph(make_pack: MakePack) -> None:
    text = '"Councillor Ruth Bell also called for a second lift in the building."'
    found = [
        load(make_pack({"quotes.yaml": (text, f'"library"\n  paragraph: "{n}"')}, f"pack-{n}")).excerpt("lift") for n in (1, 5)
    ]
    assert [(e.text, e.paragraph.number) for e in found] == [("library", 1), ("library", 5)]


def test_records_may_stand_in_one_file_in_a_folder_or_in_both(make_pack: MakePack) -> None:
    first, second = GAPS[: GAPS.index("- id: gap-salary")], GAPS[GAPS.index("- id: gap-salary") :]
    one = load(make_pack())
    two = load(make_pack({"gaps.yaml": first, "gaps/more.yaml": second}, "two"))
    assert [t.id for t in two.topics] == [t.id for t in one.topics]
    assert two.topics == one.topics


def test_the_vocabulary_may_be_split_too(make_pack: MakePack) -> None:
    pack = load(
        make_pack({"vocabulary.yaml": "synonyms: {lift: [hoist]}\n", "vocabulary/more.yaml": "synonyms: {fee: [dues]}\n"})
    )
    assert pack.synonyms == (("lift", ("hoist",)), ("fee", ("dues",)))


def test_all_that_is_not_the_article_and_pack_yaml_may_be_left_out(make_pack: MakePack) -> None:
    without = {name: None for name in FILES if name not in ("article.txt", "pack.yaml")}
    pack = load(make_pack({**without, "pack.yaml": ("positions: [waited, lift]\n", "")}))
    assert (pack.entries, pack.quotes, pack.people) == ((), {}, {})
    assert pack.topics == general_talk()


def test_what_a_pack_suggests_is_offered_first_in_its_order(make_pack: MakePack) -> None:
    pack = load(make_pack({"pack.yaml": ("positions:", "suggested: [second-lift, wait]\npositions:")}))
    assert pack.suggested == ("second-lift", "wait")
    assert [t.id for t in pack.starters] == ["second-lift", "wait"]


def test_windows_line_ends_and_byte_order_marks_do_no_harm(make_pack: MakePack) -> None:
    pack = load(make_pack({name: ("\ufeff" + text.replace("\n", "\r\n")).encode() for name, text in FILES.items()}))
    assert pack.excerpt("room").text == "The reading room will finally be full again."
    assert pack.article.headline == "Library to open on Sundays after readers’ petition"


def test_the_version_changes_with_any_file_of_the_pack_and_with_nothing_else(make_pack: MakePack) -> None:
    versions = {load(make_pack()).version, load(make_pack(name="again")).version}
    assert len(versions) == 1
    for i, (name, text) in enumerate(FILES.items()):
        if name == "article.txt":
            continue
        versions.add(load(make_pack({name: text + "# a remark\n"}, f"changed-{i}")).version)
    assert len(versions) == len(FILES)


def test_a_capacity_and_a_lead_are_proved_by_the_article(make_pack: MakePack) -> None:
    lead = "Anna Kovacs, Head librarian: nine years, and not only that."
    pack = load(make_pack({"faq/library.yaml": ('lead: "nine years."', f'lead: "{lead}"')}))
    assert pack.by_id["wait"].lead == lead


def test_a_reported_quote_s_lead_may_name_the_one_who_relays_it(make_pack: MakePack) -> None:
    changed = FAQ.replace("  cites: [roof]\n", '  cites: [roof]\n  lead: "Tom Reed to Anna Kovacs: more."\n')
    assert load(make_pack({"faq/library.yaml": changed})).by_id["roof-cost"].lead == "Tom Reed to Anna Kovacs: more."


# Faults, one by one, each with its whole message

ONE_FAULT: list[tuple[str, dict[str, Change], str]] = [
    (
        "misquote",
        {"quotes.yaml": ("We have waited nine years for this.", "We have waited ten years for this.")},
        "quotes.yaml:12: the text of 'waited' is not in the article. Fix: copy the passage exactly, curly quotes and no-break spaces included. The nearest is “We have waited nine years for this.” (paragraph 2): after “We have waited ” it has “n”, the quote “t”.",
    ),
    (
        "straight apostrophe for a curly one",
        {"quotes.yaml": ("readers’ petition", "readers' petition")},
        "quotes.yaml:4: the text of 'headline' is not in the article. Fix: copy the passage exactly, curly quotes and no-break spaces included. The nearest is “Library to open on Sundays after readers’ petition” (headline): after “Sundays after readers” it has ’ (right single quotation mark), the quote ' (apostrophe).",
    ),
    (
        "quote found twice",
        {"quotes.yaml": ("Join the friends of the library for five pounds a year.", "library")},
        "quotes.yaml:30: the text of 'friends' stands in the article 2 times. Fix: quote more of it, or say which is meant: `paragraph: \"1\"`; it stands in paragraphs 1 and 5.",
    ),
    (
        "duplicate key",
        {"faq/library.yaml": ('lead: "nine years."', 'lead: "nine years."\n  lead: "years."')},
        "faq/library.yaml:37: the key 'lead' stands here twice. Fix: keep one of the two.",
    ),
    (
        "unknown key",
        {"faq/library.yaml": ('lead: "nine years."', 'leed: "nine years."')},
        "faq/library.yaml:36: unknown key 'leed'. Fix: the keys known here are asks, cites, drafted, former_lead, id, lead, near_misses, phrasings, question, switched_off.",
    ),
    (
        "unknown key in pack.yaml",
        {"pack.yaml": ("positions:", "autor: someone\npositions:")},
        "pack.yaml:9: unknown key 'autor'. Fix: the keys known here are article, drafted, positions, slug, subject, suggested, title.",
    ),
    (
        "a suggested entry that is a gap",
        {"pack.yaml": ("positions:", "suggested: [wait, gap-salary]\npositions:")},
        "pack.yaml:9: 'gap-salary' is suggested, which the article does not answer. Fix: name an entry of faq.yaml or faq/.",
    ),
    (
        "more suggested entries than buttons in a row",
        {
            "pack.yaml": (
                "positions:",
                "suggested:\n  - wait\n  - roof-cost\n  - second-lift\n  - reading-room\n  - petition-size\n  - friends-fee\n"
                "  - sunday-start\npositions:",
            )
        },
        "pack.yaml:15: 7 entries are suggested, more than 5. Fix: keep those that show best what can be asked.",
    ),
    (
        "unknown key of the article",
        {"pack.yaml": ("  publisher: the gazette", "  publisher: the gazette\n  year: someday")},
        "pack.yaml:7: unknown key 'year'. Fix: the keys known here are author, date, file, foot, former, furniture, publisher, sha256, url.",
    ),
    (
        "a truth value",
        {"faq/library.yaml": ('    - "reading room"', "    - yes")},
        "faq/library.yaml:49: YAML reads 'yes' as bool, not as text. Fix: put it in double quotes: \"yes\".",
    ),
    (
        "a sexagesimal number",
        {"faq/library.yaml": ('    - "reading room"', "    - 1:30")},
        "faq/library.yaml:49: YAML reads '1:30' as int, not as text. Fix: put it in double quotes: \"1:30\".",
    ),
    (
        "a date",
        {"faq/library.yaml": ('    - "reading room"', "    - 2018-08-20")},
        "faq/library.yaml:49: YAML reads '2018-08-20' as timestamp, not as text. Fix: put it in double quotes: \"2018-08-20\".",
    ),
    (
        "nothing where text is meant",
        {"faq/library.yaml": ('lead: "nine years."', "lead:")},
        "faq/library.yaml:36: nothing stands here. Fix: write a text, or take the key or the dash out.",
    ),
    (
        "curly quotation marks in the place of straight ones",
        {"faq/library.yaml": ('lead: "nine years."', "lead: “nine years.”")},
        "faq/library.yaml:36: the curly quotation marks round 'lead' would be shown. Fix: put straight ones in their place; or, if they "
        "belong to the text, round it.",
    ),
    (
        "several aliases in one text",
        {"people.yaml": ("aliases: [Ruth Bell, Bell]", "aliases: Ruth Bell, Bell")},
        "people.yaml:19: 'aliases' has several in one text. Fix: write a list: `aliases: [Ruth Bell, Bell]`.",
    ),
    (
        "duplicate id in a file",
        {"faq/library.yaml": ("id: wait\n", "id: reading-room\n")},
        "faq/library.yaml:42: the id 'reading-room' is taken, at faq/library.yaml:32. Fix: give one of the two another id.",
    ),
    (
        "duplicate id across kinds of topic",
        {"gaps.yaml": ("id: gap-salary\n", "id: reading-room\n")},
        "gaps.yaml:10: the id 'reading-room' is taken, at faq/library.yaml:42. Fix: give one of the two another id.",
    ),
    (
        "duplicate person",
        {"people.yaml": ("- id: bell\n", "- id: reed\n"), "quotes.yaml": ("speaker: bell", "speaker: reed")},
        "people.yaml:15: the id 'reed' is taken, at people.yaml:10. Fix: give one of the two another id.",
    ),
    (
        "an id with a blank",
        {"gaps.yaml": ("id: gap-salary", "id: Gap salary")},
        "gaps.yaml:10: 'Gap salary' cannot be an id. Fix: use lower-case letters, digits and hyphens, 60 at most.",
    ),
    (
        "phrasing twice in an entry",
        {"faq/library.yaml": ('    - "roof repairs"', '    - "What did the roof repairs cost?"')},
        "faq/library.yaml:59: the phrasing 'What did the roof repairs cost?' stands again, at faq/library.yaml:57. Fix: keep it in one place.",
    ),
    (
        "phrasing in two topics",
        {"gaps.yaml": ('"wages of the librarian"', '"Reading room?"')},
        "gaps.yaml:18: the phrasing 'Reading room?' stands under 'reading-room' too, at faq/library.yaml:49. Fix: keep it in one place.",
    ),
    (
        "the question of another entry",
        {
            "faq/library.yaml": ('question: "How long have they waited?"', 'question: "What is said in the headline?"'),
            "gaps.yaml": ('question: "What does the librarian earn?"', 'question: "what is said in the headline"'),
        },
        "gaps.yaml:11: the question 'what is said in the headline' stands under 'wait' too, at faq/library.yaml:33. Fix: keep it in one place.",
    ),
    (
        "a question that is another entry's phrasing",
        {"gaps.yaml": ('question: "What does the librarian earn?"', 'question: "Reading room?"')},
        "gaps.yaml:11: the question 'Reading room?' stands under 'reading-room' too, at faq/library.yaml:49. Fix: keep it in one place.",
    ),
    (
        "a phrasing that is another entry's question",
        {
            "faq/library.yaml": ('question: "How long have they waited?"', 'question: "What of the wait?"'),
            "gaps.yaml": ('"wages of the librarian"', '"what of the wait"'),
        },
        "gaps.yaml:18: the phrasing 'what of the wait' stands under 'wait' too, at faq/library.yaml:33. Fix: keep it in one place.",
    ),
    (
        "a premise that is another's question",
        {"premises.yaml": ('presupposes: "Ruth Bell is against the lift."', 'presupposes: "Who called for a second lift!"')},
        "premises.yaml:2: the question 'Who called for a second lift!' stands under 'second-lift' too, at faq/library.yaml:61. Fix: keep it in one place.",
    ),
    (
        "a question without words",
        {"gaps.yaml": ('question: "What does the librarian earn?"', 'question: "?!"')},
        "gaps.yaml:11: the question '?!' has no words. Fix: write some, or remove it.",
    ),
    (
        "a hash sign that cuts a quote off",
        {"quotes.yaml": ('text: "We have waited nine years for this."', "text: We have waited #nine years for this.")},
        "quotes.yaml:12: a hash sign cuts this text off, behind 'We have waited'. Fix: put the whole text in double quotes; or the remark, if it is one, on a line of its own, no deeper than the next key.",
    ),
    (
        "a phrasing without words",
        {"gaps.yaml": ('"wages of the librarian"', '"?!"')},
        "gaps.yaml:18: the phrasing '?!' has no words. Fix: write some, or remove it.",
    ),
    (
        "a dozen phrasings and one",
        {"faq/library.yaml": ('    - "reading room"\n', "".join(f'    - "reading room {i}"\n' for i in range(10)))},
        "faq/library.yaml:59: 13 phrasings stand here, more than 12. Fix: move the rest to phrases/faq/library.txt, under [reading-room].",
    ),
    (
        "a dozen near misses and one",
        {"faq/library.yaml": ("  near_misses:\n", "  near_misses:\n" + "".join(f'    - "near {i}"\n' for i in range(12)))},
        "faq/library.yaml:33: 13 near_misses stand here, more than 12. Fix: move the rest to phrases/faq/library.txt, under [not sunday-start].",
    ),
    (
        "no phrasings",
        {"premises.yaml": '- id: premise-a\n  presupposes: "x"\n  contradicted_by: [lift]\n  phrasings: []\n'},
        "premises.yaml:4: 'phrasings' is an empty list. Fix: give it at least one item.",
    ),
    (
        "lead with an unproved word",
        {"faq/library.yaml": ('lead: "nine years."', 'lead: "Nearly nine years."')},
        "faq/library.yaml:36: the lead says 'nearly', which neither its excerpts nor its speakers say. Fix: use the excerpt's words, or leave the lead out.",
    ),
    (
        "lead with another number",
        {"faq/library.yaml": ('lead: "412 readers."', 'lead: "421 readers."')},
        "faq/library.yaml:26: the lead says '421', which neither its excerpts nor its speakers say. Fix: use the excerpt's words, or leave the lead out.",
    ),
    (
        "narration called a direct quotation",
        {
            "quotes.yaml": (
                "- id: sundays\n  speaker: paper\n  kind: narration",
                "- id: sundays\n  speaker: paper\n  kind: direct",
            )
        },
        "quotes.yaml:8: the article does not have 'sundays' in quotation marks, so it is not a direct quotation. Fix: change its kind to `reported` or `narration`.",
    ),
    (
        "a quotation called narration",
        {"quotes.yaml": ("- id: room\n  speaker: kovacs\n  kind: direct", "- id: room\n  speaker: kovacs\n  kind: narration")},
        "quotes.yaml:16: 'room' stands in quotation marks, so it is not narration. Fix: if somebody says it, change its kind to `direct` and name who; if it is a title or a nickname, quote it with its marks.",
    ),
    (
        "a reported quote that nobody relays",
        {"quotes.yaml": ("  relayed_by: kovacs\n", "")},
        "quotes.yaml:19: `relayed_by` goes with kind `reported`, and only with it. Fix: say who words the reported statement, or change the kind.",
    ),
    (
        "a direct quote that somebody relays",
        {"quotes.yaml": ("- id: room\n  speaker: kovacs\n", "- id: room\n  relayed_by: paper\n  speaker: kovacs\n")},
        "quotes.yaml:16: `relayed_by` goes with kind `reported`, and only with it. Fix: say who words the reported statement, or change the kind.",
    ),
    (
        "an unknown kind of quote",
        {"quotes.yaml": ("- id: room\n  speaker: kovacs\n  kind: direct", "- id: room\n  speaker: kovacs\n  kind: indirect")},
        "quotes.yaml:15: 'kind' cannot be 'indirect'. Fix: use one of direct, reported, narration.",
    ),
    (
        "a capacity that the article does not state",
        {"people.yaml": ("capacity: Head librarian", "capacity: Chief librarian")},
        "people.yaml:8: the article nowhere says 'Chief librarian'. Fix: give the capacity in the article's words, or leave it out.",
    ),
    (
        "a name that the article does not state",
        {"people.yaml": ("name: Tom Reed", "name: Thomas Reed")},
        "people.yaml:11: the article nowhere says 'Thomas Reed'. Fix: name them as the article does (in `cited_as`, if people know them by another name).",
    ),
    (
        "alias taken twice",
        {"people.yaml": ("aliases: [Ruth Bell, Bell]", "aliases: [Ruth Bell, KOVACS]")},
        "people.yaml:19: 'KOVACS' is already an alias of 'kovacs'. Fix: let a name mean one person.",
    ),
    (
        "an expectation of nothing known",
        {"questions.yaml": ("expect: petition-size", "expect: petition-sice")},
        "questions.yaml:2: 'petition-sice' is neither a topic's id nor a verdict. Fix: correct it, such as 'petition-size'.",
    ),
    (
        "furniture that does not stand in the article",
        {"pack.yaml": ("[Skip to content]", "[Skip to content, Log in]")},
        "pack.yaml:7: no paragraph of the article is 'Log in'. Fix: correct it, or remove it.",
    ),
    (
        "a foot that does not stand in the article",
        {"pack.yaml": ("foot: Join the friends", "foot: Leave the friends")},
        "pack.yaml:8: no paragraph of the article begins with 'Leave the friends'. Fix: correct it, or remove it.",
    ),
    (
        "pack.yaml missing",
        {"pack.yaml": None},
        "pack.yaml: this file is missing. Fix: create it, or restore it from version control.",
    ),
    (
        "article missing",
        {"article.txt": None},
        "article.txt: cannot be read (No such file or directory). Fix: put the text beside pack.yaml, or correct `file`.",
    ),
    (
        "article too large",
        {"article.txt": b"x" * (MAX_ARTICLE_BYTES + 1)},
        "article.txt: is larger than 2,000,000 bytes. Fix: keep to one article, and make a pack of each of several.",
    ),
    (
        "article not UTF-8",
        {"article.txt": b"Caf\xe9\n\nBody.\n"},
        "article.txt: is not UTF-8: byte 3 cannot be read. Fix: save the article as UTF-8.",
    ),
    (
        "YAML not UTF-8",
        {"gaps.yaml": b"- id: caf\xe9\n"},
        "gaps.yaml: is not UTF-8: byte 9 cannot be read. Fix: save the file as UTF-8.",
    ),
    ("an empty file", {"gaps.yaml": ""}, "gaps.yaml: this file is empty. Fix: write its records, or remove it."),
    (
        "a file of records that is none",
        {"gaps.yaml": "id: gap\n"},
        "gaps.yaml:1: this file must hold a list. Fix: begin each record with `- id: ...`.",
    ),
]


@pytest.mark.parametrize(("changes", "message"), [c[1:] for c in ONE_FAULT], ids=[c[0] for c in ONE_FAULT])
def test_one_fault_is_one_message(make_pack: MakePack, changes: dict[str, Change], message: str) -> None:
    assert faults(make_pack(changes)) == [message]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"faq/library.yaml": ("[room]", "[rooms]")}, "faq/library.yaml:45: there is no quote 'rooms'. Fix: use the id of a quote, such as 'room'."),
        ({"gaps.yaml": ("[sundays]", "[sunday]")}, "gaps.yaml:4: there is no quote 'sunday'. Fix: use the id of a quote, such as 'sundays'."),
        ({"premises.yaml": ("[lift]", "[lift, stairs]")}, "premises.yaml:3: there is no quote 'stairs'. Fix: use the id of a quote."),
        ({"pack.yaml": ("[waited, lift]", "[waited, lifts]")}, "pack.yaml:9: there is no quote 'lifts'. Fix: use the id of a quote, such as 'lift'."),
        ({"pack.yaml": ("positions:", "suggested: [wait, second-lifts]\npositions:")}, "pack.yaml:9: there is no topic 'second-lifts'. Fix: use the id of a topic, such as 'second-lift'."),
        ({"quotes.yaml": ("speaker: bell", "speaker: ball")}, "quotes.yaml:23: there is no person 'ball'. Fix: use the id of a person, such as 'bell'."),
        ({"quotes.yaml": ("relayed_by: paper", "relayed_by: papers")}, "quotes.yaml:25: there is no person 'papers'. Fix: use the id of a person, such as 'paper'."),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_told_where_it_stands(make_pack: MakePack, changes: dict[str, Change], message: str) -> None:
    assert faults(make_pack(changes)) == [message]


# What follows from another fault is held back


@pytest.mark.parametrize(
    ("changes", "cause", "following"),
    [
        (
            {"quotes.yaml": ("Ruth Bell also called", "Ruth Bell also calls")},
            "quotes.yaml:26: the text of 'lift' is not in the article.",
            ["faq/library.yaml:63", "premises.yaml:3", "pack.yaml:9"],
        ),
        (
            {"quotes.yaml": ("speaker: bell", "speaker: ball")},
            "quotes.yaml:23: there is no person 'ball'.",
            ["faq/library.yaml:63", "premises.yaml:3", "pack.yaml:9"],
        ),
        (
            {"quotes.yaml": ("- id: lift\n", "- id: lfit\n")},
            "faq/library.yaml:63: there is no quote 'lift'. Fix: use the id of a quote, such as 'lfit'.",
            ["premises.yaml:3", "pack.yaml:9"],
        ),
        ({"quotes.yaml": "- id: [\n"}, "quotes.yaml:2: is not valid YAML", ["faq/library.yaml"] * 8 + ["gaps.yaml", "premises.yaml", "pack.yaml", "pack.yaml"]),
        ({"people.yaml": b"\xff\xfe"}, "people.yaml: is not UTF-8", ["quotes.yaml"] * 9 + ["faq/library.yaml"] * 8 + ["gaps.yaml", "premises.yaml", "pack.yaml", "pack.yaml"]),
        ({"people.yaml": None}, "people.yaml: is missing, though each person that is named must have a record. Fix: write it, or put it back.", ["quotes.yaml"] * 9 + ["faq/library.yaml"] * 8 + ["gaps.yaml", "premises.yaml", "pack.yaml", "pack.yaml"]),
        ({"people.yaml": None, "people/all.yaml": PEOPLE.replace("id: bell", "id: ball")}, "quotes.yaml:23: there is no person 'bell'.", ["faq/library.yaml:63", "premises.yaml:3", "pack.yaml:9"]),
        ({"people.yaml": ("- id: bell\n", "- ib: bell\n")}, "people.yaml:15: unknown key 'ib'.", ["people.yaml:15", "quotes.yaml:23", "faq/library.yaml:63", "premises.yaml:3", "pack.yaml:9"]),
        ({"faq/library.yaml": ("- id: petition-size\n", "- id: petition size\n")}, "faq/library.yaml:22: 'petition size' cannot be an id.", ["questions.yaml:2"]),
        ({"faq/library.yaml": None, "faq/library.yml": FAQ}, "faq/library.yml: nothing reads a file of this name.", ["questions.yaml:2"]),
        ({"faq/library.yaml": FAQ + FAQ[FAQ.index("- id: friends-fee") :]}, "faq/library.yaml:80: the id 'friends-fee' is taken", ["faq/library.yaml"] * 5),
        (
            {
                "pack.yaml": ("positions:", "suggested: [wait]\npositions:"),
                "faq/library.yaml": ("- id: wait\n", "- id: the wait\n"),
            },
            "faq/library.yaml:32: 'the wait' cannot be an id.",
            ["pack.yaml:9"],
        ),
        ({"questions.yaml": 2 * '- ask: "who"\n  expect: petition-sice\n'}, "questions.yaml:2: 'petition-sice' is neither", ["questions.yaml:4"]),
        ({"gaps.yaml": (GAPS[: GAPS.index("- id: gap-salary")], "- just words\n"), "phrases.txt": "[gap-opening-hour]\nhours\n"}, "gaps.yaml:1: a list item here", ["phrases.txt:1"]),
    ],
)  # fmt: skip
def test_the_cause_is_told_and_what_follows_from_it_is_counted(
    make_pack: MakePack, changes: dict[str, Change], cause: str, following: list[str]
) -> None:
    with pytest.raises(FileFaults) as error:
        load(make_pack(changes))
    (first,) = error.value.told
    assert str(first).startswith(cause)
    told = [str(f) for f in error.value.faults[1:]]
    assert len(told) == len(following)
    for place in set(following):
        assert sum(message.startswith(place) for message in told) == following.count(place), told
    assert str(error.value).count("\n") == 1
    assert f"1 fault, and {len(following)} more that follow" in str(error.value)


def test_a_lead_is_not_judged_by_half_of_its_proof(make_pack: MakePack) -> None:
    """One of two quotes is missing, so the words that stood in it are not missing too."""
    changed = FAQ.replace("cites: [lift]", "cites: [lift, wiated]").replace(
        'lead: "Ruth Bell."', 'lead: "Ruth Bell: nine years."'
    )
    assert faults(make_pack({"faq/library.yaml": changed}), followers=True) == [
        "faq/library.yaml:63: there is no quote 'wiated'. Fix: use the id of a quote, such as 'waited'."
    ]


def test_a_quote_of_no_known_kind_is_not_told_who_relays_it(make_pack: MakePack) -> None:
    (cause, *_) = faults(
        make_pack({"quotes.yaml": ("kind: reported\n  relayed_by: kovacs", "kind: report\n  relayed_by: kovacs")})
    )
    assert cause == "quotes.yaml:19: 'kind' cannot be 'report'. Fix: use one of direct, reported, narration."


# Files that nothing reads, and files that are not to be read


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("faq.yml", "faq.yaml"),
        ("faq/more.yml", "faq/more.yaml"),
        ("premise.yaml", "premises.yaml"),
        ("premise/more.yaml", "premises/more.yaml"),
        ("Quotes.yaml", "quotes.yaml"),
        ("gap.YAML", "gaps.yaml"),
        ("question.yaml", "questions.yaml"),
        ("faq/more.txt", "faq/more.yaml"),
        ("phrase.txt", "phrases.txt"),
        ("phrases.yaml", "phrases.txt, as plain text: `[id]`, and then a phrasing a line"),
        ("phrases/more.yaml", "phrases/more.txt, as plain text: `[id]`, and then a phrasing a line"),
        ("policy.yml", "policy.yaml"),
    ],
)
def test_a_file_whose_name_is_nearly_one_of_a_pack_s_is_named(make_pack: MakePack, name: str, right: str) -> None:
    assert faults(make_pack({name: "- id: x\n"})) == [
        f"{name}: nothing reads a file of this name. Fix: call it {right}; or move it out of the folder."
    ]


def test_a_folder_that_cannot_be_listed_is_a_fault_and_what_it_would_have_held_follows(
    make_pack: MakePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, listing = make_pack(), os.scandir

    def refusing(path: Path | str) -> object:
        if Path(path) == pack / "faq":
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert faults(pack) == ["faq: cannot be listed (Permission denied). Fix: check the folder's permissions."]


def test_what_a_copy_that_nothing_reads_holds_is_missed_as_a_consequence(make_pack: MakePack) -> None:
    assert faults(make_pack({"faq/library.yaml": None, "faq (1).yaml": FAQ})) == [
        "faq (1).yaml: nothing reads a file of this name. Fix: give it the name of one of a pack's files, or move it out of the folder."
    ]


def test_a_yaml_file_of_any_other_name_is_named_too(make_pack: MakePack) -> None:
    assert faults(make_pack({"decision.yaml": "x: y\n"})) == [
        "decision.yaml: nothing reads a file of this name. Fix: give it the name of one of a pack's files, or move it out of the folder."
    ]


def test_what_lies_beside_a_pack_for_another_purpose_is_left_alone(make_pack: MakePack) -> None:
    names = ["README.md", "policy.svg", "notes.txt", "quotes.txt", "faq.yaml~", ".hidden.yaml", ".git/faq.yaml", "drafts/old.yaml", "faq/.faq.yaml.swp", "faq/.#library.yaml", "faq/._library.yaml", "quotes/.git/old.yaml", "phrases/.x.txt"]  # fmt: skip
    assert load(make_pack(dict.fromkeys(names, "x"))).version == load(make_pack(name="again")).version


OUTSIDE = "leads out of the pack's folder. Fix: put the file itself into the pack's folder, and name it from there."


@pytest.mark.parametrize("name", ["../secret.txt", "faq/../../secret.txt", "{absolute}"])
def test_an_article_outside_the_folder_is_not_read(make_pack: MakePack, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("Head\n\nA secret.\n", encoding="utf-8")
    name = name.format(absolute=tmp_path / "secret.txt")
    folder = make_pack({"pack.yaml": ("article:\n", f"article:\n  file: {name}\n")})
    assert faults(folder) == [f"{name}: {OUTSIDE}"]


@pytest.mark.parametrize("name", ["article.txt", "pack.yaml", "gaps.yaml", "faq/library.yaml", "phrases.txt", "policy.yaml", "quotes/x.yaml"])  # fmt: skip
def test_a_link_out_of_the_folder_is_not_followed(make_pack: MakePack, tmp_path: Path, name: str) -> None:
    folder = make_pack()
    (tmp_path / "secret").write_text("a secret", encoding="utf-8")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "secret")
    messages = faults(folder)
    assert messages[0] == f"{name}: {OUTSIDE}"
    assert not any("secret" in m for m in messages)


def test_a_linked_folder_outside_is_not_followed_and_links_inside_are(make_pack: MakePack, tmp_path: Path) -> None:
    """Some systems lay the files of a folder out as links to another folder in it."""
    folder, other = make_pack(), make_pack(name="other")
    (folder / "gaps").symlink_to(other, target_is_directory=True)
    assert f"gaps/gaps.yaml: {OUTSIDE}" in faults(folder)
    (folder / "gaps").unlink()
    (folder / "..data").mkdir()
    (folder / "gaps.yaml").rename(folder / "..data" / "gaps.yaml")
    (folder / "gaps.yaml").symlink_to(Path("..data") / "gaps.yaml")
    assert load(folder).by_id["gap-salary"]
    linked = tmp_path / "linked"
    linked.symlink_to(folder, target_is_directory=True)
    assert load(linked).by_id["gap-salary"]


@pytest.mark.parametrize("name", ["article.txt", "pack.yaml", "faq.yaml", "faq/pipe.yaml", "phrases.txt", "policy.yaml"])
def test_a_pipe_is_refused_and_does_not_hang_the_reading(make_pack: MakePack, name: str) -> None:
    folder = make_pack()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert faults(folder)[0] == f"{name}: is no regular file. Fix: put a file with text in its place."


@pytest.mark.parametrize(("name", "of"), [("faq.yaml", "records"), ("phrases.txt", "entries")])
def test_of_a_file_beyond_the_size_no_more_is_read_than_tells_that(make_pack: MakePack, name: str, of: str) -> None:
    folder = make_pack()
    with (folder / name).open("ab") as file:
        file.truncate(1 << 40)  # takes no room on the disk
    assert faults(folder)[0] == f"{name}: is larger than 5,000,000 bytes. Fix: split its {of} over several files."


def test_a_folder_in_the_place_of_a_file_and_a_link_to_itself_are_refused(make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": None, "vocabulary.yaml": None})
    (folder / "gaps.yaml").mkdir()
    (folder / "vocabulary.yaml").symlink_to("vocabulary.yaml")
    assert faults(folder) == [
        "gaps.yaml: is no regular file. Fix: put a file with text in its place.",
        "vocabulary.yaml: cannot be found. Fix: put the file itself into the pack's folder, and name it from there.",
    ]


@pytest.mark.parametrize(
    ("changes", "file", "line", "key"),
    [
        ({"faq/library.yaml": ("cites: [room]", "cites: []")}, "faq/library.yaml", 45, "cites"),
        ({"premises.yaml": ("contradicted_by: [lift]", "contradicted_by: []")}, "premises.yaml", 3, "contradicted_by"),
        ({"quotes.yaml": ("speaker: bell", "speaker: []")}, "quotes.yaml", 23, "speaker"),
    ],
)
def test_an_empty_list_is_a_fault_where_a_reply_needs_an_item(
    make_pack: MakePack, changes: dict[str, Change], file: str, line: int, key: str
) -> None:
    assert any(m.startswith(f"{file}:{line}: ") and key in m for m in faults(make_pack(changes)))


def test_a_changed_article_is_a_fault_that_gives_the_new_hash(make_pack: MakePack) -> None:
    folder = make_pack()
    (folder / "article.txt").write_text(ARTICLE.replace("five pounds", "nine pounds"), encoding="utf-8")
    first, second = faults(folder)
    digest = first.split("SHA-256 is ")[1].split(".")[0]
    assert first == (
        f"pack.yaml:5: the article has changed: its SHA-256 is {digest}. Fix: restore the text; if the change is meant, "
        "save the new text elsewhere first, and bring the pack to it with `verbatim update`."
    )
    assert second.startswith("quotes.yaml:30: the text of 'friends' is not in the article.")
    # The fix works: the hash that the message gives is the one that the pack must name.
    (folder / "pack.yaml").write_text(
        (folder / "pack.yaml").read_text(encoding="utf-8").replace(load_hash(folder), digest), encoding="utf-8"
    )
    assert all("SHA-256" not in m for m in faults(folder))


def load_hash(folder: Path) -> str:
    return (folder / "pack.yaml").read_text(encoding="utf-8").split("sha256: ")[1].split("\n")[0]


def test_a_change_of_the_article_s_line_ends_alone_is_a_changed_article(make_pack: MakePack) -> None:
    folder = make_pack()
    (folder / "article.txt").write_bytes(ARTICLE.replace("\n", "\r\n").encode())
    (message,) = faults(folder)
    assert message.startswith("pack.yaml:5: the article has changed")


def test_an_article_without_words_is_a_fault(make_pack: MakePack) -> None:
    without = {name: None for name in FILES if name not in ("article.txt", "pack.yaml")}
    bare = 'slug: a\ntitle: a\nsubject: a\narticle:\n  sha256: "{sha256}"\n'
    assert faults(make_pack({**without, "article.txt": " \n\n", "pack.yaml": bare})) == [
        "article.txt: the article holds no text. Fix: paste it, paragraphs apart by blank lines."
    ]


def long_pack(length: int) -> dict[str, Change]:
    """A pack with one entry that cites two passages of `length` characters together."""
    first, second = "A" * (length // 2 - 1) + ".", "B" * (length - length // 2 - 1) + "."
    return {
        **dict.fromkeys(FILES),
        "article.txt": f"Head\n\n{first}\n\n{second}\n",
        "pack.yaml": 'slug: a\ntitle: a\nsubject: a\narticle:\n  sha256: "{sha256}"\n',
        "people.yaml": "- {id: paper, name: the article, kind: source}\n",
        "quotes.yaml": f"- {{id: a, speaker: paper, kind: narration, text: {first}}}\n- {{id: b, speaker: paper, kind: narration, text: {second}}}\n",
        "faq.yaml": "- id: long\n  question: What?\n  asks: thing\n  cites: [a, b]\n  phrasings: [what is long]\n",
    }


def test_excerpts_of_an_entry_are_at_most_900_characters_together(make_pack: MakePack) -> None:
    assert MAX_EXCERPT_CHARACTERS == 900
    assert len(load(make_pack(long_pack(900), "fits")).entries) == 1
    assert faults(make_pack(long_pack(901), "over")) == [
        "faq.yaml:4: the excerpts are over 900 characters together. Fix: cite less."
    ]


def test_gaps_and_premises_and_positions_keep_the_same_budget(make_pack: MakePack) -> None:
    """Whatever a reply shows has to fit it: also the nearest passages, what contradicts, and the positions."""
    base = long_pack(901)
    people = {**base, "faq.yaml": None}
    for name, text in (
        ("gaps.yaml", "- {id: g, question: What?, looked_for: it, nearest: [a, b], phrasings: [what is long]}\n"),
        ("premises.yaml", "- {id: p, presupposes: It is., contradicted_by: [a, b], phrasings: [why is it long]}\n"),
    ):
        assert any("over 900 characters" in m for m in faults(make_pack({**people, name: text}, name)))
    positions = 'slug: a\ntitle: a\nsubject: a\npositions: [a, b]\narticle:\n  sha256: "{sha256}"\n'
    assert any("over 900 characters" in m for m in faults(make_pack({**people, "pack.yaml": positions}, "positions")))


def test_all_faults_are_found_at_once_in_the_order_of_reading(make_pack: MakePack) -> None:
    folder = make_pack(
        {
            "pack.yaml": ("title:", "titel:"),
            "people.yaml": ("kind: organisation", "kind: company"),
            "quotes.yaml": ("nine years for this", "eight years for this"),
            "faq/library.yaml": ('lead: "412 readers."', 'lead: "Over 412 readers."'),
            "gaps.yaml": GAPS + "- just words\n",
            "premises.yaml": (
                '- id: premise-bell-against-lift\n  presupposes: "Ruth Bell is against the lift."\n',
                "- id: yes\n",
            ),
            "vocabulary.yaml": "synonyms: [lift]\n",
            "questions.yaml": b"- ask: caf\xe9\n",
        }
    )
    assert faults(folder, followers=True) == [
        "pack.yaml:2: unknown key 'titel'. Fix: the keys known here are article, drafted, positions, slug, subject, suggested, title.",
        "people.yaml:22: 'kind' cannot be 'company'. Fix: use one of person, organisation, group, source.",
        "quotes.yaml:12: the text of 'waited' is not in the article. Fix: copy the passage exactly, curly quotes and no-break spaces included. The nearest is “We have waited nine years for this.” (paragraph 2): after “We have waited ” it has “n”, the quote “e”.",
        "faq/library.yaml:26: the lead says 'over', which neither its excerpts nor its speakers say. Fix: use the excerpt's words, or leave the lead out.",
        "gaps.yaml:19: a list item here must hold keys and values. Fix: begin it with `- id: ...`.",
        "premises.yaml:1: YAML reads 'yes' as bool, not as text. Fix: put it in double quotes: \"yes\".",
        "premises.yaml:1: the key 'presupposes' is missing. Fix: add `presupposes: ...`.",
        "vocabulary.yaml:1: 'synonyms' must hold keys and values. Fix: indent `key: value` lines below it.",
        "questions.yaml: is not UTF-8: byte 10 cannot be read. Fix: save the file as UTF-8.",
        "pack.yaml:1: the key 'title' is missing. Fix: add `title: ...`.",
        "pack.yaml:9: the quote 'waited' has a fault of its own. Fix: correct that.",
        "faq/library.yaml:35: the quote 'waited' has a fault of its own. Fix: correct that.",
    ]


@pytest.mark.parametrize("name", [n for n in FILES if n != "article.txt"])
@pytest.mark.parametrize("text", ["[", "\t", "- - -\n", "a: b: c", "'", "- {a: [b, {c: d}]}\n", "? x\n", "&a [*a]\n", "!!python/object:os.system x\n"])  # fmt: skip
def test_whatever_stands_in_a_file_the_loader_tells_faults_and_never_crashes(make_pack: MakePack, name: str, text: str) -> None:
    messages = faults(make_pack({name: text}), followers=True)
    assert any(m.startswith(f"{name}:") for m in messages)


def test_a_direct_quotation_may_have_an_open_point_in_the_place_of_a_speaker(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: waited\n  speaker: kovacs\n", '- id: waited\n  open: "who says it"\n')}))
    assert (pack.quotes["waited"].speakers, pack.quotes["waited"].open) == ((), "who says it")
    assert [(p.file, p.id, p.why) for p in pack.open_points] == [("quotes.yaml", "waited", "who says it")]


def test_any_other_quote_needs_a_speaker_though_something_in_it_is_open(make_pack: MakePack) -> None:
    folder = make_pack({"quotes.yaml": ("- id: lift\n  speaker: bell\n", '- id: lift\n  open: "who says it"\n')})
    with pytest.raises(FileFaults, match="the key 'speaker' is missing"):
        load(folder)


def test_a_drafted_record_is_proved_like_any_other_and_noted(make_pack: MakePack) -> None:
    changes: dict[str, Change] = {
        "people.yaml": ("- id: bell\n", "- id: bell\n  drafted: true\n"),
        "quotes.yaml": ("- id: lift\n", "- id: lift\n  drafted: true\n"),
        "pack.yaml": ("slug: millbrook\n", "slug: millbrook\ndrafted: true\n"),
    }
    pack = load(make_pack(changes))
    assert [(p.file, p.id) for p in pack.open_points] == [
        ("pack.yaml", "millbrook"),
        ("people.yaml", "bell"),
        ("quotes.yaml", "lift"),
    ]
    with pytest.raises(FileFaults, match="'drafted' is neither true nor false"):
        load(make_pack({"people.yaml": ("- id: bell\n", "- id: bell\n  drafted: maybe\n")}, "other"))


def test_a_drafted_gap_says_nothing_until_the_mark_is_taken_out(make_pack: MakePack) -> None:
    gaps = GAPS.replace("- id: gap-opening-hour\n", "- id: gap-opening-hour\n  drafted: true\n")
    pack = load(make_pack({"gaps.yaml": None, "gaps/hours.yaml": gaps, "questions.yaml": None}))
    assert "gap-opening-hour" not in pack.by_id
    assert [p.id for p in pack.open_points] == ["gap-opening-hour"]


def test_a_full_name_cannot_be_another_person_s_alias(make_pack: MakePack) -> None:
    changed = PEOPLE.replace("aliases: [Tom Reed, Reed]", "aliases: [Anna Kovacs]")
    assert faults(make_pack({"people.yaml": changed})) == [
        "people.yaml:14: 'Anna Kovacs' is already an alias of 'kovacs'. Fix: let a name mean one person."
    ]


# The phrase bank

BANK = """\
# What people ask besides.
[reading-room]
the room for reading

#libraryopening reading room
[not reading-room]
where is the reading room
[gap-salary]
what is Kovacs' pay
[premise-bell-against-lift]
Bell hates lifts, why
"""


def test_the_bank_s_phrasings_and_near_misses_belong_to_the_topics_that_it_names(make_pack: MakePack) -> None:
    pack = load(make_pack({"phrases/library.txt": BANK}))
    room = pack.by_id["reading-room"]
    assert room.bank == ("the room for reading", "#libraryopening reading room")
    assert len(room.phrasings) == 4
    assert room.near_misses == ("where is the reading room",)
    assert pack.by_id["gap-salary"].bank == ("what is Kovacs' pay",)
    assert pack.by_id["premise-bell-against-lift"].bank == ("Bell hates lifts, why",)
    assert pack.phrased["bell hates lifts why"].id == "premise-bell-against-lift"
    assert "where is the reading room" not in pack.phrased


def test_near_misses_of_record_and_bank_are_one_list(make_pack: MakePack) -> None:
    pack = load(make_pack({"phrases.txt": "[not sunday-start]\nwho opens it on sundays\n"}))
    assert pack.by_id["sunday-start"].near_misses == ("how many people signed for the sunday opening", "who opens it on sundays")


def test_the_bank_may_stand_in_one_file_in_a_folder_and_in_folders_of_it(make_pack: MakePack) -> None:
    files = {"phrases.txt": "[wait]\none\n", "phrases/faq/a.txt": "[roof-cost]\ntwo\n", "phrases/b.txt": "[gap-salary]\nthree\n"}
    pack = load(make_pack(files))
    assert [pack.by_id[i].bank for i in ("wait", "roof-cost", "gap-salary")] == [("one",), ("two",), ("three",)]


def test_the_bank_may_hold_what_people_say_about_the_article_that_none_answers(make_pack: MakePack) -> None:
    pack = load(make_pack({"phrases.txt": "[opinion-right]\nis kovacs right about the nine years\n"}))
    opinion = pack.phrased["is kovacs right about the nine years"]
    assert (opinion.id, opinion.verdict, opinion.bank) == (
        "opinion-right",
        Verdict.OPINION,
        ("is kovacs right about the nine years",),
    )
    assert opinion.phrasings == next(t.phrasings for t in general_talk() if t.id == "opinion-right")
    assert "is kovacs right about the nine years" not in load(make_pack(name="other")).phrased


def test_the_version_changes_with_the_bank(make_pack: MakePack) -> None:
    versions = {load(make_pack({"phrases.txt": f"[wait]\n{text}\n"}, text)).version for text in ("one", "two")}
    assert len(versions) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[wait]\none\n[nothing]\ntwo\n",
            "phrases.txt:3: there is no entry, gap, premise or kind of talk 'nothing'. Fix: use the id of one.",
        ),
        (
            "[not opinion-right]\ntwo\n",
            "phrases.txt:1: 'opinion-right' is no entry, and only entries have near misses. Fix: remove them, or correct the id.",
        ),
        (
            "[thanks]\nreading room\n",
            "phrases.txt:2: the phrasing 'reading room' stands under 'reading-room' too, at faq/library.yaml:49. Fix: keep it in one place.",
        ),
        (
            "[not nothing]\ntwo\n",
            "phrases.txt:1: there is no entry, gap, premise or kind of talk 'nothing'. Fix: use the id of one.",
        ),
        (
            "[not gap-salary]\ntwo\n",
            "phrases.txt:1: 'gap-salary' is no entry, and only entries have near misses. Fix: remove them, or correct the id.",
        ),
        (
            "[wait]\none\n\n[wait]\ntwo\n",
            "phrases.txt:4: [wait] stands at phrases.txt:1 too. Fix: keep its lines under one heading.",
        ),
        (
            "[wait]\nReading-room?\n",
            "faq/library.yaml:49: the phrasing 'reading room' stands under 'wait' too, at phrases.txt:2. Fix: keep it in one place.",
        ),
        (
            "[roof-cost]\nroof, repairs\n",
            "phrases.txt:2: the phrasing 'roof, repairs' stands again, at faq/library.yaml:59. Fix: keep it in one place.",
        ),
        (
            "[wait]\n# remark\none\nTwo\ntwo!\n",
            "phrases.txt:5: the phrasing 'two!' stands again, at phrases.txt:4. Fix: keep it in one place.",
        ),
        ("[wait]\n...\n", "phrases.txt:2: the phrasing '...' has no words. Fix: write some, or remove it."),
        ("[wait]\n2013\n", "phrases.txt:2: the phrasing '2013' has no words. Fix: write some, or remove it."),
        ("[wait]\n", "phrases.txt:1: nothing stands under [wait]. Fix: write a line, or remove the heading."),
        (b"[wait]\ncaf\xe9\n", "phrases.txt: is not UTF-8: byte 10 cannot be read. Fix: save the file as UTF-8."),
    ],
)
def test_a_fault_of_the_bank_is_told_where_it_stands(make_pack: MakePack, text: str | bytes, message: str) -> None:
    assert faults(make_pack({"phrases.txt": text})) == [message]


def test_a_bank_with_a_byte_order_mark_and_windows_line_ends_is_read_alike(make_pack: MakePack) -> None:
    pack = load(make_pack({"phrases.txt": ("\ufeff" + BANK.replace("\n", "\r\n")).encode()}))
    assert pack.by_id["gap-salary"].bank == ("what is Kovacs' pay",)


# Bare text files and places that hold no pack


def test_a_bare_text_file_is_a_pack_with_only_an_article(tmp_path: Path) -> None:
    path = tmp_path / "Harbour Wall (final).txt"
    path.write_text("The wall fell\nlast night\n\nThe harbour wall fell. Nobody was hurt.\n", encoding="utf-8")
    pack = load(path)
    assert (pack.slug, pack.title, pack.publisher) == ("harbour-wall-final", "The wall fell\nlast night", "the article")
    assert (pack.entries, pack.quotes) == ((), {})
    assert [p.section for p in pack.article.paragraphs] == [Section.HEADLINE, Section.BODY]
    assert pack.version == pack.article.sha256


def test_a_pack_is_named_by_its_folder_and_not_by_a_file_of_it(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_text("title: A\n", encoding="utf-8")
    assert faults(path) == [f"{path}: is one file of a pack, and no article. Fix: name the folder that it lies in: {tmp_path}."]


def test_a_bare_text_file_whose_name_has_no_letters_still_has_a_slug(tmp_path: Path) -> None:
    (tmp_path / "東京.txt").write_text("Head\n", encoding="utf-8")
    assert load(tmp_path / "東京.txt").slug == "article"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no text. Fix: put the headline on the first line, and paragraphs apart by blank lines."),
        (b"\n \n", "holds no text. Fix: put the headline on the first line, and paragraphs apart by blank lines."),
        (
            b"{\\rtf1\\ansi Head}",
            "is an RTF document, not plain text. Fix: copy the article out of it into a text file, and save that as UTF-8.",
        ),
        (b"Head\n\n\xff\xfe", "is not UTF-8: byte 6 cannot be read. Fix: save the file as UTF-8."),
        (
            b"x" * (MAX_ARTICLE_BYTES + 1),
            "is larger than 2,000,000 bytes. Fix: keep to one article, and make a pack of each of several.",
        ),
    ],
)
def test_a_bare_text_file_without_text_is_a_fault(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert faults(path) == [f"{path}: {message}"]


@pytest.mark.parametrize(("control", "name"), [("\x00", "0000"), ("\x1b", "001B"), ("\x7f", "007F"), ("\x9b", "009B")])
def test_an_article_with_control_characters_is_refused(tmp_path: Path, control: str, name: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Head\n\nRed {control}[31mtext{control}.\n", encoding="utf-8")
    said = f"holds the control character U+{name}, one of 2. Fix: delete it, or copy the text again as plain text."
    assert faults(path) == [f"{path}:3: {said}"]
    folder = write_pack(tmp_path, {"article.txt": f"Head{control}\n\nBody.{control}\n"})
    assert f"article.txt:1: {said}" in faults(folder)


@pytest.mark.parametrize("control", ["\t", "\f", "\v", "\x85", "\u2028", "\r\n"])
def test_tabs_and_ends_of_lines_are_no_control_characters(tmp_path: Path, control: str) -> None:
    (tmp_path / "a.txt").write_text(f"Head\n\nOne{control}two.\n", encoding="utf-8", newline="")
    assert control in load(tmp_path / "a.txt").article.text


def test_a_place_that_is_no_pack_is_a_fault(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert faults(nowhere) == [f"{nowhere}: there is no such pack. Fix: name a pack's folder or a text file."]
    assert faults(tmp_path) == ["pack.yaml: this file is missing. Fix: create it, or restore it from version control."]


# What ships with the engine


def test_general_talk_leads_to_every_verdict_that_needs_no_article() -> None:
    assert {t.verdict for t in general_talk()} == {Verdict.SMALL_TALK, Verdict.OPINION, Verdict.OFF_TOPIC}
    assert len({t.id for t in general_talk()}) == len(general_talk())
    assert all(t.phrasings and not t.cites for t in general_talk())
