"""The check that every request of the suite passes can fail: each rule is broken once, and each unbroken neighbour passes."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from fakes.contract import Broken, Contract, contract, openapi, within_limits

NOBODY: dict[str, Any] = {"allowed_mentions": {"parse": []}}
V2 = {"flags": 1 << 15}
BY_HAND = Contract(None)


def button(**changes: Any) -> dict[str, Any]:
    made = {"type": 2, "style": 2, "label": "In context", "custom_id": "verbatim:2:context:00000000", **changes}
    return {key: value for key, value in made.items() if value is not None}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def rows(number: int) -> list[dict[str, Any]]:
    return [row(button(custom_id=str(n))) for n in range(number)]


def choice(**changes: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "list", "options": options(2), **changes}


def options(number: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"label": "Anna", "value": f"{n}", **changes} for n in range(number)]


def text(size: int) -> dict[str, Any]:
    return {"type": 10, "content": "x" * size}


def embed(**parts: Any) -> dict[str, Any]:
    return {"title": "t", **parts}


def field(name: str = "n", value: str = "v") -> dict[str, Any]:
    return {"name": name, "value": value}


ALLOWED: list[dict[str, Any]] = [
    {"content": "x" * 2000},
    {"embeds": [embed(description="d" * 4096, fields=[field("n" * 256, "v" * 1024)])]},
    {"content": "x", "nonce": "1" * 25},
    {"content": "x", "components": rows(5)},
    {"content": "x", "components": [row(*(button(custom_id=str(n)) for n in range(5)))]},
    {"content": "x", "components": [row(button(label="x" * 80, custom_id="y" * 100))]},
    {"content": "x", "components": [row(button(style=5, custom_id=None, url="https://example.com/"))]},
    {
        "content": "x",
        "components": [row(choice(options=options(25, label="x" * 100, description="d" * 100), placeholder="p" * 150))],
    },
    {"components": [text(2000), {**text(2000)}], **V2},
    {"attachments": [{"id": 0, "filename": "cite.bib", "description": "d" * 1024}]},
]

REFUSED: list[dict[str, Any]] = [
    {"content": "x" * 2001},
    {"content": ""},
    {"content": " \n"},
    {},
    {"content": "x", "nonce": "1" * 26},
    {"content": "x", "flags": 1 << 1},
    {"content": "x", "flags": 1 << 6},
    {"content": "x", "allowed_mentions": None},
    {"content": "x", "allowed_mentions": {"parse": ["users"]}},
    {"content": "x", "allowed_mentions": {"parse": [], "users": ["7"]}},
    {"content": "x", "allowed_mentions": {"parse": [], "roles": ["7"]}},
    {"content": "x", "allowed_mentions": {}},
    {"embeds": [embed()] * 11},
    {"embeds": [embed(title="t" * 257)]},
    {"embeds": [embed(description="d" * 4097)]},
    {"embeds": [embed(footer={"text": "f" * 2049})]},
    {"embeds": [embed(author={"name": "a" * 257})]},
    {"embeds": [embed(fields=[field()] * 26)]},
    {"embeds": [embed(fields=[field(name="n" * 257)])]},
    {"embeds": [embed(fields=[field(value="v" * 1025)])]},
    {"embeds": [embed(fields=[field(name=" ")])]},
    {"embeds": [embed(description="d" * 3000)] * 2},
    {"embeds": [embed(url="no address")]},
    {"embeds": [{}]},
    {"content": "x", "components": rows(6)},
    {"content": "x", "components": [row()]},
    {"content": "x", "components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
    {"content": "x", "components": [button()]},
    {"content": "x", "components": [text(5)]},
    {"content": "x", "components": [row(button(label="x" * 81))]},
    {"content": "x", "components": [row(button(label=" "))]},
    {"content": "x", "components": [row(button(label=None))]},
    {"content": "x", "components": [row(button(custom_id="y" * 101))]},
    {"content": "x", "components": [row(button(custom_id=""))]},
    {"content": "x", "components": [row(button(custom_id=None))]},
    {"content": "x", "components": [row(button(), button())]},
    {"content": "x", "components": [row(button()), row(choice(custom_id=button()["custom_id"]))]},
    {"content": "x", "components": [row(button(style=5, url="https://example.com/"))]},
    {"content": "x", "components": [row(button(style=5, custom_id=None, url="example.com"))]},
    {"content": "x", "components": [row(button(style=5, custom_id=None, url="https://example.com/" + "x" * 500))]},
    {"content": "x", "components": [row(choice(), button())]},
    {"content": "x", "components": [row(choice(options=options(26)))]},
    {"content": "x", "components": [row(choice(options=[]))]},
    {"content": "x", "components": [row(choice(options=options(1, label="x" * 101)))]},
    {"content": "x", "components": [row(choice(options=options(1, label="")))]},
    {"content": "x", "components": [row(choice(options=options(1, value="x" * 101)))]},
    {"content": "x", "components": [row(choice(options=options(1, description="x" * 101)))]},
    {"content": "x", "components": [row(choice(options=options(2, value="same")))]},
    {"content": "x", "components": [row(choice(placeholder="p" * 151))]},
    {"content": "x", "components": [row(choice(max_values=3))]},
    {"content": "x", "components": [text(5)], **V2},
    {"embeds": [embed()], "components": [text(5)], **V2},
    {"components": [text(2000), text(2001)], **V2},
    {"components": [text(1)] * 41, **V2},
    {"components": [{"type": 17, "components": [text(1)] * 40}], **V2},
    {"components": [{"type": 9, "components": [text(1)] * 4, "accessory": button()}], **V2},
    {"components": [{"type": 9, "components": [text(1)]}], **V2},
    {"components": [{"type": 12, "items": []}], **V2},
    {"components": [{"type": 10, "content": " "}], **V2},
    {"attachments": [{"id": 0, "filename": "cite.bib", "description": "d" * 1025}]},
    {"attachments": [{"id": n, "filename": "cite.bib"} for n in range(11)]},
]


@pytest.mark.parametrize("body", ALLOWED)
def test_a_message_at_a_limit_is_within_it(body: dict[str, Any]) -> None:
    contract().check("POST", "/channels/1/messages", body={**NOBODY, **body})
    contract().check("POST", "/interactions/1/token/callback", {"with_response": 1}, {"type": 4, "data": {**NOBODY, **body}})


@pytest.mark.parametrize("body", REFUSED)
def test_a_message_over_a_limit_is_broken(body: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        BY_HAND.check("POST", "/channels/1/messages", body={**NOBODY, **body})


@pytest.mark.parametrize("body", [b for b in REFUSED if not b.get("flags", 0) & 1 << 6])
@pytest.mark.parametrize(
    "method_path", ["PATCH /channels/1/messages/2", "POST /webhooks/1/token", "PATCH /webhooks/1/token/messages/@original"]
)
def test_the_same_limits_hold_for_edits_and_for_follow_ups(method_path: str, body: dict[str, Any]) -> None:
    method, path = method_path.split()
    if method == "PATCH" and not body:
        return  # an edit that changes nothing
    with pytest.raises(Broken):
        BY_HAND.check(method, path, body={**NOBODY, **body})


def label(**changes: Any) -> dict[str, Any]:
    field = {"type": 4, "style": 2, "custom_id": "question", "min_length": 1, "max_length": 1500, "placeholder": "p" * 100}
    return {"type": 18, "label": "l" * 45, "component": {**field, **changes.pop("field", {})}, **changes}


def modal(**changes: Any) -> dict[str, Any]:
    return {"type": 9, "data": {"title": "t" * 45, "custom_id": "c" * 100, "components": [label()], **changes}}


def offer(*choices: dict[str, Any]) -> dict[str, Any]:
    return {"type": 8, "data": {"choices": list(choices)}}


@pytest.mark.parametrize(
    "body",
    [
        {"type": 5},
        {"type": 5, "data": {"flags": 64}},
        {"type": 6},
        offer(),
        offer(*({"name": f"{n:0100}", "value": "v" * 100} for n in range(25))),
        modal(),
        {"type": 7, "data": {**NOBODY, "content": "x"}},
    ],
)
def test_a_response_at_a_limit_is_within_it(body: dict[str, Any]) -> None:
    contract().check("POST", "/interactions/1/token/callback", {"with_response": "1"}, body)


@pytest.mark.parametrize(
    "body",
    [
        {"type": 2},
        {"type": 5, "data": {"flags": 1 << 15}},
        {"type": 5, "data": {"content": "x"}},
        {"type": 6, "data": {"flags": 64}},
        {"type": 4, "data": {"content": "x" * 2001, **NOBODY}},
        {"type": 4, "data": {**NOBODY}},
        {"type": 7, "data": {"content": "x"}},
        offer(*({"name": f"{n}", "value": "v"} for n in range(26))),
        offer({"name": "n" * 101, "value": "v"}),
        offer({"name": " ", "value": "v"}),
        offer({"name": "n", "value": "v" * 101}),
        offer({"name": "n", "value": ""}),
        offer({"name": "n", "value": "v"}, {"name": "n", "value": "w"}),
        modal(title="t" * 46),
        modal(title=" "),
        modal(custom_id="c" * 101),
        modal(custom_id=""),
        modal(components=[]),
        modal(components=[label(field={"custom_id": f"{n}"}) for n in range(6)]),
        modal(components=[button()]),
        modal(components=[label(), label()]),
        modal(components=[label(label="l" * 46)]),
        modal(components=[label(label="")]),
        modal(components=[label(description="d" * 101)]),
        modal(components=[label(field={"placeholder": "p" * 101})]),
        modal(components=[label(field={"value": "v" * 4001})]),
        modal(components=[label(field={"max_length": 4001})]),
        modal(components=[label(field={"min_length": 5, "max_length": 4})]),
    ],
)
def test_a_response_over_a_limit_is_broken(body: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        BY_HAND.check("POST", "/interactions/1/token/callback", body=body)


def command(**changes: Any) -> dict[str, Any]:
    return {"type": 1, "name": "ask", "description": "Ask.", "options": [], **changes}


def option(**changes: Any) -> dict[str, Any]:
    return {"type": 3, "name": "question", "description": "What?", **changes}


def long(number: int) -> list[dict[str, Any]]:
    """Options of 132 characters each."""
    return [option(name=f"{n:032}", description="d" * 100) for n in range(number)]


@pytest.mark.parametrize(
    "commands",
    [
        [],
        [command(name="a" * 32, description="d" * 100)],
        [command(options=[option(required=True), option(name="more")])],
        [command(options=[option(choices=[{"name": f"{n}", "value": "v" * 100} for n in range(25)])])],
        [{"type": 3, "name": "Ask the article about this", "description": ""}],
        [command(options=long(25), description_localizations={"fr": "d" * 100})],
        [command(options=[{**option(type=2), "options": [{**option(type=1), "options": [option()]}]}])],
    ],
)
def test_commands_at_a_limit_are_within_it(commands: list[dict[str, Any]]) -> None:
    contract().check("PUT", "/applications/1/commands", body=commands)


@pytest.mark.parametrize(
    "commands",
    [
        [command(name="Ask")],
        [command(name="a" * 33)],
        [command(name="ask me")],
        [command(name_localizations={"fr": "Demander"})],
        [command(description="")],
        [command(description="d" * 101)],
        [command(description_localizations={"fr": "d" * 101})],
        [command(options=[option(name=f"{n}") for n in range(26)])],
        [command(options=[option(), option()])],
        [command(options=[option(description="d" * 101)])],
        [command(options=[option(name="Question")])],
        [command(options=[option(), option(name="more", required=True)])],
        [command(options=[option(choices=[{"name": f"{n}", "value": "v"} for n in range(26)])])],
        [command(options=[option(choices=[{"name": "n" * 101, "value": "v"}])])],
        [command(options=[option(choices=[{"name": "n", "value": "v" * 101}])])],
        [command(options=[option(choices=[{"name": "n", "value": "v"}], autocomplete=True)])],
        [command(options=[option(), {**option(type=1, name="sub")}])],
        [command(options=[option(type=1, required=True)])],
        [command(options=[{**option(type=2), "options": [{**option(type=2), "options": []}]}])],
        [
            command(
                options=[
                    *long(25)[:20],
                    *(
                        option(name=f"c{n}", choices=[{"name": f"{m:0100}", "value": "v" * 100} for m in range(25)])
                        for n in range(5)
                    ),
                ]
            )
        ],
        [command(), command()],
        [command(name=f"a{n}") for n in range(101)],
        [{"type": 3, "name": f"Ask {n}", "description": ""} for n in range(16)],
        [{"type": 3, "name": "A" * 33, "description": ""}],
        [{"type": 3, "name": "Ask", "description": "no"}],
    ],
)
def test_commands_over_a_limit_are_broken(commands: list[dict[str, Any]]) -> None:
    with pytest.raises(Broken):
        BY_HAND.check("PUT", "/applications/1/commands", body=commands)


def test_of_a_text_s_translations_the_longest_counts_towards_a_command_s_size() -> None:
    choices = [{"name": f"{n:0100}", "value": "v" * 100} for n in range(25)]  # 5,000 characters
    most = 8000 - len("ask" + "Ask." + "a" + "What?" + "b" + "What?") - 5000
    listed = [{"name": f"{n:0100}", "value": ""} for n in range(25)]
    whole = [command(options=[option(name="a", choices=choices), option(name="b", choices=listed)])]
    rest = most - 2500
    for i, entry in enumerate(listed):
        entry["value"] = "v" * (rest // 25 + (i < rest % 25))
    within_limits("PUT", "/applications/1/commands", whole)
    whole[0]["description_localizations"] = {"fr": "Ask?", "de": "Ask.."}
    with pytest.raises(Broken, match="8001 characters"):
        within_limits("PUT", "/applications/1/commands", whole)


# With the OpenAPI file


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/users/@me", {}, None),
        ("DELETE", "/channels/1/messages/2", {}, None),
        ("GET", "/gateway/bot", {}, None),
        ("GET", "/webhooks/1/token/messages/@original", {}, None),
        ("POST", "/webhooks/1/token", {"wait": "true"}, {"content": "x", **NOBODY}),
        ("POST", "/channels/1/messages", {}, {"content": "x", "message_reference": {"message_id": 5, "channel_id": 6}, **NOBODY}),
    ],
)
def test_what_is_documented_passes(method: str, path: str, query: dict[str, Any], body: Any) -> None:
    openapi()
    known = contract().check(method, path, query, body)
    assert known.split()[0] == method


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/users/@you/x", {}, None),
        ("PUT", "/users/@me", {}, None),
        ("GET", "/channels/general/messages", {}, None),
        ("GET", "/channels/1/messages", {"since": "5"}, None),
        ("GET", "/channels/1/messages", {"limit": "many"}, None),
        ("POST", "/webhooks/1/token", {"wait": "maybe"}, {"content": "x", **NOBODY}),
        ("DELETE", "/channels/1/messages/2", {}, {"content": "x"}),
        ("POST", "/users/@me/channels", {}, None),
    ],
)
def test_what_is_not_documented_is_broken(method: str, path: str, query: dict[str, Any], body: Any) -> None:
    openapi()
    with pytest.raises(Broken):
        contract().check(method, path, query, body)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/channels/1/messages", {"content": "x", "tts": "no", **NOBODY}),
        ("/channels/1/messages", {"content": "x", "embeds": {}, **NOBODY}),
        ("/interactions/1/token/callback", {"type": 4, "data": {"content": "x", "flags": "64", **NOBODY}}),
    ],
)
def test_a_body_that_breaks_a_documented_form_fails(path: str, body: dict[str, Any]) -> None:
    openapi()
    with pytest.raises((jsonschema.ValidationError, TypeError)):
        contract().check("POST", path, {}, body)
