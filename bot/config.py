"""config.yaml -> frozen Settings, and the program's folders. Unknown keys are faults; the token comes from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path, user_state_path

from bot.errors import Fault, FileFaults
from bot.store.values import MAX_COOLDOWN
from bot.text.strict_yaml import Mapping as Keys
from bot.text.strict_yaml import read_mapping

ENV_CONFIG = "VERBATIM_CONFIG"
ENV_TOKEN = "DISCORD_TOKEN"
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
READER = ("on", "off")
MAX_SHARDS = 1000
_NAME = "verbatim"  # of the program's folders
_HERE = Path(__file__).resolve().parent


class Address(NamedTuple):
    """One of this machine's to listen on: an IP address, or localhost, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What config.yaml says.

    `pack` is the article's folder or text file, `other_packs` are those of the articles that can be chosen for a channel, and
    `state` is the folder for what must outlive a restart. With `reader` the neural reader judges the passages; without it nothing
    of it is loaded. `listen` asks Discord for the text of messages that do not mention the bot, and `watch` has changed packs
    read anew. `cooldown` is in seconds, and holds where administrators set no other. `shards` is the number of gateway
    connections, None for as many as Discord advises. On `http` health and metrics are answered, nowhere where it is None.
    """

    pack: Path
    state: Path
    log_level: str = "info"
    log_format: str = "text"
    reader: bool = True
    listen: bool = False
    other_packs: tuple[Path, ...] = ()
    watch: bool = True
    cooldown: float = 0.0
    shards: int | None = None
    http: Address | None = None


def shipped(name: str) -> Path:
    """A file that ships with the project: inside the package where installed from a wheel, beside it in a checkout."""
    inside = _HERE / name
    return inside if inside.exists() else _HERE.parent / name


def find(explicit: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """--config, then VERBATIM_CONFIG, then ./config.yaml, then the shipped default."""
    if explicit:
        return Path(explicit)
    if environ.get(ENV_CONFIG):
        return Path(environ[ENV_CONFIG])
    local = cwd / "config.yaml"
    return local if local.is_file() else shipped("config.yaml")


def load(path: Path) -> Settings:
    """Read the settings; paths in the file are relative to it. Raises FileFaults with every fault."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, str(path))
    if top is None:
        raise FileFaults(faults)
    pack = top.text("pack", required=True)
    state = top.text("state")
    level = _one_of(top, "log_level", LOG_LEVELS, default="info")
    log_format = _one_of(top, "log_format", LOG_FORMATS, default="text")
    http = _address(top, "http")
    reader = _one_of(top, "reader", READER, default="on")
    listen = top.truth("listen")
    others = top.texts("other_packs")
    watch = not top.has("watch") or top.truth("watch")
    cooldown = _number(top, "cooldown", 0, MAX_COOLDOWN) or 0.0
    shards = _number(top, "shards", 1, MAX_SHARDS) if top.term("shards", default="auto") != "auto" else None
    if top.has("token"):
        top.fault(
            top.line_of("token"),
            "a token does not belong in a file.",
            f"remove it, reset it in the Developer Portal if the file was shared, and set {ENV_TOKEN}.",
        )
    top.close()
    if faults:
        raise FileFaults(faults)
    base = path.resolve().parent
    return Settings(
        pack=_relative(base, pack),
        state=_relative(base, state) if state else state_folder(),
        log_level=level,
        log_format=log_format,
        reader=reader == "on",
        listen=listen,
        other_packs=tuple(_relative(base, other.value) for other in others),
        watch=watch,
        cooldown=cooldown,
        shards=int(shards) if shards else None,
        http=http,
    )


def _one_of(top: Keys, key: str, values: tuple[str, ...], *, default: str) -> str:
    """The text under a key, which must be one of the values."""
    text = top.term(key, default=default)
    if text not in values:
        quoted = [f'"{value}"' for value in values]
        top.fault(top.line_of(key), f"{key} cannot be {text!r}.", f"use {', '.join(quoted[:-1])} or {quoted[-1]}.")
    return text


def _number(top: Keys, key: str, least: int, most: float) -> float | None:
    """The whole number under a key; None where it is absent or a fault."""
    text = top.term(key)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        top.fault(
            top.line_of(key),
            f"{key} cannot be {text!r}.",
            f'write a whole number from {least} to {most:.0f} in quotes, such as "{least}".',
        )
        return None
    return float(text)


def _address(top: Keys, key: str) -> Address | None:
    """The address under a key; None where it is absent or a fault."""
    text = top.term(key)
    if not text:
        return None
    found = re.fullmatch(r"(?P<host>localhost|[0-9.]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})", text)
    if found is None or not _is_host(found["host"]) or not 0 < int(found["port"]) < 65536:
        top.fault(
            top.line_of(key),
            f"{key} cannot be {text!r}.",
            'write an address of this machine and a port from 1 to 65535 in quotes, such as "127.0.0.1:8080" or "[::1]:8080".',
        )
        return None
    return Address(found["host"].strip("[]"), int(found["port"]))


def _is_host(text: str) -> bool:
    """Whether it is localhost, an IPv4 address, or an IPv6 address in brackets."""
    try:
        if text.startswith("["):
            IPv6Address(text[1:-1])
        elif text != "localhost":
            IPv4Address(text)
    except ValueError:
        return False
    return True


def state_folder() -> Path:
    """The user's folder for what must outlive a restart, such as ~/.local/state/verbatim."""
    return user_state_path(_NAME, appauthor=False)


def cache_folder() -> Path:
    """The user's folder for what can be made again, such as ~/.cache/verbatim."""
    return user_cache_path(_NAME, appauthor=False)


def _relative(base: Path, value: str) -> Path:
    return (base / Path(value).expanduser()).resolve()
