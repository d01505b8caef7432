"""Names in ASCII, for ids."""

from __future__ import annotations

import pytest

from bot.draft.drafting import draft
from bot.draft.letters import in_ascii
from bot.text.article import parse


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Müller", "muller"),
        ("Ingrid Sørensen", "ingrid sorensen"),
        ("Łukasz Ćwikła", "lukasz cwikla"),
        ("Σταύρος Ηλίας", "stayros ilias"),
        ("Дмитрий Щукин", "dmitriy shchukin"),
        ("Straße", "strasse"),
        ("山田", ""),
        ("", ""),
    ],
)
def test_a_name_keeps_all_its_letters(name: str, letters: str) -> None:
    assert in_ascii(name) == letters


def test_ids_are_made_of_names_in_any_letters() -> None:
    text = "A headline\n\nOlga Петрова said that it rained. Ian Müller said it did. Ingrid Sørensen said it would. Lars Sørensen said it had."
    people = {p.name: p.id for p in draft(parse(text.encode())).people}
    assert {name: people[name] for name in ("Olga Петрова", "Ian Müller", "Ingrid Sørensen", "Lars Sørensen")} == {
        "Olga Петрова": "petrova",
        "Ian Müller": "muller",
        "Ingrid Sørensen": "sorensen",
        "Lars Sørensen": "lars-sorensen",
    }
