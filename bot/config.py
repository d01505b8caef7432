"""config.yaml and the environment -> frozen Settings. Unknown keys are faults; the token comes from the environment alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.engine.embedding import Embedder
from bot.errors import Fault, FileFaults
from bot.store.values import MAX_COOLDOWN
from bot.text.strict_yaml import Mapping as Keys
from bot.text.strict_yaml import read_mapping

ENV_CONFIG = "VERBATIM_CONFIG"
ENV_TOKEN = "DISCORD_TOKEN"
LOG_LEVELS = ("debug", "info", "warning", "error")
EMBEDDINGS = ("auto", "on", "off")
MAX_SHARDS = 1000
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Settings:
    """`pack` is the article's folder or text file, `other_packs` those of the articles that can be chosen for a channel, `state` the folder for what must
    outlive a restart. `listen` asks Discord for the text of messages that do not mention the bot; `watch` has changed packs read anew; `cooldown` is in
    seconds, and holds where administrators set no other; `shards` is the number of gateway connections, None for as many as Discord advises. `embeddings` is one of EMBEDDINGS, with the model's file and its SHA-256 where it is not the packaged one."""

    pack: Path
    state: Path
    log_level: str
    embeddings: str = "off"
    embeddings_model: Path | None = None
    embeddings_sha256: str = ""
    listen: bool = False
    other_packs: tuple[Path, ...] = ()
    watch: bool = True
    cooldown: float = 0.0
    shards: int | None = None


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


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings; paths in the file are relative to it. Raises FileFaults with every fault."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, str(path))
    if top is None:
        raise FileFaults(faults)
    pack = top.text("pack", required=True)
    state = top.text("state")
    level = top.text("log_level", default="info")
    if level not in LOG_LEVELS:
        top.fault(top.line_of("log_level"), f"log_level cannot be {level!r}.", f"use one of {', '.join(LOG_LEVELS)}.")
    listen = top.truth("listen")
    others = top.texts("other_packs")
    watch = not top.has("watch") or top.truth("watch")
    cooldown = _number(top, "cooldown", 0, MAX_COOLDOWN) or 0.0
    shards = _number(top, "shards", 1, MAX_SHARDS) if top.text("shards", default="auto") != "auto" else None
    embeddings, model, sha256 = _embeddings(top)
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
        _relative(base, pack),
        _relative(base, state) if state else default_state(environ),
        level,
        embeddings,
        _relative(base, model) if model else None,
        sha256.lower(),
        listen,
        tuple(_relative(base, other.value) for other in others),
        watch,
        cooldown,
        int(shards) if shards else None,
    )


def _number(top: Keys, key: str, least: int, most: float) -> float | None:
    """The whole number under a key; None where it is absent or a fault."""
    text = top.text(key)
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


def embedder(settings: Settings) -> Embedder | None:
    """What the settings say about embeddings, loaded; None where they are off, or `auto` and not installed. Raises FileFaults."""
    if settings.embeddings == "off":
        return None
    return Embedder.load(settings.embeddings_model, settings.embeddings_sha256, required=settings.embeddings == "on")


def _embeddings(top: Keys) -> tuple[str, str, str]:
    mode = top.text("embeddings", default="off")
    if mode not in EMBEDDINGS:
        top.fault(top.line_of("embeddings"), f"embeddings cannot be {mode!r}.", f"use one of {', '.join(EMBEDDINGS)}, in quotes.")
    model, sha256 = top.text("embeddings_model"), top.text("embeddings_sha256")
    if sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        top.fault(
            top.line_of("embeddings_sha256"),
            f"embeddings_sha256 cannot be {sha256!r}.",
            "write the 64 hexadecimal digits that `sha256sum` prints for the model, in quotes.",
        )
    if sha256 and not model:
        top.fault(
            top.line_of("embeddings_sha256"),
            "embeddings_sha256 is of no use without embeddings_model.",
            "name the model's file, or remove the hash: the packaged model has its own.",
        )
    return mode, model, sha256


def default_state(environ: Mapping[str, str]) -> Path:
    """The XDG state folder (https://specifications.freedesktop.org/basedir-spec/)."""
    root = environ.get("XDG_STATE_HOME")
    return (Path(root) if root else Path.home() / ".local" / "state") / "verbatim"


def _relative(base: Path, value: str) -> Path:
    return (base / Path(value).expanduser()).resolve()
