"""What Discord takes: its own OpenAPI file (https://github.com/discord/discord-api-spec, no part of this project), and by hand
the limits that the file leaves out.

The file is looked for at $VERBATIM_DISCORD_OPENAPI, or beside the project. Without it the limits by hand are checked all the
same. Limits: https://docs.discord.com/developers/resources/message, .../components/reference,
.../interactions/application-commands, .../interactions/receiving-and-responding.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EPHEMERAL, COMPONENTS_V2 = 1 << 6, 1 << 15
SETTABLE = 1 << 2 | EPHEMERAL | 1 << 12 | COMPONENTS_V2  # the flags of a message that a bot may set
SELECTS = (3, 5, 6, 7, 8)  # types of components
ROW, TEXT_DISPLAY, LABEL = 1, 10, 18
LINK, PREMIUM = 5, 6  # styles of buttons

_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


class Broken(AssertionError):
    """A request that Discord would refuse, or that this bot must never make."""


class Contract:
    """Checks whole requests. Without a document only the limits by hand count."""

    def __init__(self, document: Path | None) -> None:
        self._document = json.loads(document.read_text(encoding="utf-8")) if document else None
        self._validators: dict[str, Any] = {}
        self._passed: set[tuple[str, str]] = set()

    def check(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> str:
        """Returns the method and the documented path (the path as it is where there is no document); raises Broken or
        jsonschema.ValidationError.

        `path` is without the API's base; `body` is the JSON body, also where it came as the part payload_json of a multipart
        body.
        """
        within_limits(method, path, body)
        if self._document is None:
            return f"{method} {path}"
        template, operation = self._operation(method, path)
        self._check_query(template, operation, query or {})
        known = f"{method} {template}"
        required = operation.get("requestBody")
        if (body is not None) != (required is not None):
            raise Broken(f"{known} {'takes no' if required is None else 'needs a'} body")
        if body is not None:
            body = _as_text_ids(body)
            passed = (known, json.dumps(_without_ids(body), sort_keys=True))
            if passed not in self._passed:
                self._validator(known, operation).validate(body)
                self._passed.add(passed)
        return known

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        assert self._document is not None
        found = sorted((t for t in self._document["paths"] if _matches(t, path)), key=lambda t: t.count("{"))
        for template in found:
            item = self._document["paths"][template]
            if method.lower() in item:
                return template, {**item[method.lower()], "shared": item.get("parameters", [])}
        raise Broken(f"{method} {path} is not documented")

    def _check_query(self, template: str, operation: Mapping[str, Any], query: Mapping[str, Any]) -> None:
        documented = {p["name"]: p for p in (*operation.get("parameters", ()), *operation["shared"]) if p["in"] == "query"}
        for name, value in query.items():
            if name not in documented:
                raise Broken(f"{template} has no query parameter {name}")
            kind, text = documented[name].get("schema", {}).get("type"), str(value).lower()
            if (kind == "boolean" and text not in ("true", "false", "1", "0")) or (kind == "integer" and not text.isdigit()):
                raise Broken(f"{template}: {name}={value} is no {kind}")
        for name, parameter in documented.items():
            if parameter.get("required") and name not in query:
                raise Broken(f"{template} needs the query parameter {name}")

    def _validator(self, known: str, operation: Mapping[str, Any]) -> Any:
        assert self._document is not None
        if known not in self._validators:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            whole = {**schema, "components": self._document["components"]}
            self._validators[known] = jsonschema.Draft202012Validator(whole)
        return self._validators[known]


def openapi() -> Path:
    """Discord's OpenAPI file; skips the test where there is none."""
    path = _openapi()
    if not path.is_file():
        pytest.skip(f"Discord's OpenAPI file is not at {path}; set VERBATIM_DISCORD_OPENAPI")
    return path


@lru_cache(maxsize=1)
def contract() -> Contract:
    """The contract, with the OpenAPI file where that is at hand."""
    return Contract(_openapi() if _openapi().is_file() else None)


def _openapi() -> Path:
    return Path(os.environ.get("VERBATIM_DISCORD_OPENAPI") or ROOT.parent / "shared" / "discord" / "openapi.json")


def _matches(template: str, path: str) -> bool:
    ours, theirs = path.split("/"), template.split("/")
    return len(ours) == len(theirs) and all(_fits(t, o) for t, o in zip(theirs, ours, strict=True))


def _fits(expected: str, part: str) -> bool:
    if not expected.startswith("{"):
        return expected == part
    return part.isdigit() if expected.endswith("_id}") else bool(part)


def _as_text_ids(body: Any) -> Any:
    """discord.py writes the ids of a reference and of attachments as numbers, which Discord takes though it documents texts."""
    if not isinstance(body, dict):
        return body
    changed = {key: _as_text_ids(value) for key, value in body.items()}
    if reference := body.get("message_reference"):
        changed["message_reference"] = {k: str(v) if k.endswith("_id") else v for k, v in reference.items()}
    if attachments := body.get("attachments"):
        changed["attachments"] = [{**a, "id": str(a["id"])} for a in attachments]
    return changed


def _without_ids(body: Any) -> Any:
    """What differs from message to message of one form, left out: so that the same form is looked at once."""
    if not isinstance(body, dict):
        return body
    kept = {k: v for k, v in body.items() if k != "nonce"}
    return {**kept, "message_reference": sorted(kept["message_reference"])} if "message_reference" in kept else kept


# By hand


def within_limits(method: str, path: str, body: Any) -> None:
    """Raises Broken where a body is over a limit that the OpenAPI file leaves out."""
    parts = path.strip("/").split("/")
    match [method, *parts]:
        case ["POST", "channels", _, "messages"]:
            _message(body, new=True)
            if body.get("flags", 0) & EPHEMERAL:
                raise Broken("a message in a channel cannot be ephemeral")
        case ["PATCH", "channels", _, "messages", _] | ["PATCH", "webhooks", _, _, "messages", _]:
            _message(body, new=False)
        case ["POST", "webhooks", _, _]:
            _message(body, new=True)
        case ["POST", "interactions", _, _, "callback"]:
            _response(body)
        case ["PUT", "applications", _, "commands"] | ["PUT", "applications", _, "guilds", _, "commands"]:
            _commands(body)


def _at_most(what: str, value: Any, most: int, least: int = 0) -> None:
    size = len(value)
    if not least <= size <= most:
        raise Broken(f"{what}: {size}, allowed are {least} to {most}")


def _worded(what: str, value: Any, most: int) -> None:
    """A text that must say something: Discord strips it before it counts."""
    if not isinstance(value, str):
        raise Broken(f"{what} is no text: {value!r}")
    _at_most(what, value.strip(), most, 1)
    _at_most(what, value, most)


def _distinct(what: str, values: Iterable[Any]) -> None:
    found = list(values)
    if len(found) != len(set(found)):
        raise Broken(f"{what} twice: {sorted(map(str, found))}")


def _address(what: str, value: str, most: int = 2048) -> None:
    _at_most(what, value, most, 1)
    if not re.match(r"(https?|discord)://[^\s/]", value):
        raise Broken(f"{what} is no web address: {value}")


def _response(body: Mapping[str, Any]) -> None:
    kind, data = body["type"], body.get("data") or {}
    match kind:
        case 4 | 7:  # a message, or the one pressed changed
            _message(data, new=kind == 4)
        case 5:  # a message later
            if set(data) - {"flags"} or data.get("flags", 0) & ~EPHEMERAL:
                raise Broken(f"a deferral may only say that it is ephemeral, not {data}")
        case 6:  # a change later, or none
            if data:
                raise Broken("a deferred update says nothing")
        case 8:  # what autocompletion offers
            _at_most("choices", data["choices"], 25)
            _choices(data["choices"])
        case 9:  # a window
            _modal(data)
        case _:
            raise Broken(f"a response of type {kind}")


def _message(body: Mapping[str, Any], *, new: bool) -> None:
    content, embeds, components = body.get("content") or "", body.get("embeds") or [], body.get("components") or []
    flags = body.get("flags") or 0
    _at_most("content", content, 2000)
    _at_most("nonce", str(body.get("nonce") or ""), 25)
    if flags & ~SETTABLE:
        raise Broken(f"flags that a bot may not set: {flags & ~SETTABLE}")
    says = [content.strip(), embeds, components, body.get("attachments"), body.get("sticker_ids"), body.get("poll")]
    if (new or "content" in body) and not any(says):
        raise Broken("a message of nothing")
    _mentions_nobody(body, needed=new or bool(content))
    _embeds(embeds)
    _at_most("attachments", body.get("attachments") or [], 10)
    for attachment in body.get("attachments") or []:
        _at_most("an attachment's description", attachment.get("description") or "", 1024)
    if flags & COMPONENTS_V2:
        if content or embeds or body.get("poll") or body.get("sticker_ids"):
            raise Broken("Components V2 together with content, embeds, a poll or stickers")
    else:
        _at_most("rows", components, 5)
        if any(c["type"] != ROW for c in components):
            raise Broken("components that need the flag of Components V2")
    _components(components)


def _mentions_nobody(body: Mapping[str, Any], *, needed: bool) -> None:
    """Not Discord's rule but this project's: whatever a text says, it pings nobody."""
    allowed = body.get("allowed_mentions")
    if allowed is None and not needed:
        return
    if allowed is None or allowed.get("parse") != [] or allowed.get("users") or allowed.get("roles"):
        raise Broken(f"mentions are not switched off: {allowed}")


def _embeds(embeds: Sequence[Mapping[str, Any]]) -> None:
    _at_most("embeds", embeds, 10)
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or []
        _at_most("an embed's fields", fields, 25)
        for field in fields:
            _worded("a field's name", field.get("name"), 256)
            _worded("a field's value", field.get("value"), 1024)
        texts = [
            ("title", embed.get("title") or "", 256),
            ("description", embed.get("description") or "", 4096),
            ("footer", (embed.get("footer") or {}).get("text") or "", 2048),
            ("author", (embed.get("author") or {}).get("name") or "", 256),
        ]
        for what, text, most in texts:
            _at_most(f"an embed's {what}", text, most)
        if embed.get("url"):
            _address("an embed's address", embed["url"])
        size = sum(len(text) for _, text, _ in texts) + sum(len(f["name"]) + len(f["value"]) for f in fields)
        if not size and not embed.get("image") and not embed.get("thumbnail"):
            raise Broken("an embed of nothing")
        total += size
    if total > 6000:
        raise Broken(f"embeds: {total} characters in all, allowed are 6000")


def _nested(components: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _nested(component.get("components") or ())
        yield from _nested([component[key] for key in ("accessory", "component") if component.get(key)])


def _components(components: Sequence[Mapping[str, Any]]) -> None:
    every = list(_nested(components))
    _at_most("components with those inside others", every, 40)
    _distinct("a custom_id", [c["custom_id"] for c in every if "custom_id" in c])
    shown = sum(len(c["content"]) for c in every if c["type"] == TEXT_DISPLAY)
    if shown > 4000:
        raise Broken(f"text displays: {shown} characters in all, allowed are 4000")
    for component in every:
        _component(component)


def _component(component: Mapping[str, Any]) -> None:
    if "custom_id" in component:
        _at_most("custom_id", component["custom_id"], 100, 1)
    match component["type"]:
        case 1:  # a row
            inside = component["components"]
            lists = sum(c["type"] in SELECTS for c in inside)
            _at_most("a row", inside, 1 if lists else 5, 1)
        case 2:  # a button
            _button(component)
        case 3:  # a list of texts
            _options(component)
        case 4:  # a text input
            _at_most("an input's placeholder", component.get("placeholder") or "", 100)
            _at_most("an input's value", component.get("value") or "", 4000)
            if not 0 <= (component.get("min_length") or 0) <= (component.get("max_length") or 4000) <= 4000:
                raise Broken("an input's least and greatest length")
        case 9:  # a section
            _at_most("a section's texts", component["components"], 3, 1)
            if not component.get("accessory"):
                raise Broken("a section without an accessory")
        case 10:  # a text display
            _worded("a text display", component["content"], 4000)
        case 12:  # a gallery
            _at_most("a gallery", component["items"], 10, 1)
        case 18:  # a label
            _worded("a label", component["label"], 45)
            _at_most("a label's description", component.get("description") or "", 100)


def _button(button: Mapping[str, Any]) -> None:
    style, label = button["style"], button.get("label")
    if label is not None:
        _worded("a button's label", label, 80)
    elif not button.get("emoji") and style != PREMIUM:
        raise Broken("a button with neither label nor emoji")
    if style == LINK:
        _address("a button's address", button.get("url") or "", 512)
    if (style == LINK) == ("custom_id" in button) and style != PREMIUM:
        raise Broken("a button has either a custom_id or an address")


def _options(listed: Mapping[str, Any]) -> None:
    options = listed["options"]
    _at_most("options", options, 25, 1)
    _at_most("a list's placeholder", listed.get("placeholder") or "", 150)
    for option in options:
        _worded("an option's label", option["label"], 100)
        _worded("an option's value", option["value"], 100)
        _at_most("an option's description", option.get("description") or "", 100)
    _distinct("an option's value", [o["value"] for o in options])
    least, most = listed.get("min_values", 1), listed.get("max_values", 1)
    if not 0 <= least <= most <= len(options):
        raise Broken(f"choose {least} to {most} of {len(options)}")


def _modal(modal: Mapping[str, Any]) -> None:
    _worded("a window's title", modal["title"], 45)
    _at_most("a window's custom_id", modal["custom_id"], 100, 1)
    _at_most("a window's parts", modal["components"], 5, 1)
    if any(c["type"] not in (ROW, TEXT_DISPLAY, LABEL) for c in modal["components"]):
        raise Broken("a window's parts are rows, labels and texts")
    _components(modal["components"])


def _choices(choices: Sequence[Mapping[str, Any]]) -> None:
    for choice in choices:
        for name in (choice["name"], *(choice.get("name_localizations") or {}).values()):
            _worded("a choice's name", name, 100)
        if isinstance(choice["value"], str):
            _at_most("a choice's value", choice["value"], 100, 1)
    _distinct("a choice's name", [c["name"] for c in choices])


def _commands(commands: Sequence[Mapping[str, Any]]) -> None:
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        _at_most(f"commands of type {kind}", [c for c in commands if c.get("type", 1) == kind], most)
    _distinct("a command", [(c.get("type", 1), c["name"]) for c in commands])
    for command in commands:
        if command.get("type", 1) == 1:
            _command(command, depth=0)
        else:
            for name in (command["name"], *(command.get("name_localizations") or {}).values()):
                _worded("a menu's name", name, 32)
            if command.get("description"):
                raise Broken("a menu has no description")
        size = _size(command)
        if size > 8000:
            raise Broken(f"command {command['name']}: {size} characters in all, allowed are 8000")


def _command(command: Mapping[str, Any], depth: int) -> None:
    """A command, or an option of one: subcommands (type 1) and groups of them (2) are options too."""
    for name in (command["name"], *(command.get("name_localizations") or {}).values()):
        if not _COMMAND_NAME.fullmatch(name) or name != name.lower():
            raise Broken(f"the name {name!r}")
    for text in (command["description"], *(command.get("description_localizations") or {}).values()):
        _worded(f"the description of {command['name']}", text, 100)
    options = command.get("options") or []
    _at_most(f"the options of {command['name']}", options, 25)
    _distinct(f"an option of {command['name']}", [o["name"] for o in options])
    _at_most(f"the choices of {command['name']}", command.get("choices") or [], 25)
    _choices(command.get("choices") or [])
    if command.get("choices") and command.get("autocomplete"):
        raise Broken(f"{command['name']} has both choices and autocompletion")
    deeper = {o["type"] in (1, 2) for o in options}
    if len(deeper) > 1:
        raise Broken(f"{command['name']} mixes subcommands and options")
    required = [bool(o.get("required")) for o in options]
    if required != sorted(required, reverse=True):
        raise Broken(f"{command['name']}: a required option after an optional one")
    for option in options:
        if option["type"] in (1, 2) and option.get("required"):
            raise Broken(f"{option['name']}: a subcommand cannot be required")
        if (option["type"] == 2 and depth > 0) or (option["type"] == 1 and depth > 1):
            raise Broken(f"{option['name']}: subcommands within subcommands")
        _command(option, depth + 1)


def _size(item: Mapping[str, Any]) -> int:
    """Name, description and value of a command and of all in it; of a text's translations the longest counts."""

    def longest(key: str) -> int:
        return max(len(text) for text in (item.get(key) or "", *(item.get(f"{key}_localizations") or {}).values()))

    own = longest("name") + longest("description") + len(str(item.get("value", "")))
    return own + sum(_size(inside) for key in ("options", "choices") for inside in item.get(key) or ())
