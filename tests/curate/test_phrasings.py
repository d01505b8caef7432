"""How many phrasings an entry wants, in the program and in the guide."""

from __future__ import annotations

import pytest
from conftest import FAQ, ROOT, MakePack

from bot.curate.phrasings import ENOUGH, underasked
from bot.pack.loading import load


def test_an_entry_wants_three_beside_its_question_in_the_record_or_in_the_bank(make_pack: MakePack) -> None:
    few = FAQ.replace('    - "how long was the wait"\n', "").replace('    - "how many years did the librarian wait"\n', "")
    folder = make_pack({"faq/library.yaml": few, "questions.yaml": None})
    assert [t.id for t in underasked(load(folder))] == ["wait"]  # one of two is its question again
    (folder / "phrases.txt").write_text("[wait]\nsince when\n", encoding="utf-8")
    assert [t.id for t in underasked(load(folder))] == ["wait"]
    (folder / "phrases.txt").write_text("[wait]\nsince when\nfor how long\n", encoding="utf-8")
    assert underasked(load(folder)) == ()


@pytest.mark.parametrize("file", ["curating.md", "pack-files.md"])
def test_the_guide_says_as_many(file: str) -> None:
    assert ENOUGH == 3
    assert "three to five" in (ROOT / "docs" / file).read_text(encoding="utf-8")
