"""/privacy: what is kept about somebody is shown, handed over and deleted, to them alone; from what they do to what leaves."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
from fakes.scene import EN, LIFT, ROOF, Scene, label, play, said
from simcord.backend import serializers

from bot.client.patient_store import PatientStore
from bot.client.personal_data import FORM, LastAsked, Note, PersonalData, Turn, exported
from bot.client.privacy import FILE
from bot.engine.pipeline import Engine
from bot.say import privacy as wording_of
from bot.say.languages import languages, wording
from bot.say.lines import MAX_CONTENT
from bot.say.privacy import Held, Tally
from bot.say.wording import PRIVACY_COMMANDS, Action
from bot.serve.dialogue import FORGET_AFTER
from bot.store.memory import MemoryStore
from bot.store.values import KEEP, MAX_COOLDOWN, Kept, StoreFault

DAY = 86_400.0
TIME = re.compile(r"<t:(\d+):R>")


class Down(MemoryStore):
    """A store whose database cannot be used, or only cannot be written."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = self.is_read_only = False

    async def kept_of(self, user_id: int) -> tuple[Kept, ...]:
        if self.is_down:
            raise StoreFault("the database", "cannot be reached.", "wait.")
        return await super().kept_of(user_id)

    async def forget(self, user_id: int) -> None:
        if self.is_down or self.is_read_only:
            raise StoreFault("the database", "cannot be reached.", "wait.")
        await super().forget(user_id)


async def exported_to(s: Scene, asker: Any = None) -> dict[str, Any]:
    """What somebody, the asker if nobody is named, gets of /privacy export."""
    result = await (asker or s.asker).slash(s.channel, "privacy export")
    assert result.ephemeral
    assert result.response is not None
    [attachment] = result.response.attachments
    assert attachment.filename == FILE
    read: dict[str, Any] = json.loads(await attachment.read())
    return read


def direct(s: Scene) -> discord.Message:
    """What the bot said last in direct messages."""
    message = s.asker.user.dm_channel.last_message
    assert message is not None
    return message


def seconds_of(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


# What is kept, and what is said of it


def test_what_is_shown_are_the_true_numbers_and_times_and_the_asker_alone_sees_them(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        began = datetime.now(UTC).timestamp()
        await s.mention(LIFT)
        await s.mention(ROOF)
        await s.friend().send(s.channel, f"<@{s.bot.user.id}> {LIFT}")  # type: ignore[union-attr]
        result = await s.asker.slash(s.channel, "privacy show")
        own = said(result).split("\n\n")[0]
        notes, turns, asked = own.split("\n")[1:4]
        assert TIME.sub("{when}", notes) == "- " + EN.privacy_notes.replace("{count}", "2")
        assert TIME.sub("{when}", turns) == "- " + EN.privacy_turns.replace("{count}", "2")
        assert TIME.sub("{when}", asked) == "- " + EN.privacy_asked
        for line, kept in ((notes, KEEP), (turns, FORGET_AFTER), (asked, MAX_COOLDOWN)):
            assert 0 <= int(TIME.findall(line)[0]) - began - kept <= 30, line
        assert result.ephemeral
        assert s.responses[-1]["data"]["flags"] & discord.MessageFlags(ephemeral=True).value

    play(story, tiny)


def test_the_file_holds_all_of_it_and_nothing_of_anybody_else(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        other = s.friend()
        await s.mention(LIFT)
        mine = s.last_message().id
        await other.send(s.channel, f"<@{s.bot.user.id}> {ROOF}")  # type: ignore[union-attr]
        theirs = s.last_message().id
        await s.asker.send_dm(f"{LIFT}?")
        kept = await exported_to(s)
        in_server, direct = sorted(kept["answers"], key=lambda one: one["server"] is None)
        assert (in_server["message"], in_server["server"]) == (str(mine), str(s.guild.id))
        assert direct["server"] is None
        for one in kept["answers"]:
            assert seconds_of(one["kept_until"]) - seconds_of(one["noted_at"]) == KEEP
        assert [turn["channel"] for turn in kept["conversation"]] == [str(s.channel.id), str(s.asker.user.dm_channel.id)]
        turn = kept["conversation"][0]
        assert (turn["question"], turn["after"], turn["verdict"]) == (LIFT, None, "answer")
        assert turn["passages"] == ["Councillor Ruth Bell also called for a second lift in the building."]
        assert 0 < seconds_of(turn["used_until"]) - seconds_of(kept["made_at"]) <= FORGET_AFTER
        assert seconds_of(kept["last_asked"]["kept_until"]) - seconds_of(kept["last_asked"]["at"]) == MAX_COOLDOWN
        assert (kept["form"], kept["user"], kept["whole"]) == (FORM, str(s.asker.id), True)
        text = json.dumps(kept)
        assert not [number for number in (other.id, theirs) if str(number) in text]
        assert ROOF not in text
        assert kept.keys() == (await exported_to(s, s.friend("nobody"))).keys(), "also where nothing is kept"

    play(story, tiny)


@pytest.mark.parametrize("is_makeshift", [True, False])
def test_where_the_state_could_not_be_opened_each_reply_says_that_what_is_in_it_is_neither_told_nor_deleted(
    tiny: Engine, is_makeshift: bool
) -> None:
    async def story(s: Scene) -> None:
        replies = [said(await s.asker.slash(s.channel, f"privacy {command}")) for command in PRIVACY_COMMANDS]
        await s.mention("/privacy delete")
        await s.asker.send_dm("/privacy delete")
        replies += [s.last, direct(s).content]
        assert [EN.privacy_unopened in reply for reply in replies] == [is_makeshift] * 5
        assert (await exported_to(s))["whole"] is not is_makeshift

    play(story, tiny, MemoryStore(is_makeshift=is_makeshift))


def test_the_file_has_the_form_that_the_page_tells(tiny: Engine) -> None:
    """docs/privacy.md names every key, and no other."""
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    table = page[page.index("## The file of `/privacy export`") :]
    told = set(re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE))
    data = PersonalData((Note(1, 2, 0.0, KEEP),), (Turn(3, tiny.answer(LIFT), 1.0),), LastAsked(0.0, 1.0))
    form = json.loads(exported(data, 5, 0.0, is_whole=False))

    def keys(value: Any, before: str = "") -> Iterator[str]:
        for one in value if isinstance(value, list) else [value]:
            for key, inner in one.items() if isinstance(one, dict) else ():
                yield before + key
                yield from keys(inner, f"{before}{key}.")

    assert set(keys(form)) == told
    assert (form["made_at"], form["whole"]) == ("1970-01-01T00:00:00Z", False)


# Deleting


def test_what_is_deleted_is_gone_also_from_memory_and_nothing_of_anybody_else_is(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        other = s.friend()
        await s.mention(ROOF)
        answer = s.last_message()
        await other.slash(s.channel, "ask", question=ROOF)
        result = await s.asker.slash(s.channel, "privacy delete")
        assert said(result) == "\n".join([EN.privacy_deleted.format(notes=1, turns=1), EN.privacy_stays])
        assert result.ephemeral
        kept = await exported_to(s)
        assert (kept["answers"], kept["conversation"], kept["last_asked"]) == ([], [], None), "not even that they had it deleted"
        assert (await exported_to(s, other))["conversation"]
        assert said(await s.asker.slash(s.channel, "article why")) == EN.why_none
        menu = await s.asker.click(answer, label=label(Action.MORE))
        hidden = await s.asker.click(menu.response, label=label(Action.HIDE))  # type: ignore[arg-type]
        assert said(hidden) == EN.asker_unknown
        again = await s.asker.slash(s.channel, "privacy delete")
        assert said(again).startswith(EN.privacy_deleted.format(notes=0, turns=0))

    play(story, tiny)


def test_nothing_that_the_clients_share_knows_somebody_who_had_it_deleted(tiny: Engine) -> None:
    """Whatever is kept beside the three kinds that can be told fails here: it would still hold the asker's number."""

    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=0)
        await s.mention(LIFT)
        await s.asker.slash(s.channel, "ask", question=ROOF)
        await s.asker.send_dm(LIFT)
        full = PatientStore(Unwritable())
        await full.note(1, s.asker.id, None)
        assert set(holding(s.asker.id, full, "full", {})) == {"full._unwritten"}
        shared = s.bot.shared
        kept = set(holding(s.asker.id, shared, "", {}))
        assert kept == {".store._store._askers", ".answering._dialogue._said", ".cooldowns._last"}
        await s.asker.slash(s.channel, "privacy delete")
        assert set(holding(s.asker.id, shared, "", {})) == set()
        with pytest.raises(StoreFault):
            await full.forget(s.asker.id)
        assert set(holding(s.asker.id, full, "full", {})) == {"full._unwritten"}, "nothing is half done"

    play(story, tiny)


class Unwritable(MemoryStore):
    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        raise StoreFault("the store", "cannot grow.", "free some space.")

    async def forget(self, user_id: int) -> None:
        raise StoreFault("the store", "cannot grow.", "free some space.")


def holding(number: int, thing: Any, path: str, seen: dict[int, Any]) -> Iterator[str]:
    """Where a number is held, in what the bot itself made, however deep; but for articles, and what the engine made of a question."""
    if thing == number:
        yield path
    if isinstance(thing, str | bytes) or id(thing) in seen:
        return
    seen[id(thing)] = thing  # which keeps its number from being another thing's
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from holding(number, (key, value), path, seen)
    elif isinstance(thing, list | tuple | set | frozenset | deque):
        for one in thing:
            yield from holding(number, one, path, seen)
    elif re.match(r"bot\.(client|serve|store)", type(thing).__module__):
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        for name in (*slots, *getattr(thing, "__dict__", {})):
            yield from holding(number, getattr(thing, name, None), f"{path}.{name}", seen)


def test_a_wait_that_goes_on_stays_and_one_that_is_over_does_not(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        await s.mention(LIFT)
        told = said(await s.asker.slash(s.channel, "privacy delete")).split("\n")
        assert TIME.sub("{when}", told[1]) == EN.privacy_wait
        assert "again" in said(await s.asker.slash(s.channel, "ask", question=ROOF)), "deleting is no way round it"
        shown = await exported_to(s)
        assert (shown["answers"], shown["conversation"]) == ([], [])
        assert shown["last_asked"]

    play(story, tiny)


@pytest.mark.parametrize("command", PRIVACY_COMMANDS)
def test_a_wait_between_two_questions_keeps_nobody_from_typing_a_command_about_what_is_kept_and_that_begins_none(
    tiny: Engine, command: str
) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        await s.mention(f"/privacy {command}")
        free = s.last
        await s.mention(LIFT)
        assert s.last.startswith("**Ruth Bell"), "it was no question"
        await s.mention(f"/privacy {command}")
        assert s.last.split("\n")[0] == free.split("\n")[0]

    play(story, tiny)


@pytest.mark.parametrize("command", PRIVACY_COMMANDS)
def test_without_the_database_it_says_so_and_nothing_is_half_done(
    tiny: Engine, command: str, log: pytest.LogCaptureFixture
) -> None:
    store = Down()

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        store.is_down = True
        result = await s.asker.slash(s.channel, f"privacy {command}")
        assert said(result) == (EN.privacy_not_deleted if command == "delete" else EN.privacy_not_read)
        assert result.ephemeral
        assert not result.response.attachments  # type: ignore[union-attr]
        store.is_down, store.is_read_only = False, True
        assert said(await s.asker.slash(s.channel, "privacy delete")) == EN.privacy_not_deleted
        kept = await exported_to(s)
        assert (len(kept["answers"]), len(kept["conversation"])) == (1, 1)
        store.is_read_only = False
        assert said(await s.asker.slash(s.channel, "privacy delete")).startswith(EN.privacy_deleted.format(notes=1, turns=1))
        assert str(s.asker.id) not in log.text

    play(story, tiny, store)


# Where, and to whom


@pytest.mark.parametrize("command", PRIVACY_COMMANDS)
def test_in_direct_messages_it_works_typed_out_too(tiny: Engine, command: str) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        await s.asker.send_dm(f"/privacy {command}")
        reply = direct(s)
        match command:
            case "show":
                assert EN.privacy_notes.format(count=1, when="")[:40] in reply.content
            case "export":
                [attachment] = reply.attachments
                kept = json.loads(await attachment.read())
                assert kept["conversation"][0]["question"] == LIFT
                assert s.sent[-1]["allowed_mentions"]["parse"] == []
            case "delete":
                assert reply.content.startswith(EN.privacy_deleted.format(notes=1, turns=1))
        assert (await s.asker.user.slash(f"privacy {command}")).response is not None

    play(story, tiny)


def test_typed_out_where_others_read_nothing_of_the_asker_is_shown(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        for command in ("show", "export"):
            await s.mention(f"/privacy {command}")
            body = s.sent[-1]
            assert not body.get("attachments")
            assert not TIME.search(body["content"])
            assert body["content"].endswith(EN.why_private.format(command=f"privacy {command}"))
        await s.mention("/privacy delete")
        assert s.sent[-1]["content"] == "\n".join([EN.privacy_deleted_all, EN.privacy_stays])
        assert not (await exported_to(s))["answers"]

    play(story, tiny)


def test_in_a_server_that_is_not_yet_known_others_are_taken_to_read_it(tiny: Engine) -> None:
    """There the library gives messages no server, as in direct ones."""

    async def story(s: Scene) -> None:
        message = await s.mention(LIFT)
        backend = s.env.backend
        payload = serializers.message_payload(backend, backend.get_message(s.channel.id, message.id))
        for number, command in enumerate(("show", "export", "delete"), 1):
            text = f"<@{s.bot.user.id}> /privacy {command}"  # type: ignore[union-attr]
            backend.emit("MESSAGE_CREATE", {**payload, "id": str(message.id + number), "guild_id": "5", "content": text})
            await s.env.settle()
            assert len(s.sent) == 1 + number
            assert not s.sent[-1].get("attachments")
            assert not TIME.search(s.sent[-1]["content"])
        assert s.sent[-1]["content"].startswith(EN.privacy_deleted_all)

    play(story, tiny)


def test_it_works_where_the_article_is_not_loaded(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.settings.change(s.guild.id, s.channel.id, lambda old: replace(old, article="boats"))
        await s.mention("/privacy delete")
        assert s.last.startswith(EN.privacy_deleted_all)
        assert said(await s.asker.slash(s.channel, "privacy show")).startswith(EN.privacy_now)

    play(story, tiny)


def test_nobody_can_ask_for_somebody_else(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command has an option, and Discord alone says who uses it: a number that is typed, or forged into it, changes nothing."""
    create = discord.Interaction._from_data

    async def story(s: Scene) -> None:
        other = s.friend()
        await other.slash(s.channel, "ask", question=LIFT)
        [synced] = s.bodies("PUT", "/applications/")
        group = next(c for c in synced if c["name"] == "privacy")
        assert [c.get("options", []) for c in group["options"]] == [[], [], []]
        await s.mention(f"/privacy delete {other.id}")
        await s.asker.send_dm(f"/privacy export user: {other.id}")
        assert not direct(s).attachments

        def forged(self: discord.Interaction[Any], data: Any) -> None:
            [command] = data["data"]["options"]
            options = [{"name": "user", "type": 6, "value": str(other.id)}]
            changed: Any = {**data, "data": {**data["data"], "options": [{**command, "options": options}]}}
            create(self, changed)

        with monkeypatch.context() as patch:
            patch.setattr(discord.Interaction, "_from_data", forged)
            for command in PRIVACY_COMMANDS:
                result = await s.asker.slash(s.channel, f"privacy {command}")
                assert result.ephemeral
                assert str(other.id) not in json.dumps(s.responses[-1])
        s.env.errors.clear()
        assert (await exported_to(s, other))["conversation"], "of the other nothing is deleted"

    play(story, tiny)


def test_an_export_that_takes_long_has_its_file_all_the_same(tiny: Engine) -> None:
    class Slow(MemoryStore):
        async def kept_of(self, user_id: int) -> tuple[Kept, ...]:
            await asyncio.sleep(4)
            return await super().kept_of(user_id)

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        result = await s.asker.slash(s.channel, "privacy export")
        await s.env.advance_time(4)
        [deferral] = s.responses
        assert deferral["type"] == discord.InteractionResponseType.deferred_channel_message.value
        assert deferral["data"]["flags"] & discord.MessageFlags(ephemeral=True).value
        [attachment] = result.response.attachments  # type: ignore[union-attr]
        assert json.loads(await attachment.read())["conversation"][0]["question"] == LIFT

    play(story, tiny, Slow())


# Words


@pytest.mark.parametrize("language", languages())
def test_all_of_it_fits_into_a_message(language: str) -> None:
    words = wording(language)
    for rest in (words.privacy_elsewhere, words.privacy_unopened):
        most = Tally(Held(99_999, 9e9), Held(999, 9e9), 9e9, rest)
        assert len(wording_of.shown(most, words)) <= MAX_CONTENT
    assert len(wording_of.shown_to_others(words)) <= MAX_CONTENT
    assert f" {KEEP / DAY:.0f} " in words.privacy[2]
    assert f" {MAX_COOLDOWN / 3600:.0f} h" in words.privacy[3]
    assert f" {FORGET_AFTER / 60:.0f} minutes" in words.privacy_elsewhere


def test_the_file_keeps_every_digit_of_a_number() -> None:
    data = PersonalData((Note(2**63 - 1, 2**62 + 1, 1.5, 2.5),), (), None)
    kept = json.loads(exported(data, 2**62 + 3, 1.0, is_whole=True), parse_int=float)
    assert kept["answers"][0]["message"] == str(2**63 - 1)
    assert (kept["user"], kept["answers"][0]["server"]) == (str(2**62 + 3), str(2**62 + 1))
