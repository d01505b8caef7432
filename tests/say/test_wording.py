"""The sentences: complete and alike in every language, within Discord's limits, used, and true to what the program does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from conftest import ROOT

from bot.engine.answer import MAX_HISTORY, Rule
from bot.pack.loading import general_talk
from bot.pack.values import Verdict
from bot.say.languages import languages, load_wording, wording
from bot.say.wording import COMMANDS, OPTIONS, SMALL_TALK, Action, Format, Wording
from bot.serve.dialogue import FORGET_AFTER

FOLDER = ROOT / "bot" / "data" / "wording"


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


def nodes() -> Iterator[ast.AST]:
    """All that the program is written of, apart from the definition of the keys."""
    for path in (ROOT / "bot").rglob("*.py"):
        if path != ROOT / "bot" / "say" / "wording.py":
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def localised() -> set[str]:
    """The keys that are named by a text: the first argument of `localised`."""
    calls = [n for n in nodes() if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "localised"]
    return {ast.literal_eval(call.args[0]) for call in calls}


def test_every_key_is_used() -> None:
    attributes = {node.attr for node in nodes() if isinstance(node, ast.Attribute)}
    assert {f.name for f in fields(Wording)} - {"language"} <= attributes | localised()


def test_every_key_that_is_named_by_a_text_exists() -> None:
    assert localised() <= {f.name for f in fields(Wording)}


def test_every_section_has_a_key_for_each_thing_that_the_program_names() -> None:
    for language in languages():
        words = wording(language)
        assert set(words.buttons) == set(Action)
        assert set(words.formats) == set(Format)
        assert set(words.verdicts) == set(Verdict)
        assert set(words.rules) == set(Rule)
    assert set(SMALL_TALK) >= {t.id for t in general_talk() if t.verdict is Verdict.SMALL_TALK}
    assert {o.split(".")[0] for o in OPTIONS} <= set(COMMANDS)


@pytest.mark.parametrize("language", languages())
def test_what_is_said_of_memory_is_what_the_program_does(language: str) -> None:
    words = wording(language)
    assert f" {MAX_HISTORY} " in words.privacy[1]
    assert f" {FORGET_AFTER / 60:.0f} minutes" in words.privacy[1]
    assert f" {FORGET_AFTER / 60:.0f} minutes" in " ".join(words.help)
