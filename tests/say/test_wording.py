"""The files of sentences: complete and alike in every language, within Discord's limits, used, and true to what the program does."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import ROOT

from bot.engine.answer import MAX_HISTORY
from bot.engine.verify import Constraint
from bot.errors import FileFaults
from bot.pack.loading import general_talk
from bot.pack.values import Verdict
from bot.say.languages import languages, load_wording, wording
from bot.say.wording import BUTTONS, COMMANDS, CONSTRAINTS, OPTIONS, RULES, SMALL_TALK, VERDICTS, WANTS, Action, Wording
from bot.serve.dialogue import FORGET_AFTER

FOLDER = ROOT / "bot" / "data" / "wording"
Edited = Callable[[str, str], Path]


def texts(words: Wording) -> Iterator[tuple[str, str]]:
    """Every sentence of a language, with its key."""
    for entry in fields(Wording)[1:]:
        value = getattr(words, entry.name)
        if isinstance(value, str):
            yield entry.name, value
        elif isinstance(value, tuple):
            yield from ((f"{entry.name}[{i}]", line) for i, line in enumerate(value))
        else:
            yield from ((f"{entry.name}.{key}", text) for key, text in value.items())


# Which language


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


# What every language must be


@pytest.mark.parametrize("language", languages())
def test_every_language_is_without_faults_and_says_everything_in_its_own_words(language: str) -> None:
    words = load_wording(FOLDER / f"{language}.yaml")
    assert all(text for _, text in texts(words))
    if language != "en":
        english = dict(texts(wording("en")))
        # What is only placeholders and marks may be the same.
        same = [
            key for key, text in texts(words) if text == english.get(key) and re.search(r"[a-z]{4}", re.sub(r"\{\w+\}", "", text))
        ]
        assert same == []


def test_french_sets_a_no_break_space_before_its_marks_and_within_its_quotation_marks() -> None:
    for key, text in texts(wording("fr")):
        bare = re.sub(r"«\u00a0(?:who said that\?|more)\u00a0»|who said that\?", "", text)  # English, which the bot understands
        assert not re.search(r"(?<!\u00a0)[:;?!»]|«(?!\u00a0)", bare), key
        assert "'" not in text, key
        assert '"' not in text, key
        assert "“" not in text, key


def test_the_bot_is_never_made_to_say_what_it_thinks() -> None:
    for language in languages():
        for key, text in texts(wording(language)):
            assert not re.search(
                r"\b(?:I (?:think|believe|agree)|je (?:pense|crois)|à mon avis|in my opinion)\b", text, re.IGNORECASE
            ), key


def test_keys_stand_in_the_same_order_in_every_language_so_that_a_translator_finds_them() -> None:
    def keys(language: str) -> list[str]:
        return re.findall(
            r'^(?: {2})?("[^"]+"|[\w. -]+):', (FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), re.MULTILINE
        )

    assert len(keys("en")) > 150
    for language in languages():
        assert keys(language) == keys("en")


# Every key is used, and everything that needs words has a key


def attributes() -> set[str]:
    """Every attribute that the program reads of anything, apart from wording.py itself."""
    files = [p for p in (ROOT / "bot").rglob("*.py") if p.name != "wording.py"]
    trees = [ast.parse(p.read_text(encoding="utf-8")) for p in files]
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_every_key_is_used() -> None:
    assert {f.name for f in fields(Wording)} - {"language"} <= attributes()


def test_every_key_that_is_used_exists() -> None:
    known = {f.name for f in fields(Wording)}
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if owner in ("wording", "_wording"):
                    assert node.attr in known, f"{path.name}:{node.lineno}"


def test_every_section_has_a_key_for_each_thing_that_the_program_names() -> None:
    assert set(BUTTONS) == {a.value for a in Action}
    assert set(VERDICTS) == {v.value for v in Verdict}
    assert set(CONSTRAINTS) == {c.value for c in Constraint}
    assert set(SMALL_TALK) >= {t.id for t in general_talk() if t.verdict is Verdict.SMALL_TALK}
    assert {o.split(".")[0] for o in OPTIONS} <= set(COMMANDS)


def test_every_rule_that_decides_has_its_words() -> None:
    """The rules are the texts that answer.py gives to a Trace."""
    text = (ROOT / "bot" / "answer.py").read_text(encoding="utf-8")
    found = {n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert set(RULES) <= found
    given: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("trace", "Trace"):
            given |= {a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)}
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "rule":
            given |= {n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert given - {"undecided"} == set(RULES)


def test_everything_that_a_question_can_ask_for_has_its_words() -> None:
    text = (ROOT / "bot" / "question.py").read_text(encoding="utf-8")
    (wanted,) = (n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == "_wanted")
    returned = [n.value.elts[0] for n in ast.walk(wanted) if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)]
    ends = [e for r in returned for e in ((r.body, r.orelse) if isinstance(r, ast.IfExp) else (r,))]
    found = {c.value for c in ends if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    assert len(found) > 5
    assert found - {""} <= set(WANTS)


# Truth


@pytest.mark.parametrize("language", languages())
def test_what_is_said_of_memory_is_what_the_program_does(language: str) -> None:
    words = wording(language)
    assert f" {MAX_HISTORY} " in words.privacy[1]
    assert f" {FORGET_AFTER / 60:.0f} minutes" in words.privacy[1]
    assert f" {FORGET_AFTER / 60:.0f} minutes" in " ".join(words.help)


# Faults, with file and line


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
        ("{looked_for}.", "das.", "'not_said_what' has lost its placeholder {looked_for}."),
        ("{looked_for}.", "{looked_for} {words}.", "'not_said_what' has an unknown placeholder {words}."),
        ("{looked_for}.", "{looked_for!r}.", "'not_said_what' has lost its placeholder {looked_for}."),
        ("{looked_for}.", "{looked_for.__class__}.", "'not_said_what' has an unknown placeholder {looked_for.__class__}."),
        ("{looked_for}.", "{looked_for.", "'not_said_what' has a curly bracket that stands alone."),
        ('next: "Next page"', f'next: "{"W" * 81}"', "'next' has 81 characters, and Discord allows 80."),
        ('help: "How to ask"', f'help: "{"W" * 101}"', "'help' has 101 characters, and Discord allows 100."),
        ('menu_ask: "Ask the article about this"', f'menu_ask: "{"W" * 33}"', "'menu_ask' has 33 characters, and Discord allows 32."),
        ('follow_up_title: "', f'follow_up_title: "{"W" * 40}', "'follow_up_title' has 55 characters, and Discord allows 45."),
        ('yes_no: "yes or no"', "yes_no: yes", "YAML reads 'yes' as bool, not as text."),
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
    assert found == sorted(found)
    assert [line for line, what in found if "placeholder" in what] == [line_of("not_said_what:"), line_of("off_topic:")]
    assert len(found) == 4


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match=r"de\.yaml: this file is missing"):
        load_wording(tmp_path / "de.yaml")
