"""Records that are switched off: kept in their files, and no part of the pack."""

from __future__ import annotations

import pytest
from conftest import Change, MakePack

from bot.errors import FileFaults
from bot.pack.loading import load
from bot.pack.values import SwitchedOff

OFF = '  switched_off: "the sentence was cut"\n'
QUOTE_OFF: dict[str, Change] = {"quotes.yaml": ("- id: lift\n", f"- id: lift\n{OFF}")}


def off(*ids: str) -> dict[str, Change]:
    """Changes that switch off these records, each of the file that it stands in."""
    from conftest import FILES

    changed: dict[str, Change] = {}
    for identifier in ids:
        name = next(n for n, text in FILES.items() if f"- id: {identifier}\n" in text)
        text = changed.get(name, FILES[name])
        assert isinstance(text, str)
        changed[name] = text.replace(f"- id: {identifier}\n", f"- id: {identifier}\n{OFF}")
    return changed


def test_what_is_switched_off_is_kept_and_noted_and_no_part_of_the_pack(make_pack: MakePack) -> None:
    pack = load(make_pack(off("bell", "lift", "second-lift", "premise-bell-against-lift", "gap-salary")))
    assert "bell" not in pack.people
    assert "lift" not in pack.quotes
    assert pack.by_id.keys() & {"second-lift", "premise-bell-against-lift", "gap-salary"} == set()
    assert pack.positions == ("waited",)
    assert "which councillor demands a lift" not in pack.phrased
    assert pack.switched_off[0] == SwitchedOff("people.yaml", 16, "bell", "the sentence was cut")
    assert [o.id for o in pack.switched_off] == ["bell", "lift", "second-lift", "gap-salary", "premise-bell-against-lift"]


def test_nothing_of_it_is_proved_but_its_id_stays_taken(make_pack: MakePack) -> None:
    text = '- id: lift\n  switched_off: "cut"\n  text: "nowhere"\n  whatever: 1\n- id: lift\n  speaker: bell\n'
    changes = off("bell", "second-lift", "premise-bell-against-lift")
    with pytest.raises(FileFaults) as caught:
        load(make_pack({**changes, "quotes.yaml": ("- id: lift\n  speaker: bell\n", text)}))
    assert any("the id 'lift' is taken" in f.what for f in caught.value.faults)
    assert not any("whatever" in f.what or "nowhere" in f.what for f in caught.value.faults)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            off("lift"),
            'faq/library.yaml:63: each quote that this needs is switched off. Fix: switch this off too, with `switched_off: "why"`',
        ),
        (off("lift", "second-lift"), "premises.yaml:3: each quote that this needs is switched off."),
        (off("bell"), "quotes.yaml:23: the person 'bell' is switched off. Fix: switch this off too"),
        (
            {"gaps.yaml": ("- id: gap-salary\n", '- id: gap-salary\n  switched_off: ""\n')},
            "gaps.yaml:11: 'switched_off' is empty.",
        ),
        (
            {"gaps.yaml": ("- id: gap-salary\n", "- id: gap-salary\n  switched_off: true\n")},
            "gaps.yaml:11: YAML reads 'true' as bool, not as text.",
        ),
        ({"pack.yaml": ("  publisher", "  former: {abc: May}\n  publisher")}, "pack.yaml:6: 'May' is no date."),
    ],
)
def test_what_leans_on_it_alone_is_a_fault(make_pack: MakePack, changes: dict[str, Change], message: str) -> None:
    with pytest.raises(FileFaults) as caught:
        load(make_pack(changes))
    assert any(str(f).startswith(message) for f in caught.value.faults), caught.value


def test_a_topic_goes_on_with_the_quotes_that_are_left_and_is_whole_again_with_them(make_pack: MakePack) -> None:
    both: dict[str, Change] = {"faq/library.yaml": ("cites: [room]", "cites: [room, friends]")}
    friends = off("friends")
    fee = off("friends-fee")["faq/library.yaml"]
    assert isinstance(fee, str)
    pack = load(make_pack({**friends, "faq/library.yaml": fee.replace("cites: [room]", "cites: [room, friends]")}))
    assert pack.by_id["reading-room"].cites == ("room",)
    assert load(make_pack(both, "whole")).by_id["reading-room"].cites == ("room", "friends")


def test_an_entry_that_is_switched_off_is_not_suggested(make_pack: MakePack) -> None:
    changes: dict[str, Change] = {**off("second-lift"), "pack.yaml": ("positions:", "suggested: [second-lift, wait]\npositions:")}
    assert load(make_pack(changes)).suggested == ("wait",)


def test_a_gap_needs_no_nearest_passage(make_pack: MakePack) -> None:
    pack = load(make_pack(off("sundays", "sunday-start", "petition-size")))
    assert pack.by_id["gap-opening-hour"].cites == ()


def test_questions_that_expect_it_are_not_asked_and_its_bank_stays(make_pack: MakePack) -> None:
    bank = "[second-lift]\na lift\n[not second-lift]\nwho wants no lift\n"
    pack = load(make_pack({**off("second-lift", "petition-size"), "phrases.txt": bank}))
    assert [e.expect for e in pack.expectations] == ["answer"]
    assert "a lift" not in pack.phrased


def test_another_topic_may_take_over_its_phrasings(make_pack: MakePack) -> None:
    text = off("second-lift")["faq/library.yaml"]
    assert isinstance(text, str)
    pack = load(make_pack({"faq/library.yaml": text.replace('- "reading room"', '- "who wants another lift"')}))
    assert pack.phrased["who wants another lift"].id == "reading-room"


def test_a_value_that_is_switched_off_is_noted_and_not_used(make_pack: MakePack) -> None:
    changes: dict[str, Change] = {
        "people.yaml": ("capacity: colleague", "former_capacity: comrade"),
        "faq/library.yaml": ('lead: "nine years."', 'former_lead: ["eight years.", "ten years."]'),
    }
    pack = load(make_pack(changes))
    assert pack.people["reed"].capacity == pack.by_id["wait"].lead == ""
    assert [(o.id, o.key, o.why) for o in pack.switched_off] == [("reed", "capacity", ""), ("wait", "lead", "")]


def test_former_texts_are_noted(make_pack: MakePack) -> None:
    pack = load(make_pack({"pack.yaml": ("  publisher", '  former:\n    12ab: "2026-05-04"\n  publisher')}))
    assert pack.former == (("12ab", "2026-05-04"),)
