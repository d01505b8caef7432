"""Every sentence of the interface, in the reader's language (bot/data/wording/<language>.yaml, one file a language, for
translators to edit).

What is not here is never translated: excerpts, leads, questions, names and all other words of a pack. The fields below are the
keys of the files, with the placeholders that each text must hold and, where Discord sets one, its limit in characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, get_args

from bot.browse.paging import Missing
from bot.engine.answer import Rule
from bot.pack.values import Verdict

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
ARTICLE_COMMANDS = tuple("read who why cite about help".split())  # under /article
PRIVACY_COMMANDS = tuple("show export delete".split())  # under /privacy
COMMANDS = ("ask", "quote", "faq", *ARTICLE_COMMANDS, *PRIVACY_COMMANDS)
OPTIONS = (
    "ask.question", "ask.article", "quote.speaker", "quote.topic", "quote.article", "read.page", "read.article", "who.article",
    "faq.group", "faq.article", "cite.format",
)  # fmt: skip
ADMIN_COMMANDS = tuple("group channel cooldown status reload curate".split())
ADMIN_OPTIONS = (
    "channel.listen",
    "channel.answers",
    "channel.threads",
    "channel.misses",
    "channel.article",
    "channel.also",
    "cooldown.seconds",
    "whole_server",
    *(f"curate.{o}" for o in ("group", "topic", "question", "looked_for", "nothing")),
)
PERMISSIONS = tuple("view_channel send_messages send_messages_in_threads read_message_history create_public_threads".split())
METADATA = tuple("author date url".split())
SWITCH = tuple("yes no public private".split())


def typed_out(command: str) -> str:
    """A command as Discord lists it, without the slash: "ask", "article who", "privacy show"."""
    groups = {"article": ARTICLE_COMMANDS, "privacy": PRIVACY_COMMANDS}
    return " ".join([*(name for name, under in groups.items() if command in under), command])


class Action(StrEnum):
    """What a button does."""

    CONTEXT = "context"
    WRONG = "wrong"
    MORE = "more"
    LESS = "less"
    POSITIONS = "positions"
    ELSE = "else"
    FOLLOW_UP = "follow-up"
    CITE = "cite"
    SHARE = "share"
    HIDE = "hide"
    PREVIOUS = "previous"
    NEXT = "next"


class Format(StrEnum):
    """How a citation is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    ANNOTATION = "annotation"

    @property
    def extension(self) -> str:
        """Of a file's name, without the dot."""
        return _EXTENSIONS[self]


_EXTENSIONS = {
    Format.PLAIN: "txt",
    Format.MARKDOWN: "md",
    Format.BIBTEX: "bib",
    Format.RIS: "ris",
    Format.CSL_JSON: "json",
    Format.ANNOTATION: "jsonld",
}


def _text(*placeholders: str, limit: int = 0) -> Any:
    return field(metadata={"placeholders": frozenset(placeholders), "limit": limit})


def _section(keys: Iterable[str], *placeholders: str, limit: int = 0) -> Any:
    return field(metadata={"keys": tuple(map(str, keys)), "placeholders": frozenset(placeholders), "limit": limit})


def _lines() -> Any:
    return field(metadata={"lines": True})


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one language. Texts with placeholders are for str.format."""

    language: str

    failed: str = _text()
    unreadable: str = _text()
    unknown_choice: str = _text()
    unknown: Mapping[str, str] = _section(get_args(Missing))
    not_yours: str = _text()
    asker_unknown: str = _text()
    taken_away: str = _text()
    gone_already: str = _text()
    not_taken_away: str = _text()
    shared_already: str = _text()
    why_private: str = _text("command")
    file_refused: str = _text("command")
    slash_only: str = _text()
    why_none: str = _text()
    cite_none: str = _text()
    cooldown: str = _text("when")
    busy: str = _text()

    commands: Mapping[str, str] = _section(("article", "privacy", *COMMANDS), limit=MAX_DESCRIPTION)
    options: Mapping[str, str] = _section(OPTIONS, limit=MAX_DESCRIPTION)
    menu_ask: str = _text(limit=MAX_MENU)
    buttons: Mapping[str, str] = _section(Action, limit=MAX_LABEL)
    formats: Mapping[str, str] = _section(Format, limit=MAX_LABEL)
    choose_person: str = _text(limit=MAX_OPTION_NAME)
    choose_question: str = _text(limit=MAX_OPTION_NAME)
    follow_up_title: str = _text(limit=MAX_TITLE)
    follow_up_label: str = _text(limit=MAX_TITLE)
    follow_up_hint: str = _text(limit=MAX_DESCRIPTION)

    asked: str = _text("question")
    understood: str = _text("question")
    lead_of: str = _text("speaker", "lead")
    contradicted: str = _text("claim")
    ambiguous: str = _text()
    not_said: str = _text()
    not_said_what: str = _text("looked_for")
    looked_for: str = _text("words")
    unsure: str = _text()
    nearest: str = _text()
    nearest_several: str = _text()
    opinion: str = _text()
    opinion_more: str = _text("count")
    opinion_bare: str = _text()
    off_topic: str = _text("subject")
    off_topic_several: str = _text()
    from_article: str = _text("title")
    several_articles: str = _text("title")
    articles_asked: str = _text("titles")
    left: str = _text("numbers")
    not_english: str = _text()
    for_example: str = _text()
    empty: str = _text()
    small_talk: Mapping[str, str] = _section(SMALL_TALK)

    the_article: str = _text()
    no_publisher: str = _text()
    speaker_line: str = _text("speaker", "where")
    capacity: str = _text("name", "capacity")
    relaying: str = _text("speaker", "names")
    reporting: str = _text("article", "names")
    unattributed: str = _text("article")
    says_itself: str = _text()
    says_unrecorded: str = _text()
    passed_on: str = _text("names", "speaker")
    cut: str = _text()
    source: str = _text("title", "where")
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
    article_authors: str = _text("authors")
    article_date: str = _text("date")
    article_url: str = _text("url")
    supplied: str = _text("fields")
    fields: Mapping[str, str] = _section(METADATA)
    by: str = _text("authors")
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
    positions: str = _text()
    others: str = _text()
    others_together: str = _text("question")
    others_words: str = _text("words")
    others_none: str = _text()
    wrong: str = _text()
    wrong_none: str = _text()
    wrong_alone: str = _text()
    more: str = _text()

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
    verdicts: Mapping[str, str] = _section(Verdict)
    rules: Mapping[str, str] = _section(Rule)

    about_limits: str = _text()
    about_version: str = _text("version", "slug", "pack")
    help: tuple[str, ...] = _lines()
    greeting: str = _text("title")
    greeting_how: str = _text()
    greeting_manage: str = _text()
    help_command: str = _text("command", "description")
    privacy: tuple[str, ...] = _lines()
    privacy_general: str = _text()
    privacy_now: str = _text()
    privacy_notes: str = _text("count", "when")
    privacy_turns: str = _text("count", "when")
    privacy_asked: str = _text("when")
    privacy_nothing: str = _text()
    privacy_elsewhere: str = _text()
    privacy_unopened: str = _text()
    privacy_how: str = _text("export", "delete")
    privacy_exported: str = _text()
    privacy_deleted: str = _text("notes", "turns")
    privacy_deleted_all: str = _text()
    privacy_stays: str = _text()
    privacy_wait: str = _text("when")
    privacy_not_read: str = _text()
    privacy_not_deleted: str = _text()

    admin_commands: Mapping[str, str] = _section(ADMIN_COMMANDS, limit=MAX_DESCRIPTION)
    admin_options: Mapping[str, str] = _section(ADMIN_OPTIONS, limit=MAX_DESCRIPTION)
    switch: Mapping[str, str] = _section(SWITCH, limit=MAX_OPTION_NAME)
    channel_settings: str = _text()
    setting_listen: str = _text("state")
    setting_answers: str = _text("state")
    setting_threads: str = _text("state")
    threads_need: str = _text("permission")
    setting_misses: str = _text("state")
    setting_cooldown: str = _text("seconds")
    setting_article: str = _text("title")
    setting_also: str = _text("titles")
    setting_not_loaded: str = _text("slugs")
    whole_server: str = _text()
    article_default: str = _text("title")
    article_remove: str = _text("title")
    article_alone: str = _text()
    articles_full: str = _text("limit")
    article_unknown: str = _text()
    article_not_here: str = _text("titles")
    article_gone: str = _text()
    listening_is_off: str = _text()
    not_stored: str = _text()
    until_restart: str = _text()
    permissions: Mapping[str, str] = _section(PERMISSIONS)
    status_article: str = _text("slug", "pack")
    status_version: str = _text("version")
    status_intent: str = _text("state")
    status_latency: str = _text("milliseconds")
    status_missing: str = _text("permissions")
    status_complete: str = _text()
    status_store: str = _text()
    reloaded: str = _text("slug", "pack")
    reload_refused: str = _text()
    reload_operator: str = _text()
    reload_running: str = _text()
    curate_none: str = _text()
    curate_group: str = _text("number", "times", "days", "servers")
    curate_near: str = _text("topics")
    curate_how: str = _text()
    curate_refused: str = _text()
    curated: str = _text("files")
    curate_patch: str = _text("files")
