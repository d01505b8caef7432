"""The files of sentences: which is a reader's, and what is told of a file with faults."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from bot.errors import FileFaults
from bot.say.languages import languages, load_wording, wording

FOLDER = ROOT / "bot" / "data" / "wording"


Edited = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en-GB", "en"), ("en-US", "en"), ("fr", "fr"), ("fr-CA", "fr"), ("de", "en"), ("", "en"), ("../en", "en"), ("-fr", "en")],
)
def test_each_of_discord_s_locales_has_its_language_or_else_english(locale: str, language: str) -> None:
    assert wording(locale).language == language


def test_a_language_is_read_once() -> None:
    assert wording("fr") is wording("fr-FR")


def test_english_and_french_ship() -> None:
    assert set(languages()) >= {"en", "fr"}


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    def edit(old: str, new: str) -> Path:
        path = tmp_path / "de.yaml"
        shutil.copyfile(FOLDER / "en.yaml", path)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return edit


def line_of(text: str) -> int:
    lines = (FOLDER / "en.yaml").read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.startswith(text))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('not_said: "The article does not say that."\n', "", "the key 'not_said' is missing."),
        ('not_said: "', 'not_sayd: "Nein."\nnot_said: "', "unknown key 'not_sayd'."),
        ('not_said: "The article does not say that."', 'not_said: ""', "'not_said' is empty."),
        ("  thanks:", "  thank:", "the key 'thanks' is missing."),
        ("  some_parts:", "  some_part:", "the key 'some_parts' is missing."),
        ("  some_parts:", "  'its parts':", "unknown key 'its parts'."),
        ("{looked_for}.", "das.", "'not_said_what' has lost its placeholder {looked_for}."),
        ("{looked_for}.", "{looked_for} {words}.", "'not_said_what' has an unknown placeholder {words}."),
        ("{looked_for}.", "{looked_for!r}.", "'not_said_what' has lost its placeholder {looked_for}."),
        ("{looked_for}.", "{looked_for.__class__}.", "'not_said_what' has an unknown placeholder {looked_for.__class__}."),
        ("{looked_for}.", "{looked_for.", "'not_said_what' has a curly bracket that stands alone."),
        ('next: "Next page"', f'next: "{"W" * 81}"', "'next' has 81 characters, and Discord allows 80."),
        ('help: "How to ask"', f'help: "{"W" * 101}"', "'help' has 101 characters, and Discord allows 100."),
        ('menu_ask: "Ask the article about this"', f'menu_ask: "{"W" * 33}"', "'menu_ask' has 33 characters, and Discord allows 32."),
        ('follow_up_title: "', f'follow_up_title: "{"W" * 40}', "'follow_up_title' has 55 characters, and Discord allows 45."),
        ('"yes": "yes"', '"yes": yes', "YAML reads 'yes' as bool, not as text."),
        ('no-more: "', 'no-more: " ', "'no-more' begins or ends with white space, or holds a line break."),
        ('failed: "', 'failed: "Ach.\\n', "'failed' begins or ends with white space, or holds a line break."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_translation_is_told(edited: Edited, old: str, new: str, fault: str) -> None:
    with pytest.raises(FileFaults) as error:
        load_wording(edited(old, new))
    assert any(f.what == fault and f.file == "de.yaml" and f.line > 0 and f.fix for f in error.value.faults), str(error.value)


def test_a_fault_has_the_line_of_its_text_and_all_are_told_at_once(edited: Edited) -> None:
    path = edited("{looked_for}.", "das.")
    text = path.read_text(encoding="utf-8").replace("{subject}", "Thema").replace("  thanks:", "  danke:")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileFaults) as error:
        load_wording(path)
    found = [(f.line, f.what) for f in error.value.faults]
    assert found[:3] == sorted(found[:3])
    assert found[3] == (line_of("small_talk:") + 1, "the key 'thanks' is missing."), "which follows from the unknown key"
    assert [line for line, what in found if "placeholder" in what] == [line_of("not_said_what:"), line_of("off_topic:")]
    assert len(found) == 4


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match=r"de\.yaml: this file is missing"):
        load_wording(tmp_path / "de.yaml")
