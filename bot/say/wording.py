"""Every sentence of the interface, in the reader's language (bot/data/wording/<language>.yaml, one file a language, for translators to edit).

What is not here is never translated: excerpts, leads, questions, names and all other words of a pack. The fields below are the keys of the files, with the
placeholders that each text must hold and, where Discord sets one, its limit in characters.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from bot.engine.answer import Rule
from bot.errors import FileFaults
from bot.pack.values import Verdict
from bot.text.strict_yaml import Mapping, read_mapping

FALLBACK = "en"
# https://docs.discord.com/developers/components/reference and .../interactions/application-commands
MAX_LABEL = 80  # of a button
MAX_DESCRIPTION = 100  # of a command or an option; also a text input's placeholder
MAX_MENU = 32  # a context menu's name
MAX_OPTION_NAME = 100  # of a choice or an option of a select
MAX_TITLE = 45  # of a modal, and of a label in it

# The keys of the sections, each what some other part of the program names so.
SMALL_TALK = tuple(
    "greeting thanks goodbye how-are-you identity capabilities praise insult reaction no-more apology test instructions".split()
)
COMMANDS = tuple("ask quote who article faq why cite about help privacy forget".split())
OPTIONS = ("ask.question", "quote.speaker", "quote.topic", "article.page", "faq.group", "cite.format")
ADMIN_COMMANDS = tuple("group channel cooldown status reload".split())
ADMIN_OPTIONS = ("channel.listen", "channel.answers", "channel.article", "cooldown.seconds", "whole_server")
BUTTONS = tuple("context matches else follow-up cite not-asked share hide previous next".split())
FORMATS = tuple("plain markdown bibtex ris csl-json annotation".split())
PERMISSIONS = tuple("view_channel send_messages send_messages_in_threads read_message_history".split())
SWITCH = tuple("yes no public private".split())
UNKNOWN = tuple("speaker quote page group".split())
VERDICTS = tuple(Verdict)
RULES = tuple(Rule)


def _text(*placeholders: str, limit: int = 0) -> Any:
    return field(metadata={"placeholders": frozenset(placeholders), "limit": limit})


def _section(keys: tuple[str, ...], *placeholders: str, limit: int = 0) -> Any:
    return field(metadata={"keys": keys, "placeholders": frozenset(placeholders), "limit": limit})


def _lines() -> Any:
    return field(metadata={"lines": True})


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one language. Texts with placeholders are for str.format."""

    language: str

    failed: str = _text()
    unreadable: str = _text()
    unknown_choice: str = _text()
    unknown: Table[str, str] = _section(UNKNOWN)
    not_yours: str = _text()
    why_private: str = _text("command")
    why_none: str = _text()
    cite_none: str = _text()
    cooldown: str = _text("seconds")
    forgotten: str = _text()

    commands: Table[str, str] = _section(COMMANDS, limit=MAX_DESCRIPTION)
    options: Table[str, str] = _section(OPTIONS, limit=MAX_DESCRIPTION)
    menu_ask: str = _text(limit=MAX_MENU)
    buttons: Table[str, str] = _section(BUTTONS, limit=MAX_LABEL)
    formats: Table[str, str] = _section(FORMATS, limit=MAX_LABEL)
    choose_person: str = _text(limit=MAX_OPTION_NAME)
    choose_question: str = _text(limit=MAX_OPTION_NAME)
    follow_up_title: str = _text(limit=MAX_TITLE)
    follow_up_label: str = _text(limit=MAX_TITLE)
    follow_up_hint: str = _text(limit=MAX_DESCRIPTION)

    understood: str = _text("question")
    lead_of: str = _text("speaker", "lead")
    contradicted: str = _text("claim")
    ambiguous: str = _text()
    not_said: str = _text()
    not_said_what: str = _text("looked_for")
    looked_for: str = _text("words")
    unsure: str = _text()
    nearest: str = _text()
    opinion: str = _text()
    opinion_bare: str = _text()
    off_topic: str = _text("subject")
    for_example: str = _text()
    empty: str = _text()
    small_talk: Table[str, str] = _section(SMALL_TALK)

    the_article: str = _text()
    no_publisher: str = _text()
    speaker_line: str = _text("speaker", "where")
    capacity: str = _text("name", "capacity")
    relaying: str = _text("speaker", "names")
    reporting: str = _text("article", "names")
    cut: str = _text()
    source: str = _text("headline", "publisher", "where")
    headline: str = _text()
    paragraph: str = _text("number")
    paragraphs: str = _text("numbers")
    foot: str = _text()
    colon: str = _text("text")
    quoted: str = _text("text")
    join_more: str = _text("before", "next")
    join_last: str = _text("before", "last")
    join_parts: str = _text("before", "next")

    page_of: str = _text("page", "pages")
    budget: str = _text("limit")
    quotes: str = _text("total")
    quotes_of: str = _text("speaker", "total")
    quotes_on: str = _text("words", "total")
    quotes_of_on: str = _text("speaker", "words", "total")
    quotes_none: str = _text()
    people: str = _text()
    people_none: str = _text()
    person: str = _text("person", "says")
    says_own: str = _text("where")
    says_relayed: str = _text("names", "where")
    says_reported: str = _text("relayer", "where")
    says_nothing: str = _text("names")
    article_title: str = _text("headline")
    article_source: str = _text("publisher")
    article_size: str = _text("paragraphs", "characters")
    article_hash: str = _text("hash")
    with_words_of: str = _text("place", "speakers")
    paragraph_began: str = _text()
    paragraph_goes_on: str = _text()
    faq_groups: str = _text()
    faq_questions: str = _text()
    faq_group: str = _text("group")
    faq_count: str = _text("group", "count")
    faq_none: str = _text()
    context: str = _text("place")
    context_before: str = _text()
    context_excerpt: str = _text()
    context_after: str = _text()
    context_left_out: str = _text()
    context_neighbours: str = _text("neighbours")
    context_alone: str = _text()
    others: str = _text()
    others_together: str = _text("question")
    others_words: str = _text("words")
    others_none: str = _text()
    matches: str = _text()
    matches_none: str = _text()
    not_asked: str = _text()
    not_asked_none: str = _text()

    why_decided: str = _text("verdict", "rule")
    why_read: str = _text("words")
    why_after: str = _text("question")
    why_names: str = _text("names")
    why_spelling: str = _text("repairs")
    repair: str = _text("wrong", "right")
    why_considered: str = _text()
    why_premise: str = _text("claim")
    why_probable: str = _text("question", "probability")
    why_sure: str = _text("sure", "bar")
    verdicts: Table[str, str] = _section(VERDICTS)
    rules: Table[str, str] = _section(RULES)

    about_limits: str = _text()
    about_version: str = _text("version", "slug", "pack")
    help: tuple[str, ...] = _lines()
    help_command: str = _text("command", "description")
    privacy: tuple[str, ...] = _lines()

    admin_commands: Table[str, str] = _section(ADMIN_COMMANDS, limit=MAX_DESCRIPTION)
    admin_options: Table[str, str] = _section(ADMIN_OPTIONS, limit=MAX_DESCRIPTION)
    switch: Table[str, str] = _section(SWITCH, limit=MAX_OPTION_NAME)
    channel_settings: str = _text()
    setting_listen: str = _text("state")
    setting_answers: str = _text("state")
    setting_cooldown: str = _text("seconds")
    setting_article: str = _text("title")
    whole_server: str = _text()
    article_default: str = _text("title")
    article_unknown: str = _text()
    article_gone: str = _text()
    listening_is_off: str = _text()
    not_stored: str = _text()
    permissions: Table[str, str] = _section(PERMISSIONS)
    status_article: str = _text("slug", "pack")
    status_version: str = _text("version")
    status_intent: str = _text("state")
    status_latency: str = _text("milliseconds")
    status_missing: str = _text("permissions")
    status_complete: str = _text()
    reloaded: str = _text("slug", "pack")
    reload_refused: str = _text()
    reload_operator: str = _text()
    reload_running: str = _text()


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
    """The sentences in a file. Raises FileFaults with every missing or unknown key, lost placeholder and text over Discord's limits."""
    read = _Reader()
    top = read_mapping(path, read.faults, path.name)
    if top is None:
        raise FileFaults(read.faults)
    values: dict[str, Any] = {}
    for entry in fields(Wording)[1:]:
        rules = entry.metadata
        if "lines" in rules:
            values[entry.name] = read.lines(top, entry.name)
        elif "keys" in rules:
            section = top.mapping(entry.name, required=True)
            values[entry.name] = {k: read.text(section, k, rules) for k in rules["keys"]} if section else {}
            if section:
                section.close()
        else:
            values[entry.name] = read.text(top, entry.name, rules)
    top.close()
    if read.faults:
        raise FileFaults(read.faults)
    return Wording(path.stem, **values)


class _Reader:
    """Reads texts and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Any] = []

    def text(self, node: Mapping, key: str, rules: Table[str, Any]) -> str:
        text = node.text(key, required=True)
        if text:
            self._examine(node, key, node.line_of(key), text, rules["placeholders"], rules["limit"])
        return text

    def lines(self, node: Mapping, key: str) -> tuple[str, ...]:
        found = node.texts(key, required=True)
        for line in found:
            self._examine(node, key, line.line, line.value, frozenset(), 0)
        return tuple(line.value for line in found)

    def _examine(self, node: Mapping, key: str, line: int, text: str, wanted: frozenset[str], limit: int) -> None:
        if text != text.strip() or "\n" in text:
            node.fault(line, f"{key!r} begins or ends with white space, or holds a line break.", "write one line without them.")
        if limit and len(text) > limit:
            node.fault(line, f"{key!r} has {len(text)} characters, and Discord allows {limit}.", "shorten it.")
        try:
            parsed = [part for part in Formatter().parse(text) if part[1] is not None]
        except ValueError:
            node.fault(line, f"{key!r} has a curly bracket that stands alone.", "keep the placeholders as they are in English.")
            return
        found = {
            f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}" for _, name, spec, conversion in parsed
        }
        for name in sorted(wanted - found):
            node.fault(line, f"{key!r} has lost its placeholder {{{name}}}.", "put it where the word that it stands for belongs.")
        for name in sorted(found - wanted):
            known = ", ".join(f"{{{w}}}" for w in sorted(wanted)) or "none"
            node.fault(line, f"{key!r} has an unknown placeholder {{{name}}}.", f"the placeholders known here: {known}.")
