"""What is open in a pack, in order, and what each decision changes in its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FAQ, GAPS, QUOTES, MakePack

from bot.curate.leads import DoubtfulLead
from bot.curate.misses import REMOVED, Group
from bot.curate.pack_files import PackFiles
from bot.curate.review import (
    DECIDED,
    AddNearMiss,
    AddPhrasings,
    AskedAs,
    Confirm,
    Decision,
    IsNarration,
    Item,
    Kind,
    Leave,
    Missed,
    NewEntry,
    NewGap,
    NewLead,
    Record,
    SpeakerIs,
    Undecidable,
    Underasked,
    Unreached,
    WouldAnswer,
    asks_of,
    decided_lines,
    decided_questions,
    edited,
    kind_of,
    minutes,
    ordered,
    phrasings,
    remembered,
)
from bot.curate.self_test import Confusable
from bot.errors import FileFaults
from bot.pack.loading import load
from bot.pack.values import MAX_LISTED, QuoteKind, Verdict

GROUP = Group(("who pays for the lift", "who is to pay for a lift", f"will {REMOVED} pay for the lift"), 4, 3, 2)
MISSED = Missed(GROUP, ("second-lift", "gap-salary"), ("lift", "roof"))
NEAR = WouldAnswer("Who called for a third lift?", "second-lift", "answer, second-lift", "Ruth Bell.", is_own=False)
SENTENCE = Unreached("Join the friends of the library for five pounds a year.", 4, ("friends",))
ALIKE = Confusable("wait", "roof-cost", 3, 5, ("how long",), 100)
LEAD = DoubtfulLead("wait", "How long have they waited?", "nine years.", "it says so")
FEW = Underasked("wait", "How long have they waited?", ())
DRAFTED = Record("gaps", "gaps.yaml", "gap-salary", "", True, ("question: ...",))
OPEN = Record("quotes", "quotes.yaml", "waited", "two people stand beside it", True, ("kind: direct",))
NARRATED = Record("quotes", "quotes.yaml", "sundays", "", True, ("kind: narration",))


def changed(folder: Path, item: Item, decision: Decision) -> dict[str, str]:
    files = PackFiles(folder)
    return edited(files.texts(), files.pack, item, decision)


def decided(folder: Path, item: Item, decision: Decision) -> PackFiles:
    files = PackFiles(folder)
    files.decide(item, decision)
    return files


def test_the_most_useful_stands_first_and_what_was_decided_is_not_there() -> None:
    rare = Missed(Group(("what colour is it",), 3, 3, 1), (), ())
    items: list[Item] = [ALIKE, FEW, NARRATED, DRAFTED, SENTENCE, NEAR, LEAD, OPEN, rare, MISSED]
    assert ordered(items, frozenset()) == (MISSED, rare, OPEN, LEAD, NEAR, SENTENCE, DRAFTED, NARRATED, FEW, ALIKE)
    known = frozenset(line for item in (rare, LEAD, NEAR, SENTENCE, FEW, ALIKE) for line in remembered(item))
    assert ordered(items, known) == (MISSED, OPEN, DRAFTED, NARRATED)
    assert remembered(OPEN) == ()


def test_what_was_decided_is_read_as_it_is_written() -> None:
    lines = decided_lines("# head\n\n" + "\n".join(remembered(MISSED) + remembered(SENTENCE)) + "\n")
    assert lines == {*remembered(MISSED), *remembered(SENTENCE)}
    assert set(decided_questions(lines)) == set(GROUP.texts)


def test_phrasings_are_whole_and_new_to_the_pack(make_pack: MakePack) -> None:
    pack = load(make_pack())
    assert phrasings(MISSED, pack) == ["who pays for the lift", "who is to pay for a lift"]
    known = Missed(Group(("Who called for a second lift?", "Who, pays", "who pays"), 3, 3, 1), (), ())
    assert phrasings(known, pack) == ["Who, pays"]
    assert phrasings(SENTENCE, pack) == []


def test_questions_become_phrasings_in_the_bank(make_pack: MakePack) -> None:
    folder = make_pack()
    files = decided(folder, MISSED, AddPhrasings("second-lift"))
    assert files.pack.by_id["second-lift"].bank[-2:] == ("who pays for the lift", "who is to pay for a lift")
    assert set(decided_lines((folder / DECIDED).read_text(encoding="utf-8"))) == set(remembered(MISSED))


def test_phrasings_stand_where_those_of_their_topic_do(make_pack: MakePack) -> None:
    bank = "# A remark.\n[second-lift]\nanother lift\n\n[gap-salary]\npay of Kovacs\n"
    new = changed(make_pack({"phrases.txt": bank}), MISSED, AddPhrasings("second-lift"))
    assert new["phrases.txt"] == bank.replace("another lift\n", "another lift\nwho pays for the lift\nwho is to pay for a lift\n")
    assert set(new) == {"phrases.txt", DECIDED}


def test_of_questions_none_of_which_is_whole_there_are_no_phrasings(make_pack: MakePack) -> None:
    broken = Missed(Group((f"will {REMOVED} pay",), 3, 3, 1), ("second-lift",), ())
    folder = make_pack()
    with pytest.raises(Undecidable, match="nothing whole is left"):
        changed(folder, broken, AddPhrasings("second-lift"))
    files = decided(folder, broken, NewGap("Will the mayor pay?", "whether the mayor pays"))
    assert files.pack.by_id["gap-mayor-pay"].phrasings == ("Will the mayor pay?",)


def test_a_group_becomes_an_entry(make_pack: MakePack) -> None:
    folder = make_pack()
    entry = decided(folder, MISSED, NewEntry('Who pays for the "lift"?', ("lift", "roof"))).pack.entries[-1]
    assert (entry.question, entry.cites, entry.asks, entry.lead) == ('Who pays for the "lift"?', ("lift", "roof"), "person", "")
    assert entry.phrasings == ("who pays for the lift", "who is to pay for a lift")


def test_a_group_becomes_a_gap_and_the_rest_of_the_file_stays(make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": f"# Mine.\n{GAPS}# The end.\n"})
    files = decided(folder, MISSED, NewGap("Who pays for the lift?", "who pays for the lift"))
    text = (folder / "gaps.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# Mine.\n{GAPS}# The end.\n- id: gap-")
    gap = next(t for t in files.pack.topics if t.looked_for == "who pays for the lift")
    assert (gap.verdict, gap.id) == (Verdict.NOT_IN_ARTICLE, "gap-pays-lift")


def test_a_pack_without_gaps_gets_a_file_of_them(make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": None, "questions.yaml": None})
    files = decided(folder, NEAR, NewGap("Who called for a third lift?", "who called for a third lift"))
    assert files.pack.phrased["who called for a third lift"].verdict is Verdict.NOT_IN_ARTICLE


def test_an_id_that_is_taken_gets_a_number(make_pack: MakePack) -> None:
    folder = make_pack()
    for question in ("Who pays lift?", "Who, pays: the lift?"):
        decided(folder, Missed(Group((question,), 3, 3, 1), (), ()), NewGap(question, "it"))
    assert {"gap-pays-lift", "gap-pays-lift-2"} <= set(load(folder).by_id)


def test_a_question_that_is_asked_already_is_refused(make_pack: MakePack) -> None:
    with pytest.raises(Undecidable, match="is asked by 'second-lift' already"):
        changed(make_pack(), MISSED, NewEntry("Who called for a second lift?", ("lift",)))


def test_a_question_becomes_a_near_miss(make_pack: MakePack) -> None:
    files = decided(make_pack(), NEAR, AddNearMiss())
    assert "Who called for a third lift?" in files.pack.by_id["second-lift"].near_misses


def test_a_sentence_gets_an_entry(make_pack: MakePack) -> None:
    files = decided(make_pack(), SENTENCE, NewEntry("How can one join the friends?", ("friends",)))
    assert files.pack.entries[-1].phrasings == ("How can one join the friends?",)


@pytest.mark.parametrize("item", [MISSED, NEAR, SENTENCE, LEAD, FEW, ALIKE])
def test_what_is_left_is_remembered_and_nothing_else_changes(make_pack: MakePack, item: Item) -> None:
    new = changed(make_pack(), item, Leave())
    assert list(new) == [DECIDED]
    assert decided_lines(new[DECIDED]) == set(remembered(item))


@pytest.mark.parametrize(
    ("item", "decision"),
    [
        (OPEN, Leave()),
        (MISSED, Confirm()),
        (DRAFTED, IsNarration()),
        (SENTENCE, AddNearMiss()),
        (ALIKE, NewGap("a b", "c")),
        (FEW, AskedAs((" ?",))),
    ],
)
def test_what_does_not_fit_is_refused(make_pack: MakePack, item: Item, decision: Decision) -> None:
    with pytest.raises(Undecidable, match="cannot be decided"):
        changed(make_pack(), item, decision)


def test_a_lead_is_dropped_or_worded_otherwise_and_all_else_stays(make_pack: MakePack) -> None:
    folder = make_pack()
    whole = PackFiles(folder).texts()["faq/library.yaml"]
    assert changed(folder, LEAD, NewLead("")) == {"faq/library.yaml": whole.replace('  lead: "nine years."\n', "")}
    files = decided(folder, LEAD, NewLead("For nine years."))
    assert (files.texts()["faq/library.yaml"], DECIDED in files.texts()) == (
        whole.replace('"nine years."', '"For nine years."'),
        False,
    )


def test_a_lead_in_words_that_nothing_proves_is_refused(make_pack: MakePack) -> None:
    files = PackFiles(make_pack())
    with pytest.raises(FileFaults, match="the lead says 'ten'"):
        files.decide(LEAD, NewLead("ten years."))
    assert load(files.folder).by_id["wait"].lead == "nine years."


def test_an_entry_is_asked_in_more_ways(make_pack: MakePack) -> None:
    files = decided(make_pack(), FEW, AskedAs(("since when", " for   how long ", "!")))
    assert files.pack.by_id["wait"].bank == ("since when", "for how long")


def test_how_long_it_takes_is_counted_by_kind() -> None:
    assert [kind_of(i) for i in (MISSED, OPEN, NEAR, LEAD, SENTENCE, DRAFTED, FEW, ALIKE)] == list(Kind)
    assert (minutes([]), minutes([DRAFTED]), minutes([DRAFTED] * 12), minutes([DRAFTED] * 12 + [OPEN])) == (0, 1, 1, 2)


# Records

DRAFT = GAPS.replace("- id: gap-salary\n", "- id: gap-salary\n  drafted: true\n")
UNSAID = QUOTES.replace(
    "- id: waited\n  speaker: kovacs\n  kind: direct\n",
    '- id: waited\n  drafted: true\n  kind: direct  # see below\n  open: "two people stand beside it"\n',
)


def test_a_draft_that_is_right_is_one_no_more_and_all_else_stays(make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": DRAFT})
    assert changed(folder, DRAFTED, Confirm()) == {"gaps.yaml": GAPS}


def test_a_quote_beside_which_the_words_have_changed_is_right_as_it_stands(make_pack: MakePack) -> None:
    opened = QUOTES.replace("- id: waited\n", '- id: waited\n  open: "the words beside it have changed"\n')
    item = Record("quotes", "quotes.yaml", "waited", "the words beside it have changed", False, ("kind: direct",))
    assert changed(make_pack({"quotes.yaml": opened}), item, Confirm()) == {"quotes.yaml": QUOTES}


def test_a_speaker_is_named(make_pack: MakePack) -> None:
    files = decided(make_pack({"quotes.yaml": UNSAID}), OPEN, SpeakerIs("bell"))
    assert files.pack.quotes["waited"].speakers == ("bell",)
    assert not [p for p in files.pack.open_points if p.id == "waited"]
    assert "kind: direct  # see below\n" in files.texts()["quotes.yaml"]


def test_narration_in_which_somebody_speaks_becomes_reported(make_pack: MakePack) -> None:
    quote = decided(make_pack(), NARRATED, SpeakerIs("council")).pack.quotes["sundays"]
    assert (quote.kind, quote.speakers, quote.relayed_by) == (QuoteKind.REPORTED, ("council",), "paper")


def test_what_nobody_says_becomes_narration(make_pack: MakePack) -> None:
    lift = Record("quotes", "quotes.yaml", "lift", "", False, ("kind: reported",))
    quote = decided(make_pack(), lift, IsNarration()).pack.quotes["lift"]
    assert (quote.kind, quote.speakers, quote.relayed_by) == (QuoteKind.NARRATION, ("paper",), None)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who?", "person"),
        ("How many are there?", "number"),
        ("How so?", "manner"),
        ("Is it?", "yes_no"),
        ("Lift?", "thing"),
        ("", "thing"),
    ],
)
def test_what_a_question_asks_for_is_told_by_its_first_words(question: str, kind: str) -> None:
    assert asks_of(question) == kind


def test_an_id_that_yaml_would_not_read_as_a_text_is_quoted(make_pack: MakePack) -> None:
    folder = make_pack(
        {"people.yaml": ("- id: bell\n", '- id: "no"\n'), "quotes.yaml": QUOTES.replace("speaker: bell", 'speaker: "no"')}
    )
    assert decided(folder, SENTENCE, NewEntry("Why 2026?", ("friends",))).pack.by_id["2026"].cites == ("friends",)
    assert decided(folder, OPEN, SpeakerIs("no")).pack.quotes["waited"].speakers == ("no",)


def test_a_speaker_takes_the_place_of_a_list_on_lines_of_its_own(make_pack: MakePack) -> None:
    listed = QUOTES.replace("- id: waited\n  speaker: kovacs\n", "- id: waited\n  speaker:\n    - kovacs\n    - bell\n")
    folder = make_pack({"quotes.yaml": listed})
    decided(folder, OPEN, SpeakerIs("kovacs"))
    assert (folder / "quotes.yaml").read_text(encoding="utf-8") == QUOTES


def test_a_record_on_one_line_is_found_wherever_its_id_stands(make_pack: MakePack) -> None:
    line = '- {question: "Who can join?", id: join, asks: thing, cites: [friends], phrasings: ["joining"], lead: "friends of the library"}\n'
    folder = make_pack({"faq/more.yaml": line, "phrases/faq/library.txt": "[second-lift]\nanother lift\n"})
    few = Underasked("join", "Who can join?", ())
    assert changed(folder, few, AskedAs(("who may join",)))["phrases/faq/more.txt"] == "[join]\nwho may join\n"
    assert "lead" not in changed(folder, DoubtfulLead("join", "Who can join?", "", ""), NewLead(""))["faq/more.yaml"]


def test_further_phrasings_of_a_new_topic_go_to_the_bank_of_its_file(make_pack: MakePack) -> None:
    many = Missed(Group(tuple(f"what of the lift {n}x" for n in range(MAX_LISTED + 1)), 14, 3, 2), ("second-lift",), ("lift",))
    new = changed(
        make_pack({"phrases/faq/library.txt": "[second-lift]\nanother lift\n"}), many, NewEntry("What of it?", ("lift",))
    )
    assert set(new) == {"faq/library.yaml", "phrases/faq/library.txt", DECIDED}


def test_the_bank_of_a_file_two_folders_down_is_made(make_pack: MakePack) -> None:
    folder = make_pack({"faq/library.yaml": None, "faq/a/b.yaml": FAQ, "phrases/x.txt": "[greeting]\nyo yo\n"})
    assert decided(folder, FEW, AskedAs(("how many years",))).pack.by_id["wait"].bank == ("how many years",)


@pytest.mark.parametrize("text", ["# of years they waited", "[sic] how long", "- how long is it", '"how long is it"'])
def test_what_the_bank_would_read_as_something_else_is_refused(make_pack: MakePack, text: str) -> None:
    folder = make_pack({"phrases.txt": "[wait]\nhow many years\n"})
    with pytest.raises(Undecidable, match="cannot stand in the phrase bank as it is: begin it with a word"):
        changed(folder, FEW, AskedAs((text,)))
