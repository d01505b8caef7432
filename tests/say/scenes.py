"""Every kind of reply as a scene: what leads to it. What is heard of it stands in readings/, in the file of the scene's group and
language."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest
from conftest import ARTICLE, FAQ, PACK, PEOPLE, QUOTES, write_pack
from fakes.decisions import (
    BOATS,
    BOTH,
    CLAIM,
    CUT,
    FRANCE,
    HALF,
    HAT,
    MAYOR,
    MISSPELT,
    NO_VIEWS,
    NOTHING,
    TORN,
    TWICE_UNSURE,
    UNSURE,
    VIEWS,
    decided,
)
from fakes.listener import (
    Listener,
    Step,
    ask_in_vain,
    be_busy,
    be_one_of_several,
    be_operator,
    be_reloading,
    begin_without_state,
    close_store,
    go_where_files_are_refused,
    go_where_permissions_lack,
    join_server,
    keep_from_writing,
    menu,
    old_button,
    overheard,
    pick,
    press,
    refuse_deletion,
    reply_unseen,
    say,
    settings,
    slash,
    typed,
    write,
)
from fakes.reading import reading
from fakes.scene import Scene as Stage
from fakes.scene import play, shelf

from bot.engine.answer import Rule
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.pack.values import Pack
from bot.say.lines import Reply
from bot.say.wording import PRIVACY_COMMANDS, SMALL_TALK
from bot.serve.library import Library

HEADLINE = "What does the headline say?"
FRIENDS = "What does it cost to join the friends of the library?"
WAIT = "How long have they waited?"
LIFT = "Who called for a second lift?"
ROOF = "What did Tom Reed say about the roof repairs?"
ROOM = "What will become of the reading room?"
HOUR = "At what hour does the library open?"
SALARY = "What does the librarian earn?"
PREMISE = "why is Ruth Bell against the lift"
SEVERAL = f"1. {LIFT}\n2. {PREMISE}?\n3. {SALARY}\n4. {ROOF}\n5. {ROOM}"
GERMAN = "Wann hat Kovacs das gesagt?"
MARKED_UP = "**who** called for a `second lift`? <@1> [see](https://example.com/) @everyone"


@dataclass(frozen=True)
class Scene:
    """A kind of reply. `whole`: all that was answered is heard, not the last alone. `options` are the bot's."""

    name: str
    steps: Sequence[Step]
    article: str = "millbrook"
    language: str = "en"
    whole: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


def french(name: str, *steps: Step, **options: Any) -> Scene:
    return Scene(name, steps, language="fr", **options)


ONE_MORE, MANY = settings(article="millbrook harbour"), settings(article="millbrook harbour one two three")
PUBLISHED = '  url: https://gazette.example/library_opens\n  date: "2026-02-17"\n  author: [Jo Marsh, Anna Kovacs]\n'


GROUPED = (
    be_operator(),
    ask_in_vain("who pays for the new lift", "who is paying for the lift"),
    slash("verbatim curate", by="owner"),
)
AGAIN = {"question": LIFT, "looked_for": "who called for it"}

# By the name of a file in readings/.
SCENES: Mapping[str, Sequence[Scene]] = {
    "answers": [
        Scene("with a lead, reported by the article", [say(LIFT)]),
        Scene("without a lead", [say(ROOM)]),
        Scene("relayed by a speaker", [say(ROOF)]),
        Scene("from the headline", [say(HEADLINE)]),
        Scene("from the foot", [say(FRIENDS)]),
        Scene("by several speakers at once", [say(ROOM)], article="several"),
        Scene("in quotation marks, with the speaker open", [say(ROOM)], article="open"),
        Scene("several passages of one place", [say("cite waited room")]),
        Scene("by one speaker after another", [say("cite waited room roof lift")]),
        Scene("excerpts of one speaker in several paragraphs", [say("cite headline sundays friends")]),
        Scene("to both parts of a question", [say(BOTH)]),
        Scene("to one part of a question", [say(HALF)]),
        Scene("to the questions of a message, but for some", [say(SEVERAL)]),
        Scene("from an article alone", [say(BOATS)], article="boats"),
        Scene("of an article with an address", [say(LIFT)], article="published"),
        Scene("several excerpts of an article with an address", [say("cite waited lift")], article="published"),
        Scene("who said that, relayed", [say(ROOF), say("who said that?")]),
        Scene("who said that, the article itself", [say(FRIENDS), say("who said that?")]),
        Scene("who said that, in an article alone", [say(BOATS), say("who said that?")], article="boats"),
        Scene("more", [say(ROOF), say("more")]),
        Scene("in a thread", [settings(threads=True), say(LIFT)]),
        french("relayed by a speaker", slash("ask", question=ROOF)),
        french("in quotation marks, with the speaker open", slash("ask", question=ROOM), article="open"),
        french("with a lead, reported by the article", slash("ask", question=LIFT)),
        french("with a lead that shortens a speaker’s words", slash("ask", question=WAIT)),
        french("to one part of a question", slash("ask", question=HALF)),
        french("to the questions of a message, but for some", slash("ask", question=SEVERAL)),
        french("several excerpts", slash("ask", question="cite headline waited lift friends")),
        french("who said that, relayed", slash("ask", question=ROOF), slash("ask", question="who said that?")),
        french("who said that, the article itself", slash("ask", question=FRIENDS), slash("ask", question="who said that?")),
        french(
            "who said that, in an article alone",
            slash("ask", question=BOATS),
            slash("ask", question="who said that?"),
            article="boats",
        ),
    ],
    "several-articles": [
        Scene("answered by another", [ONE_MORE, say(BOATS)], article="harbours"),
        Scene("answered by several others", [settings(article="millbrook harbour port"), say(BOATS)], article="harbours"),
        Scene(
            "one of several chosen",
            [settings(article="millbrook harbour port"), say(BOATS), press("The port")],
            article="harbours",
        ),
        Scene("answered by none", [ONE_MORE, say(SALARY)], article="harbours"),
        Scene("about something else", [ONE_MORE, say(FRANCE)], article="harbours"),
        Scene("no such article", [ONE_MORE, say(f"/ask article: the moon question: {BOATS}")], article="harbours"),
    ],
    "refusals": [
        Scene("a premise", [say(PREMISE)]),
        Scene("unsure", [say(UNSURE)]),
        Scene("unsure, with two passages", [say(TWICE_UNSURE)]),
        Scene("ambiguous", [say(TORN)]),
        Scene("a choice made", [say(TORN), press(ROOF)]),
        Scene("not in the article, with the nearest thing", [say(HOUR)]),
        Scene("not in the article, with nothing near", [say(SALARY)]),
        Scene("not in the article, with words not found", [say(HAT)]),
        Scene("not in the article, bare", [say(NOTHING)]),
        Scene("not in the article, with a sentence that is cut", [say(CUT)], article="long"),
        Scene("an opinion", [say(VIEWS)]),
        Scene("an opinion, with more positions than are shown", [say(VIEWS)], article="positions"),
        Scene("an opinion without positions", [say(NO_VIEWS)]),
        Scene("off topic", [say(FRANCE)]),
        Scene("another language", [say(GERMAN)]),
        Scene("a message without words", [say("!!!")]),
        Scene("a message without words, of an article alone", [say("!!!")], article="boats"),
        Scene("small talk of every kind", [say(f"talk {kind}") for kind in SMALL_TALK], whole=True),
        french("not in the article, with the nearest thing", slash("ask", question=HOUR)),
        french("not in the article, with words not found", slash("ask", question=HAT)),
        french("unsure", slash("ask", question=UNSURE)),
        french("unsure, with two passages", slash("ask", question=TWICE_UNSURE)),
        french("a premise", slash("ask", question=PREMISE)),
        french("ambiguous", slash("ask", question=TORN)),
        french("an opinion", slash("ask", question=VIEWS)),
        french("an opinion, with more positions than are shown", slash("ask", question=VIEWS), article="positions"),
        french("an opinion without positions", slash("ask", question=NO_VIEWS)),
        french("off topic", slash("ask", question=FRANCE)),
        french("another language", slash("ask", question=GERMAN)),
        french("small talk of every kind", *(slash("ask", question=f"talk {kind}") for kind in SMALL_TALK), whole=True),
    ],
    "commands": [
        Scene("/ask", [slash("ask", question=LIFT)]),
        Scene("/ask with markup, a mention and an address", [slash("ask", question=MARKED_UP)]),
        Scene("/ask where answers are private", [settings(ephemeral=True), slash("ask", question=LIFT)]),
        Scene("/ask while typing", [typed("ask", "question", "lift")]),
        Scene("/article about", [slash("article about")]),  # At present: a fingerprint without a name, in the last line.
        Scene("/article help", [slash("article help")]),
        Scene("/article help, an example chosen", [slash("article help"), press("How many readers signed the petition?")]),
        Scene("/article help of an article alone", [slash("article help")], article="boats"),
        Scene("/article who typed out", [say("/article who")]),
        Scene("/who typed out", [say("/who")]),
        Scene("/article typed out, with a page", [say("/article 3")]),
        Scene("/quote typed out", [say("/quote Anna Kovacs books")]),
        french("/article help", slash("article help")),
        french("/article about", slash("article about")),
    ],
    "privacy": [
        Scene("/privacy show, before anything was asked", [slash("privacy show")]),
        Scene("/privacy show, after questions", [say(LIFT), say(ROOF), slash("privacy show")]),
        Scene("/privacy show, of several programs", [be_one_of_several(), say(LIFT), slash("privacy show")]),
        Scene("/privacy export", [say(LIFT), slash("privacy export")]),
        Scene(
            "where the state could not be opened",
            [begin_without_state(), say(LIFT), *(slash(f"privacy {command}") for command in PRIVACY_COMMANDS)],
            whole=True,
        ),
        Scene("/privacy export, of several programs", [be_one_of_several(), slash("privacy export")]),
        Scene("/privacy delete", [say(LIFT), say(ROOF), slash("privacy delete")]),
        Scene("/privacy delete while one has to wait", [settings(cooldown=60.0), say(LIFT), slash("privacy delete")]),
        Scene("typed out in a server", [say(LIFT), say("/privacy"), say("/privacy export"), say("/privacy delete")], whole=True),
        Scene("without the database", [close_store(), slash("privacy show"), slash("privacy delete")], whole=True),
        french("/privacy show", slash("ask", question=LIFT), slash("privacy show")),
        french("/privacy export", slash("privacy export")),
        french("/privacy export, where the state could not be opened", begin_without_state(), slash("privacy export")),
        french("/privacy delete", slash("ask", question=LIFT), slash("privacy delete")),
    ],
    "lists": [
        Scene("/quote", [slash("quote")]),
        Scene("/quote, next page", [slash("quote"), press("Next page")]),
        Scene("/quote of a speaker", [slash("quote", speaker="kovacs")]),
        Scene("/quote about a topic", [slash("quote", topic="lift")]),
        Scene("/quote of a speaker about a topic", [slash("quote", speaker="Kovacs", topic="books")]),
        Scene("/quote, nothing found", [slash("quote", topic="submarine")]),
        Scene("/quote of nobody", [slash("quote", speaker="Napoleon")]),
        Scene("/quote while typing", [typed("quote", "speaker", "kov"), typed("quote", "topic", "li")], whole=True),
        Scene("/article who", [slash("article who")]),
        Scene("/article who, of somebody in several paragraphs", [slash("article who")], article="spread"),
        Scene("/article who, a person chosen", [slash("article who"), pick("bell")]),
        Scene("/article who, without people", [slash("article who")], article="boats"),
        Scene("/article read", [slash("article read")]),
        # At present: quotation marks within quotation marks of the same kind, some of which do not close.
        Scene("/article read, next page", [slash("article read"), press("Next page")]),
        Scene("/article read, last page", [slash("article read", page=3)]),
        Scene("/article read, with address, date and author", [slash("article read")], article="published"),
        Scene("/article read, beyond the end", [slash("article read", page=4)]),
        Scene(
            "/article read, without a publisher, its paragraph cut",
            [slash("article read"), press("Next page"), press("Next page")],
            article="boats",
            whole=True,
        ),
        Scene("/faq, groups", [slash("faq")], article="grouped"),
        Scene("/faq, a group chosen", [slash("faq"), pick("group:building-works")], article="grouped"),
        Scene("/faq, a question chosen", [slash("faq", group="building-works"), pick("second-lift")], article="grouped"),
        Scene("/faq, questions", [slash("faq")]),
        Scene("/faq without questions", [slash("faq")], article="boats"),
        Scene("/faq, no such group", [slash("faq", group="sport")]),
        Scene("/faq while typing", [typed("faq", "group", "")], article="grouped"),
        french("/quote, next page", slash("quote"), press("Page suivante")),
        french("/quote of a speaker about a topic", slash("quote", speaker="kovacs", topic="reading")),
        french("/quote, nothing found", slash("quote", topic="submarine")),
        french("/quote of nobody", slash("quote", speaker="Napoleon")),
        french("/article who", slash("article who")),
        french("/article read", slash("article read")),
        french("/article read, next page", slash("article read"), press("Page suivante")),
        french("/article read, with address, date and author", slash("article read"), article="published"),
        french("/article read, beyond the end", slash("article read", page=4)),
        french("/faq, questions", slash("faq")),
    ],
    "why": [
        Scene("before any answer", [slash("article why")]),
        Scene("all that may be understood", [say(MISSPELT), slash("article why")]),
        Scene("a contradicted claim", [say(CLAIM), slash("article why")]),
        Scene("every rule", [step for rule in Rule for step in (say(f"rule {rule}"), slash("article why"))], whole=True),
        Scene("typed out", [say(HALF), say("/article why")]),
        Scene(
            "and cite, typed out where answers are private",
            [settings(ephemeral=True), slash("ask", question=LIFT), say("/why"), say("/article cite RIS")],
            whole=True,
        ),
        french("all that may be understood", slash("ask", question=MISSPELT), slash("article why")),
        french("every rule", *(s for r in Rule for s in (slash("ask", question=f"rule {r}"), slash("article why"))), whole=True),
    ],
    "citations": [
        Scene("before any answer", [slash("article cite")]),
        Scene("after an opinion", [say(VIEWS), slash("article cite")]),
        Scene("plain", [say(ROOF), slash("article cite", format="plain")]),
        Scene("markdown", [say(ROOF), slash("article cite", format="markdown")]),
        Scene("bibtex", [say(ROOF), slash("article cite", format="bibtex")]),
        Scene("ris", [say(ROOF), slash("article cite", format="ris")]),
        Scene("csl-json", [say(ROOF), slash("article cite", format="csl-json")]),
        Scene("annotation", [say(ROOF), slash("article cite", format="annotation")]),
        Scene("with address, date and author, plain", [say(ROOF), slash("article cite", format="plain")], article="published"),
        Scene("with address, date and author, bibtex", [say(ROOF), slash("article cite", format="bibtex")], article="published"),
        Scene("several quotations", [say("cite waited lift"), slash("article cite")]),
        Scene("a file", [say("cite sundays waited room roof lift friends"), slash("article cite", format="annotation")]),
        Scene("typed out", [say(ROOF), say("/cite RIS")]),
        Scene(
            "typed out, a file where there may be none",
            [go_where_files_are_refused(), say("cite sundays waited room roof lift friends"), say("/cite annotation")],
        ),
        Scene("by the button, and another format", [say(ROOF), press("More"), press("Cite"), press("RIS")]),
        french("plain", slash("ask", question=ROOF), slash("article cite", format="plain")),
        french(
            "with address, date and author",
            slash("ask", question=ROOF),
            slash("article cite", format="plain"),
            article="published",
        ),
        french("markdown", slash("ask", question=FRIENDS), slash("article cite", format="markdown")),
        french("bibtex", slash("ask", question=LIFT), slash("article cite", format="bibtex")),
        french("annotation", slash("ask", question=HEADLINE), slash("article cite", format="annotation")),
    ],
    "buttons": [
        Scene("in context, a whole paragraph", [say(LIFT), press("In context")]),
        Scene("in context, with what stands before and after", [say(WAIT), press("In context")]),
        # At present: a quotation mark that does not close.
        Scene("in context, after another quotation", [say(ROOM), press("In context")]),
        Scene("in context, the headline", [say(HEADLINE), press("In context")]),
        Scene("in context, too long a paragraph", [say(LIFT), press("In context")], article="related"),
        Scene("in context, the only paragraph", [say(HEADLINE), press("In context")], article="headline"),
        Scene("in context, of an article alone", [say(BOATS), press("In context")], article="boats"),
        Scene("more positions", [say(VIEWS), press("More positions")], article="positions"),
        Scene("wrong answer, with others near", [say(BOTH), press("Wrong answer?")]),
        Scene("wrong answer, another one chosen", [say(BOTH), press("Wrong answer?"), press(WAIT)]),
        Scene("wrong answer, under a refusal", [say(MAYOR), press("Wrong answer?")]),
        Scene("wrong answer, with nothing near", [say(LIFT), press("Wrong answer?")]),
        Scene("wrong answer, of an article alone", [say(BOATS), press("Wrong answer?")], article="boats"),
        Scene("more, where others see the answer", [say(ROOF), press("More")], article="related"),
        Scene("more, under a refusal that quotes nothing", [say(SALARY), press("More")]),
        Scene(
            "more and less, where only the asker sees the answer",
            [settings(ephemeral=True), slash("ask", question=LIFT), press("More"), press("Less")],
            whole=True,
        ),
        Scene("who else, with words in common", [say(ROOF), press("More"), press("Who else?")], article="related", whole=True),
        Scene("who else, cited together", [say(ROOM), press("More"), press("Who else?")], article="related"),
        Scene("who else, nobody", [old_button("else", "lift")]),
        Scene("follow up, the window", [say(ROOF), press("More"), press("Follow up")]),
        Scene("follow up, answered", [say(ROOF), press("More"), press("Follow up"), write("who said that?")]),
        Scene("shared", [settings(ephemeral=True), slash("ask", question=LIFT), press("More"), press("Share")]),
        Scene(
            "shared twice",
            [
                settings(ephemeral=True),
                slash("ask", question=LIFT),
                press("More"),
                press("Share"),
                press("Share", again=True),
            ],
        ),
        Scene("hidden", [say(LIFT), press("More"), press("Hide")]),
        Scene("hidden by somebody else", [say(LIFT), press("More", by="friend"), press("Hide", by="friend")]),
        Scene("hidden by a moderator", [say(LIFT), press("More", by="owner"), press("Hide", by="owner")]),
        Scene("hidden, where the store fails", [say(LIFT), press("More"), close_store(), press("Hide")]),
        Scene("hidden, which Discord refuses", [say(LIFT), refuse_deletion(), press("More"), press("Hide")], whole=True),
        Scene("the menu of a message", [menu(LIFT)]),
        french("in context, with what stands before and after", slash("ask", question=WAIT), press("Contexte")),
        french("in context, more left out", slash("ask", question=ROOF), press("Contexte")),
        french("more positions", slash("ask", question=VIEWS), press("Autres positions"), article="positions"),
        french("wrong answer, with others near", slash("ask", question=BOTH), press("Erreur\u00a0?")),
        french("wrong answer, with nothing near", slash("ask", question=LIFT), press("Erreur\u00a0?")),
        french("more, where others see the answer", slash("ask", question=ROOF), press("Plus"), article="related"),
        french("who else", slash("ask", question=ROOF), press("Plus"), press("Qui d’autre\u00a0?"), article="related"),
        french("who else, nobody", old_button("else", "lift")),
        french("follow up, the window", slash("ask", question=ROOF), press("Plus"), press("Suite")),
        french("hidden by a moderator", slash("ask", question=ROOF), press("Plus", by="owner"), press("Masquer", by="owner")),
    ],
    "faults": [
        Scene("cooldown", [settings(cooldown=60.0), say(LIFT), say(ROOF)]),
        Scene("cooldown of commands", [settings(cooldown=60.0), slash("ask", question=LIFT), slash("ask", question=ROOF)]),
        Scene("too many questions", [be_busy(), say(LIFT)]),
        Scene("too many questions, by commands", [be_busy(), slash("ask", question=LIFT)]),
        Scene("a reply whose text Discord withholds", [slash("ask", question=LIFT), reply_unseen("who said that?")]),
        Scene("a fault", [say("fail")]),
        Scene("an old button of another article", [old_button("context", "lift", article="00000000")]),
        Scene("an old button of a passage that is gone", [old_button("context", "gone")]),
        Scene("an old button for others on a passage that is gone", [old_button("else", "gone")]),
        Scene("an old button of a message that is gone", [old_button("hide", of="5")]),
        Scene("an old button of what is no message", [old_button("hide", of="x")]),
        Scene("an old button of positions that are gone", [old_button("positions")]),
        Scene("an old button of a page that is gone", [old_button("page", of="article:9:-")]),
        Scene("an article that is not loaded", [settings(article="boats"), say(LIFT)]),
        french("cooldown of commands", settings(cooldown=60.0), slash("ask", question=LIFT), slash("ask", question=ROOF)),
        french("too many questions, by commands", be_busy(), slash("ask", question=LIFT)),
        french("an old button of a passage that is gone", old_button("context", "gone")),
        french("an old button for others on a passage that is gone", old_button("else", "gone")),
        french("an old button of a message that is gone", old_button("hide", of="5")),
        french("an old button of what is no message", old_button("hide", of="x")),
    ],
    "administration": [
        Scene("a new server", [join_server()]),
        Scene("a new server, of an article alone", [join_server()], article="boats"),
        Scene("listening", [settings(listen=True), overheard(LIFT)], options={"listen": True}),
        Scene("/verbatim typed out", [say("/verbatim status")]),
        Scene("channel", [slash("verbatim channel", by="owner", answers="public")]),
        Scene("channel, without the intent", [slash("verbatim channel", by="owner", answers="private", listen=True)]),
        Scene("channel, whole server", [slash("verbatim channel", by="owner", answers="private", whole_server=True)]),
        Scene("channel, threads", [slash("verbatim channel", by="owner", threads=True)]),
        Scene(
            "channel, threads that may not be created",
            [go_where_permissions_lack(), slash("verbatim channel", by="owner", threads=True)],
        ),
        Scene("channel, articles while typing", [typed("verbatim channel", "article", "", by="owner")]),
        Scene("channel, no such article", [slash("verbatim channel", by="owner", article="boats")]),
        Scene("channel, also while typing", [ONE_MORE, typed("verbatim channel", "also", "", by="owner")], article="harbours"),
        Scene("channel, with others", [MANY, slash("verbatim channel", by="owner", answers="public")], article="harbours"),
        Scene("channel, full", [MANY, slash("verbatim channel", by="owner", also="port")], article="harbours"),
        Scene("cooldown", [slash("verbatim cooldown", by="owner", seconds=60)]),
        Scene("cooldown, not stored", [close_store(), slash("verbatim cooldown", by="owner", seconds=60)]),
        Scene("cooldown, until a restart", [begin_without_state(), slash("verbatim cooldown", by="owner", seconds=60)]),
        Scene("status", [slash("verbatim status", by="owner")]),
        Scene("status, permissions lacking", [go_where_permissions_lack(), slash("verbatim status", by="owner")]),
        Scene(
            "status, the store fails",
            [slash("verbatim cooldown", by="owner", seconds=60), close_store(), slash("verbatim status", by="owner")],
        ),
        Scene("status, until a restart", [begin_without_state(), slash("verbatim status", by="owner")]),
        Scene("status, article not loaded", [settings(article="boats"), slash("verbatim status", by="owner")]),
        Scene("reload", [be_operator(), slash("verbatim reload", by="owner")], article="anew"),
        Scene("reload, refused", [be_operator(), slash("verbatim reload", by="owner")], article="faulty"),
        Scene("reload, not permitted", [slash("verbatim reload", by="owner")]),
        Scene("reload, twice at once", [be_operator(), be_reloading(), slash("verbatim reload", by="owner")]),
        Scene("curate, nothing", [be_operator(), slash("verbatim curate", by="owner")], article="curated"),
        Scene("curate, a group", [*GROUPED], article="curated"),
        Scene("curate, not one thing", [*GROUPED, slash("verbatim curate", by="owner", group=1)], article="curated"),
        Scene("curate, refused", [*GROUPED, slash("verbatim curate", by="owner", group=1, **AGAIN)], article="curated"),
        Scene("curate, done", [*GROUPED, slash("verbatim curate", by="owner", group=1, nothing=True)], article="curated"),
        Scene(
            "curate, a patch",
            [*GROUPED, keep_from_writing(), slash("verbatim curate", by="owner", group=1, nothing=True)],
            article="curated",
        ),
        Scene("curate, topics while typing", [be_operator(), typed("verbatim curate", "topic", "lift", by="owner")]),
        french("curate, a group", *GROUPED, article="curated"),
        french("a new server", join_server("fr")),
        french("status, the store fails", close_store(), slash("verbatim status", by="owner")),
        french("status, until a restart", begin_without_state(), slash("verbatim status", by="owner")),
        french("channel, threads", slash("verbatim channel", by="owner", threads=True)),
    ],
}


# Articles

Make = Callable[[], Any]

TOWN = "Boats moved\n\nFishing boats were moved to Porto Novo. The harbour master gave no date.\n"
LONG = f"Boats moved\n\nFishing boats were moved to Porto Novo {'and back, and to Porto Novo again, ' * 30}in March.\n"
SHORTER = "Councillor Ruth Bell also called for a second lift in the building."
LONGER = "Councillor Ruth Bell also called for a second lift in the building before the roof repairs and the books."
MORE = (
    "She said so at the meeting in May, before the vote on the money for the coming year. "
    "Others agreed with her, as the minutes of that long meeting show on their last page, and asked for a ramp beside the old "
    "stairs. A third wish was for a bench by the door, where readers who come too early could sit, but of that nobody spoke "
    "again after the chair had said what benches cost."
)
DEMANDS = """\
- id: demands
  question: "What is wanted for the building?"
  asks: thing
  cites: [room, lift]
  phrasings:
    - "what is wanted for the building"
    - "which wishes are there for the building"
    - "wishes for the building"
    - "what do they want for the building"
"""


def articles(tiny: Engine, folder: Path) -> Mapping[str, Make]:
    """By name, what makes the engine or the library of a scene."""

    def pack(name: str, **changes: str | None) -> Any:
        files = {k if "." in k else k.replace("__", "/") + ".yaml": v for k, v in changes.items()}
        (folder / name).mkdir()
        return decided(build(write_pack(folder / name, files)))

    def bare(name: str, article: str) -> Engine:
        path = folder / f"{name}.txt"
        path.write_text(article, encoding="utf-8")
        return build(path)

    def text(name: str, article: str) -> Any:
        return decided(bare(name, article))

    def curated() -> Library:
        place = Path(tempfile.mkdtemp(dir=folder))  # a new one each time, since its files are changed
        return Library([write_pack(place, {})], build)

    def refuse() -> Engine:
        raise FileFaults([Fault("faq/library.yaml", 3, "a quote stands nowhere in the article.", "copy it.")])

    before, after = FAQ.split("- id: roof-cost", 1)
    headline_alone = PACK.replace("  furniture: [Skip to content]\n  foot: Join the friends\n", "").replace(
        "[waited, lift]", "[headline]"
    )
    whole, boats, long = decided(tiny), text("boats", TOWN), text("long", LONG)
    grouped = pack("grouped", faq__library=before, **{"faq__building-works": "- id: roof-cost" + after})
    related = pack(
        "related",
        faq__library=FAQ + DEMANDS,
        quotes=QUOTES.replace(SHORTER, LONGER),
        **{"article.txt": ARTICLE.replace(SHORTER, f"{LONGER} {MORE}")},
    )
    headline = pack(
        "headline",
        pack=headline_alone,
        people=PEOPLE.split("- id: kovacs")[0],
        quotes=QUOTES.split("- id: sundays")[0],
        faq__library=FAQ.split("- id: sunday-start")[0],
        gaps=None,
        premises=None,
        vocabulary=None,
        questions=None,
        **{"article.txt": ARTICLE.splitlines()[2] + "\n"},
    )
    unsettled = pack("open", quotes=QUOTES.replace("- id: room\n  speaker: kovacs", '- id: room\n  open: "who says it"'))
    several = pack("several", quotes=QUOTES.replace("- id: room\n  speaker: kovacs", "- id: room\n  speaker: [kovacs, reed]"))
    spread = pack("spread", quotes=QUOTES.replace("reed\n  kind: reported\n  relayed_by: kovacs", "kovacs\n  kind: direct"))
    positions = pack("positions", pack=PACK.replace("[waited, lift]", "[waited, lift, roof, room]"))
    harbour, port = bare("harbour", TOWN), bare("port", TOWN.replace("Boats moved", "The port"))
    published = pack("published", pack=PACK.replace("  publisher", PUBLISHED + "  publisher"))
    return {
        "millbrook": lambda: whole,
        "published": lambda: published,
        "grouped": lambda: grouped,
        "related": lambda: related,
        "headline": lambda: headline,
        "several": lambda: several,
        "open": lambda: unsettled,
        "positions": lambda: positions,
        "spread": lambda: spread,
        "boats": lambda: boats,
        "long": lambda: long,
        "harbours": lambda: shelf(tiny, harbour, port),
        "curated": curated,
        "anew": lambda: shelf(tiny, read_anew=lambda: boats),
        "faulty": lambda: shelf(tiny, read_anew=refuse),
    }


# Playing


@dataclass(frozen=True)
class Played:
    """What was done and what left for Discord then (the step that it followed, and the body), the replies that were worded for
    it, the commands, and the packs that it ended with, the main one first."""

    scene: Scene
    bodies: Sequence[tuple[int, Mapping[str, Any]]]
    replies: Sequence[Reply]
    commands: Sequence[Mapping[str, Any]]
    packs: Sequence[Pack]

    @property
    def transcript(self) -> str:
        """What was done, each with an arrow before it, and what was heard."""
        heard = self.bodies if self.scene.whole else [(len(self.scene.steps) - 1, body) for _, body in self.bodies[-1:]]
        lines: list[str] = []
        for number, step in enumerate(self.scene.steps):
            lines.append(f"→ {step.told}")
            lines += [reading(body) for after, body in heard if after == number]
        return "\n".join(lines)


def play_out(scene: Scene, articles: Mapping[str, Make]) -> Played:
    bodies: list[tuple[int, dict[str, Any]]] = []
    commands: list[dict[str, Any]] = []
    replies: list[Reply] = []
    packs: list[Pack] = []

    async def story(stage: Stage) -> None:
        listener = Listener(stage, stage.channel, patch)
        for number, step in enumerate(scene.steps):
            await step.act(listener)
            bodies.extend((number, body) for body in listener.bodies[len(bodies) :])
        commands.extend(stage.bodies("PUT", "/applications/")[0])
        packs.extend(e.pack for e in stage.library.engines)

    with pytest.MonkeyPatch.context() as patch:
        worded, create = Reply.of, discord.Interaction._from_data

        def recorded(*lines: Any, **rest: Any) -> Reply:
            replies.append(worded(*lines, **rest))
            return replies[-1]

        def translated(self: discord.Interaction[Any], data: Any) -> None:
            changed: Any = {**data, "locale": scene.language}
            create(self, changed)

        patch.setattr(Reply, "of", recorded)
        patch.setattr(discord.Interaction, "_from_data", translated)  # simcord's askers all use English
        play(story, articles[scene.article](), **scene.options)
    return Played(scene, bodies, replies, commands, packs)
