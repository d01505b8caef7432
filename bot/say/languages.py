"""The files of sentences (bot/data/wording/<language>.yaml): which there are, which is a reader's, and what may be wrong with
one."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from bot.errors import Fault, FileFaults
from bot.say.wording import Wording
from bot.text.strict_yaml import Mapping, read_mapping

FALLBACK = "en"


def wording(locale: str) -> Wording:
    """The sentences for one of Discord's locales ("fr", "en-GB"): of that locale, or of its language, or else the English ones.

    https://docs.discord.com/developers/reference#locales
    """
    known = languages()
    return _load(next((name for name in (locale, locale.partition("-")[0]) if name in known), FALLBACK))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that there are files for."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


@lru_cache(maxsize=64)
def _load(language: str) -> Wording:
    return load_wording(_folder() / f"{language}.yaml")


def _folder() -> Path:
    return Path(__file__).parent.parent / "data" / "wording"


def load_wording(path: Path) -> Wording:
    """The sentences in a file. Raises FileFaults with every missing or unknown key, lost placeholder and text over Discord's
    limits."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, path.name)
    if top is None:
        raise FileFaults(faults)
    values: dict[str, Any] = {}
    for entry in fields(Wording)[1:]:
        rules = entry.metadata
        if "lines" in rules:
            values[entry.name] = _lines(top, entry.name)
        elif "keys" in rules:
            section = top.mapping(entry.name, required=True)
            values[entry.name] = {k: _text(section, k, rules) for k in rules["keys"]} if section else {}
            if section:
                section.close()
        else:
            values[entry.name] = _text(top, entry.name, rules)
    top.close()
    if faults:
        raise FileFaults(faults)
    return Wording(path.stem, **values)


def _text(node: Mapping, key: str, rules: Table[str, Any]) -> str:
    text = node.text(key, required=True)
    if text:
        _examine(node, key, node.line_of(key), text, rules["placeholders"], rules["limit"])
    return text


def _lines(node: Mapping, key: str) -> tuple[str, ...]:
    found = node.texts(key, required=True)
    for line in found:
        _examine(node, key, line.line, line.value, frozenset(), 0)
    return tuple(line.value for line in found)


def _examine(node: Mapping, key: str, line: int, text: str, wanted: frozenset[str], limit: int) -> None:
    """Tell the node what is wrong with a text; a `limit` of 0 is none."""
    if text != text.strip() or "\n" in text:
        node.fault(line, f"{key!r} begins or ends with white space, or holds a line break.", "write one line without them.")
    if limit and len(text) > limit:
        node.fault(line, f"{key!r} has {len(text)} characters, and Discord allows {limit}.", "shorten it.")
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        node.fault(line, f"{key!r} has a curly bracket that stands alone.", "keep the placeholders as they are in English.")
        return
    found = {f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}" for _, name, spec, conversion in parts}
    for name in sorted(wanted - found):
        node.fault(line, f"{key!r} has lost its placeholder {{{name}}}.", "put it where the word that it stands for belongs.")
    for name in sorted(found - wanted):
        known = ", ".join(f"{{{w}}}" for w in sorted(wanted)) or "none"
        node.fault(line, f"{key!r} has an unknown placeholder {{{name}}}.", f"the placeholders known here: {known}.")
