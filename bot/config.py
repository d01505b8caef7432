"""config.yaml -> frozen Settings, and the program's folders. Unknown keys are faults; secrets come from the environment, or from files
that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path, user_state_path

from bot.errors import Fault, FileFaults
from bot.store.address import ENV_DATABASE, State, database_in
from bot.store.values import MAX_COOLDOWN
from bot.text.strict_yaml import Mapping as Keys
from bot.text.strict_yaml import read_mapping

ENV_CONFIG = "VERBATIM_CONFIG"
ENV_TOKEN = "DISCORD_TOKEN"
SECRETS = (ENV_TOKEN, "DATABASE_URL", "VERBATIM_HASH_SECRET")  # variables of which a file may give the value
FILE_SUFFIX = "_FILE"  # of the variable that names such a file, as in the images of Docker's library
MOST_SECRET = 10_000  # bytes; what is longer is a wrong file
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
READER = ("on", "off")
MAX_SHARDS = 1000
LEAVE_WITHIN = 9.0  # seconds; Docker kills after 10
MAX_LEAVE_WITHIN = 600.0
HOW_TO_NAME_A_STATE = "write a folder, or postgresql://USER@HOST:PORT/DATABASE."
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
    `state` is the folder or the database for what must outlive a restart, None where it names none (see `state_in`). With `reader` the neural reader judges the passages; without it nothing
    of it is loaded. `listen` asks Discord for the text of messages that do not mention the bot, and `watch` has changed packs
    read anew. `cooldown` is in seconds, and holds where administrators set no other. `shards` is the number of gateway
    connections, None for as many as Discord advises; `shard_ids` are those of this process, None where it takes its share.
    `leave_within` is in seconds, from the signal to stop to the end. All requests go through a `proxy` where one is named. On `http`
    health and metrics are answered, nowhere where it is None.
    """

    pack: Path
    state: State | None = None
    log_level: str = "info"
    log_format: str = "text"
    reader: bool = True
    listen: bool = False
    other_packs: tuple[Path, ...] = ()
    watch: bool = True
    cooldown: float = 0.0
    shards: int | None = None
    shard_ids: tuple[int, ...] | None = None
    leave_within: float = LEAVE_WITHIN
    proxy: str | None = None
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


def with_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with what stands in the files that `DISCORD_TOKEN_FILE` and the like name, without white space around it:
    the environment of a process can be read by others of its user, is passed on to what it starts, and is shown by `docker inspect`.
    Raises FileFaults, which never tell what stands in a file."""
    found, faults = dict(environ), []
    for name in SECRETS:
        variable = f"{name}{FILE_SUFFIX}"
        if not (path := environ.get(variable)):
            continue
        try:
            found[name] = _secret(Path(path))
        except OSError as error:
            what = f"{path} cannot be read ({error.strerror})."
            faults.append(Fault(variable, 0, what, "check the path, and that the user of this process may read it."))
        except ValueError as error:
            faults.append(Fault(variable, 0, f"{path} {error}.", f"put nothing but the value of {name} into it, as text."))
        if environ.get(name):
            faults.append(Fault(variable, 0, f"{name} is set too.", "unset one of the two."))
    if faults:
        raise FileFaults(faults)
    return found


def _secret(path: Path) -> str:
    """What stands in a file. Raises OSError; and ValueError, which says what is wrong with it."""
    with path.open("rb") as file:
        data = file.read(MOST_SECRET + 1)
    if len(data) > MOST_SECRET:
        raise ValueError(f"is larger than {MOST_SECRET:,} bytes")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    if not text:
        raise ValueError("is empty")
    return text


def load(path: Path) -> Settings:
    """Read the settings; paths in the file are relative to it. Raises FileFaults with every fault."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, str(path))
    if top is None:
        raise FileFaults(faults)
    pack = top.text("pack", required=True)
    named = top.text("state")
    level = _one_of(top, "log_level", LOG_LEVELS, default="info")
    log_format = _one_of(top, "log_format", LOG_FORMATS, default="text")
    http = _address(top, "http")
    reader = _one_of(top, "reader", READER, default="on")
    listen = top.truth("listen")
    others = top.texts("other_packs")
    watch = not top.has("watch") or top.truth("watch")
    cooldown = _number(top, "cooldown", 0, MAX_COOLDOWN) or 0.0
    shards = _number(top, "shards", 1, MAX_SHARDS) if top.term("shards", default="auto") != "auto" else None
    shard_ids = None
    if own := top.term("shard_ids"):
        try:
            shard_ids = shard_range(own, int(shards) if shards else None)
        except ValueError as error:
            top.fault(top.line_of("shard_ids"), f"shard_ids cannot be {own!r}.", str(error))
    leave_within = _number(top, "leave_within", 3, MAX_LEAVE_WITHIN) or LEAVE_WITHIN
    proxy = top.text("proxy")
    if proxy and not re.fullmatch(r"https?://[^\s/@]+/?", proxy):
        top.fault(
            top.line_of("proxy"), "proxy is not the address of an HTTP proxy.", 'write "http://HOST:PORT", without a password.'
        )
    if top.has("token"):
        top.fault(
            top.line_of("token"),
            "a token does not belong in a file.",
            f"remove it, reset it in the Developer Portal if the file was shared, and set {ENV_TOKEN}.",
        )
    database = None
    try:
        database = database_in(named)
    except ValueError:
        # Without the value, in which a password may stand.
        top.fault(top.line_of("state"), "state is an address of another kind.", HOW_TO_NAME_A_STATE)
    base = path.resolve().parent
    main_pack = _relative(top, top.line_of("pack"), base, pack)
    folder = _relative(top, top.line_of("state"), base, named) if named and not database else None
    other_packs = tuple(_relative(top, other.line, base, other.value) for other in others)
    top.close()
    if faults:
        raise FileFaults(faults)
    return Settings(
        pack=main_pack,
        state=database or folder,
        log_level=level,
        log_format=log_format,
        reader=reader == "on",
        listen=listen,
        other_packs=other_packs,
        watch=watch,
        cooldown=cooldown,
        shards=int(shards) if shards else None,
        shard_ids=shard_ids,
        leave_within=leave_within,
        proxy=proxy or None,
        http=http,
    )


def shard_range(text: str, shards: int | None) -> tuple[int, ...]:
    """The shards that a text such as 0-15 or 0,4,8-11 names, of so many. Raises ValueError, which says what to write."""
    if shards is None:
        raise ValueError('set shards to how many there are in all, such as "16": which are fixed depends on that.')
    named: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"\s*([0-9]{1,9})(?:\s*-\s*([0-9]{1,9}))?\s*", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if not first <= last < shards:
            raise ValueError(f'write numbers from 0 to {shards - 1}, such as "0-{shards - 1}" or "0,{shards - 1}".')
        named.update(range(first, last + 1))
    return tuple(sorted(named))


def state_in(settings: Settings, environ: Mapping[str, str]) -> State:
    """Where the state is: what the settings name, then DATABASE_URL, then the user's folder. Raises FileFaults for an address that
    cannot be one."""
    if settings.state is not None:
        return settings.state
    url = environ.get(ENV_DATABASE, "").strip()
    database = None
    with suppress(ValueError):
        database = database_in(url)
    if url and database is None:
        fix = "write postgresql://USER@HOST:PORT/DATABASE, or name a folder as `state` in config.yaml."
        raise FileFaults([Fault(ENV_DATABASE, 0, "is not the address of a PostgreSQL database.", fix)])
    return database or state_folder()


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


def _relative(top: Keys, line: int, base: Path, value: str) -> Path:
    """The path that a value names, from `base` on; a fault where it leads nowhere."""
    try:
        return (base / Path(value).expanduser()).resolve()
    except (RuntimeError, ValueError):  # the ~ of somebody without a folder, a link to itself; what no path can hold
        top.fault(line, f"{value!r} leads nowhere.", "correct the path; a ~ or a link in it has to lead to a folder.")
        return base
