"""What a screen reader gets: every kind of reply, from what a reader does to the JSON that leaves, read aloud in order.

readings/<group>.<language>.txt holds the transcripts of the scenes (scenes.py), each under its name: after an arrow what the
reader does, then what is heard, as a listener gets it: each [ ] is a button. <pack>, <hash> and <version> stand for what changes
with the invented pack and with the bot, <when> for a time as the client tells it.

After a change that is meant, write them anew and read the difference:

    REWRITE_READINGS=1 pytest tests/say/test_readings.py && git diff tests/say/readings
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import discord
import pytest
from fakes.listener import MARKS
from fakes.reading import buttons_of, commands_heard, reading, spoken, without_code
from say.scenes import SCENES, Make, Played, Scene, articles, play_out

from bot import __version__
from bot.browse import pages as browse
from bot.browse import passages
from bot.engine.answer import Answered, Citation, Rule, Trace
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.say import languages, pages, replies
from bot.say.languages import wording
from bot.say.wording import Wording
from bot.text.article import Section

FOLDER = Path(__file__).parent / "readings"
COMMAND_LIST = "command-list.en.txt"
REWRITE = bool(os.environ.get("REWRITE_READINGS"))
ALL = [(group, scene) for group, scenes in SCENES.items() for scene in scenes]
HeardIn = Callable[[Scene], Played]


@pytest.fixture(scope="session")
def made(tiny: Engine, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Make]:
    return articles(tiny, tmp_path_factory.mktemp("scenes"))


@pytest.fixture(scope="session")
def hear(made: Mapping[str, Make]) -> HeardIn:
    """What is heard in a scene, each played once."""
    known: dict[int, Played] = {}

    def heard(scene: Scene) -> Played:
        if id(scene) not in known:
            known[id(scene)] = play_out(scene, made)
        return known[id(scene)]

    return heard


# The transcripts


def file_of(group: str, scene: Scene) -> Path:
    return FOLDER / f"{group}.{scene.language}.txt"


def written(path: Path) -> dict[str, str]:
    """The transcripts in a file, by the scenes' names."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = re.split(r"^=== (.+) ===\n", text, flags=re.MULTILINE)
    return {name: transcript.strip("\n") for name, transcript in zip(parts[1::2], parts[2::2], strict=True)}


def write(group: str, scene: Scene, transcript: str) -> None:
    """Put one transcript into its file, in the order of the scenes; those of scenes that are no more go."""
    path = file_of(group, scene)
    known = {**written(path), scene.name: transcript}
    names = [s.name for s in SCENES[group] if s.language == scene.language and s.name in known]
    path.write_text("\n\n".join(f"=== {name} ===\n{known[name]}" for name in names) + "\n", encoding="utf-8")


def general(text: str, pack: Pack) -> str:
    """A transcript without what changes with the invented pack and with the bot."""
    for name, value in (("<pack>", pack.version[:12]), ("<hash>", pack.article.sha256[:12]), ("<version>", __version__)):
        text = text.replace(value, name)
    return re.sub(r"(?<=and back: )\d+", "0", text)


@pytest.mark.parametrize(("group", "scene"), ALL, ids=[f"{group}.{scene.language}: {scene.name}" for group, scene in ALL])
def test_what_is_heard_of(group: str, scene: Scene, hear: HeardIn) -> None:
    played = hear(scene)
    heard = general(played.transcript, played.packs[0])
    if REWRITE:
        write(group, scene, heard)
    compare(written(file_of(group, scene)).get(scene.name, ""), heard)


def test_what_is_heard_of_the_list_of_commands(hear: HeardIn) -> None:
    heard = commands_heard(hear(ALL[0][1]).commands)
    if REWRITE:
        (FOLDER / COMMAND_LIST).write_text(heard + "\n", encoding="utf-8")
    compare((FOLDER / COMMAND_LIST).read_text(encoding="utf-8").strip("\n"), heard)


def compare(expected: str, heard: str) -> None:
    if heard != expected:
        lines = difflib.unified_diff(expected.split("\n"), heard.split("\n"), "written", "heard", lineterm="", n=100)
        pytest.fail("\n".join(lines), pytrace=False)


def test_every_transcript_is_of_a_scene_and_no_two_scenes_of_a_group_have_one_name() -> None:
    found = {(path.name, name) for path in FOLDER.glob("*.txt") if path.name != COMMAND_LIST for name in written(path)}
    assert found == {(file_of(group, scene).name, scene.name) for group, scene in ALL}
    assert len(found) == len(ALL) > 120


# What holds for every reading


def everything(hear: HeardIn) -> Iterator[tuple[str, Mapping[str, Any], Sequence[Pack]]]:
    """Every body of every scene, with the scene's name and the packs."""
    for group, scene in ALL:
        played = hear(scene)
        for _, body in played.bodies:
            yield f"{group}: {scene.name}", body, played.packs


def test_every_sentence_of_the_wording_is_heard_in_some_reading(made: Mapping[str, Make]) -> None:
    """Played once more with a mark in each sentence of the wording, which must come out at the end. A new sentence needs a new
    scene."""
    words, names = marked(wording("en"))
    heard = ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "_load", lambda language: words)
        for _, scene in ALL:
            if scene.language == "en":
                played = play_out(scene, made)
                heard += played.transcript + commands_heard(played.commands)
    unheard = [name for mark, name in names.items() if mark not in heard]
    assert unheard == [], "\n".join(unheard)


def marked(words: Wording) -> tuple[Wording, dict[str, str]]:
    """The sentences, each with a character of its own at its end; and the sentences' keys by these characters."""
    names: dict[str, str] = {}

    def mark(text: str, name: str) -> str:
        character = chr(MARKS[len(names)])
        names[character] = name
        return text + character

    changed: dict[str, Any] = {}
    for entry in fields(Wording)[1:]:
        value = getattr(words, entry.name)
        if isinstance(value, str):
            changed[entry.name] = mark(value, entry.name)
        elif isinstance(value, tuple):
            changed[entry.name] = tuple(mark(line, f"{entry.name}[{i}]") for i, line in enumerate(value))
        else:
            changed[entry.name] = {key: mark(text, f"{entry.name}.{key}") for key, text in value.items()}
    return replace(words, **changed), names


_PLACE = re.compile(r"headline|titre|paragraphs? [\d, and]+|paragraphes? [\d, et]+", re.IGNORECASE)
_FRAME = re.compile(r"(?P<who>[^()]+?)(?: \((?P<where>.+)\))?\u00a0?:")
_HEADING = re.compile(r"(?:Paragraph|Headline|In context|Paragraphe|Titre|Dans son contexte)\b.*:")


def test_who_speaks_is_heard_before_every_quotation_and_the_place_before_it_or_once_under_all(hear: HeardIn) -> None:
    found = after = 0
    for name, body, packs in everything(hear):
        known = ("The article", "L’article", *(p.name for pack in packs for p in pack.people.values()))
        content = without_code(body).split("\n")
        said_before: list[str] = []
        for number, line in enumerate(content):
            if not line.startswith("> "):
                said_before += spoken(line) if line and not line.startswith("-# ") else []
                continue
            quotation = spoken(line)[0][1:-1]
            article = next(pack.article for pack in packs if quotation in pack.article.text)
            paragraph = article.paragraph_at(article.text.index(quotation))
            over = next(text for text in reversed(said_before) if _HEADING.fullmatch(text) or is_frame(text, known))
            place = over
            if not _HEADING.fullmatch(over) and not _FRAME.fullmatch(over)["where"]:  # type: ignore[index]
                place = next(spoken(rest)[0] for rest in reversed(content[number:]) if rest.startswith("-# "))
                after += 1
            places = " ".join(_PLACE.findall(place)).lower()
            if paragraph.section is Section.HEADLINE:
                assert "headline" in places or "titre" in places, (name, line)
            else:
                assert str(paragraph.number) in re.findall(r"\d+", places), (name, line)
            found += 1
    assert found > 100
    assert 20 < after < found


def is_frame(text: str, known: tuple[str, ...]) -> bool:
    """Whether a line says who speaks next."""
    framed = _FRAME.fullmatch(text)
    return framed is not None and framed["who"].startswith(known)


def test_quotation_marks_are_in_the_text(hear: HeardIn) -> None:
    for name, body, _ in everything(hear):
        for block in re.findall(r"(?:^> .*\n?)+", without_code(body), re.MULTILINE):
            for line in spoken(block):
                assert line.startswith("“"), name
                assert line.endswith("”"), name


def test_nothing_is_said_by_emoji_or_colour_alone(hear: HeardIn) -> None:
    for name, body, _ in everything(hear):
        assert not [c for c in reading(body) if unicodedata.category(c) in ("So", "Co", "Cn")], name
        for row in body.get("components", ()):
            keys = [key for key in row.get("components", ()) if key["type"] == discord.ComponentType.button.value]
            questions = [key for key in keys if key["custom_id"].startswith("verbatim:2:ask:")]
            # The recommended question is the coloured one, and the first.
            assert [key for key in keys if key["style"] != discord.ButtonStyle.secondary.value] == questions[:1], name
            assert all(key["style"] == discord.ButtonStyle.primary.value for key in questions[:1]), name
            assert questions in ([], keys), name
            assert not any("emoji" in key for key in keys), name


def test_every_button_has_words_and_no_two_of_a_message_the_same(hear: HeardIn) -> None:
    for name, body, _ in everything(hear):
        labels = [b["label"] for b in buttons_of(body)]
        assert all(any(c.isalpha() for c in label) for label in labels), name
        assert len({label.casefold() for label in labels}) == len(labels), name


def test_the_plain_text_of_a_reply_is_what_is_heard_of_its_markdown(hear: HeardIn) -> None:
    found = [r for _, scene in ALL for r in hear(scene).replies]
    assert len(found) > 100
    for said in found:
        # Choices are buttons on Discord, and lines where there are none.
        assert [*spoken(said.content), *(f"- {one.text}" for one in said.lines if one.kind == "choice")] == said.plain.split("\n")


def test_no_reading_has_a_placeholder_a_gap_or_an_empty_line_at_its_end(hear: HeardIn) -> None:
    for name, body, _ in everything(hear):
        content = body.get("content", "")
        assert content == content.strip(), name
        text = reading({**body, "content": without_code(body)})
        assert text == text.strip(), name
        for wrong in ("{", "}", "  ", "None", " ,", " .", "()"):
            assert wrong not in text, (name, wrong)


def test_what_the_shipped_article_says_is_heard_word_for_word(shipped_folder: Path) -> None:
    """Every answer, page and passage of it, without Discord between."""
    pack, words = load(shipped_folder), wording("en")
    trace = Trace(Question("", ()), Rule.RECORDED)
    said = [pages.faq(browse.faq(pack, topic.group), words) for topic in pack.entries[:1]]
    for topic in pack.entries:
        citations = tuple(Citation(pack.excerpt(c), pack.quotes[c]) for c in topic.cites)
        said.append(replies.compose(Answered(trace, 1.0, (), (topic,), topic.lead, citations), pack, words))
    for quote in pack.quotes:
        citation = Citation(pack.excerpt(quote), pack.quotes[quote])
        said.append(pages.context(passages.context(pack, citation), pack, words))
        said.append(pages.others(passages.others(pack, quote), pack, words))
    whole = pages.article(browse.paragraphs(pack), pack, words).pages
    said += [pages.article(browse.paragraphs(pack, page), pack, words) for page in range(1, whole + 1)]
    said += [pages.people(browse.people(pack), pack, words), pages.quotes(browse.quotes(pack), pack, words)]
    assert len(said) > len(pack.entries) + len(pack.quotes)
    for page in said:
        assert spoken(page.content) == [line for line in page.plain.split("\n") if line]
