"""Turns: whoever a line names says it, where a text is laid out so; and a label of a form names nobody."""

from __future__ import annotations

import pytest

from bot.draft.drafting import draft
from bot.draft.turns import turns_of
from bot.text.article import parse

INTERVIEW = """\
The cellist who stopped

Ines Amaral spoke to Felix Brandt.

Felix Brandt: You left the stage. Why?

Ines Amaral: My hand stopped. I called it the thief.

FB: Did it hurt? Your teacher, Anton Kessler, said that you had given up.

IA: He rang me. He said, “Play badly. Only play.”

I did not open the case for two years.

FB: And now?

IA: Now I am well.
"""


def records(text: str) -> list[tuple[str, str, str, str, str]]:
    """Of each record behind the headline: kind, speakers, who relays, why it is open, and the first words."""
    article = parse(text.encode())
    found = draft(article)
    names = {p.id: p.name for p in found.people}
    return [
        (q.kind.value, ", ".join(names[s] for s in q.speakers), names.get(q.relayed_by or "", ""), q.open, article.excerpt(q.span).text)
        for q in found.quotes
        if q.id != "headline"
    ]  # fmt: skip


def test_whoever_a_line_names_says_it_and_passes_on_what_others_said() -> None:
    open_words = "whom “he” means is not sure"
    assert records(INTERVIEW)[1:] == [
        ("direct", "Felix Brandt", "", "", "Felix Brandt: You left the stage."),
        ("direct", "Felix Brandt", "", "", "Why?"),
        ("direct", "Ines Amaral", "", "", "Ines Amaral: My hand stopped."),
        ("direct", "Ines Amaral", "", "", "I called it the thief."),
        ("direct", "Felix Brandt", "", "", "FB: Did it hurt?"),
        ("reported", "Anton Kessler", "Felix Brandt", "", "Your teacher, Anton Kessler, said that you had given up."),
        ("direct", "Ines Amaral", "", "", "IA: He rang me."),
        ("direct", "Ines Amaral", "", "", "He said, “Play badly."),
        ("direct", "", "", open_words, "Only play.”"),
        ("narration", "the article", "", "it may go on with what is said before it", "I did not open the case for two years."),
        ("direct", "Felix Brandt", "", "", "FB: And now?"),
        ("direct", "Ines Amaral", "", "", "IA: Now I am well."),
    ]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["Amaral: No.", "Brandt: So?", "Amaral: No.", "Brandt: So?"], ["Ines Amaral", "Felix Brandt"]),
        (["Ines: No.", "Felix: So?", "Ines: No.", "Felix: So?"], ["Ines Amaral", "Felix Brandt"]),
        (["INES AMARAL: No.", "HOST: So?", "INES AMARAL: No.", "HOST: So?"], ["Ines Amaral", ""]),
        (["MS. HALL: No.", "THE CHAIR: So?", "MS. HALL: No.", "THE CHAIR: So?"], ["MS. HALL", "THE CHAIR"]),
        (
            ["Hall: No.", "Ling: So?", "Hall: No.", "Ling: So?", "Ann Hall and Ms Hall, too, and Sue Ling."],
            ["Ann Hall", "Sue Ling"],
        ),
        (["Ms Hall: No.", "Ling: So?", "Ms Hall: No.", "Ling: So?", "Tom Hall and Sue Ling, too."], ["Ms Hall", "Sue Ling"]),
        (["Q: So?", "A: No.", "Q. So?", "A. No."], ["", ""]),
        (["Émile de Roo: No.", "ER: No.", "Ines: So?", "Ines: So?", "Émile de Roo: No."], ["Émile de Roo", ""]),
        (["Place: Hall.", "Time: Noon.", "Place: Yard.", "Time: Dusk."], []),
        (["Contact: Ines Amaral.", "Words: Felix Brandt."], []),
        (["Ines Amaral: No.", "Read more: A bakery closes."], []),
    ],
)
def test_labels_name_speakers_where_two_come_back_and_one_is_somebodys(lines: list[str], names: list[str]) -> None:
    text = "Head\n\nInes Amaral spoke to Felix Brandt in May.\n\n" + "\n\n".join(lines)
    assert [turn.name for turn in turns_of(parse(text.encode()))][:2] == names


def test_one_of_two_who_share_a_name_is_not_meant_by_it() -> None:
    text = "Head\n\nAnn Hall and Tom Hall met Sue Ling.\n\nHall: No.\n\nLing: So?\n\nHall: No.\n\nLing: So?"
    assert [(turn.name, turn.why) for turn in turns_of(parse(text.encode()))][:2] == [
        ("", "“Hall” does not say who speaks, or whether anybody does"),
        ("Sue Ling", ""),
    ]
