"""YAML read strictly, with the line of everything that is wrong.

PyYAML's loaders read `yes` as True, `1:30` as 90, and let the second of two equal keys win silently. Here nothing is converted: a
scalar is the text that stands there, duplicate and unknown keys are faults, a value that YAML would take for a number, a date or a
truth value must be quoted where text is meant, and every fault is collected instead of stopping at the first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.errors import Fault

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_TRUTH_TAG = "tag:yaml.org,2002:bool"


class Text(NamedTuple):
    """A scalar with the line it stands on."""

    value: str
    line: int


class Mapping:
    """A YAML mapping whose keys are asked for one by one; `close` reports those that nobody asked for."""

    def __init__(self, node: yaml.MappingNode, faults: list[Fault], file: str) -> None:
        self.line = node.start_mark.line + 1
        self._faults, self._file = faults, file
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        for key, value in node.value:
            name = str(getattr(key, "value", key))
            line = key.start_mark.line + 1
            if name in self._nodes:
                self.fault(line, f"the key {name!r} stands here twice.", "keep one of the two.")
            self._nodes[name], self._lines[name] = value, line

    def fault(self, line: int, what: str, fix: str = "") -> None:
        self._faults.append(Fault(self._file, line, what, fix))

    def all_keys(self) -> Iterable[str]:
        """Every key, in order; none of them counts as unknown."""
        self._asked.update(self._nodes)
        return list(self._nodes)

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._nodes

    def line_of(self, key: str) -> int:
        """Of the key, or of the mapping where it is absent."""
        return self._lines.get(key, self.line)

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """The text under `key`; `default` where it is absent (a fault if `required`)."""
        node = self._node(key, required)
        if node is None:
            return default
        found = _scalar(node, self._faults, self._file)
        if found and required and not found.value.strip():
            self.fault(found.line, f"{key!r} is empty.", "write its text, or remove the key.")
        return found.value if found else default

    def truth(self, key: str) -> bool:
        """What `true` or `false` stands under `key`, without quotation marks; false where it is absent."""
        node = self._node(key, False)
        if node is None:
            return False
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TRUTH_TAG or node.value not in ("true", "false"):
            self.fault(node.start_mark.line + 1, f"{key!r} is neither true nor false.", f"write `{key}: true` or `{key}: false`.")
            return False
        return bool(node.value == "true")

    def number(self, key: str) -> float:
        """The number that stands under `key` in quotes, which must be there and finite."""
        text = self.text(key, required=True)
        try:
            value = float(text) if text else 0.0
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fault(self.line_of(key), f"{key!r} cannot be {text!r}.", 'write a number in quotes, such as "0.5".')
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[Text, ...]:
        """The list of texts under `key`; a single text counts as a list of one."""
        node = self._node(key, required)
        if node is None:
            return ()
        items: Sequence[yaml.Node] = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if required and not items:
            self.fault(node.start_mark.line + 1, f"{key!r} is an empty list.", "give it at least one item.")
        return tuple(t for t in (_scalar(n, self._faults, self._file) for n in items) if t)

    def rows(self, key: str, *, required: bool = False) -> tuple[tuple[Text, ...], ...]:
        """The list of lists of texts under `key`."""
        node = self._node(key, required)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(n, yaml.SequenceNode) for n in node.value):
            self.fault(node.start_mark.line + 1, f"{key!r} must hold a list of lists.", "write each as `- [one, other]`.")
            return ()
        return tuple(tuple(t for t in (_scalar(n, self._faults, self._file) for n in row.value) if t) for row in node.value)

    def mapping(self, key: str, *, required: bool = False) -> Mapping | None:
        node = self._node(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.fault(node.start_mark.line + 1, f"{key!r} must hold keys and values.", "indent `key: value` lines below it.")
            return None
        return Mapping(node, self._faults, self._file)

    def close(self) -> None:
        for name in self._nodes.keys() - self._asked:
            known = ", ".join(sorted(self._asked))
            self.fault(self.line_of(name), f"unknown key {name!r}.", f"the keys known here are {known}.")

    def _node(self, key: str, required: bool) -> yaml.Node | None:
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None and required:
            self.fault(self.line, f"the key {key!r} is missing.", f"add `{key}: ...`.")
        return node


def read_mapping(path: Path, faults: list[Fault], shown: str) -> Mapping | None:
    """The file's one top-level mapping, or None with a fault."""
    node = _compose(path, faults, shown)
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.append(Fault(shown, 1, "this file must hold keys and values.", "write `key: value` lines."))
        return None
    return Mapping(node, faults, shown)


def read_records(path: Path, faults: list[Fault], shown: str) -> list[Mapping]:
    """The file's top-level list of mappings (`- id: ...`); what is not one is a fault."""
    node = _compose(path, faults, shown)
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        faults.append(Fault(shown, 1, "this file must hold a list.", "begin each record with `- id: ...`."))
        return []
    records = []
    for item in node.value:
        if isinstance(item, yaml.MappingNode):
            records.append(Mapping(item, faults, shown))
        else:
            faults.append(
                Fault(
                    shown, item.start_mark.line + 1, "a list item here must hold keys and values.", "begin it with `- id: ...`."
                )
            )
    return records


def _compose(path: Path, faults: list[Fault], shown: str) -> yaml.Node | None:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        faults.append(Fault(shown, 0, "this file is missing.", "create it, or restore it from version control."))
        return None
    except OSError as error:
        faults.append(Fault(shown, 0, f"cannot be read ({error.strerror}).", "check the path and its permissions."))
        return None
    except UnicodeDecodeError as error:
        faults.append(Fault(shown, 0, f"is not UTF-8: byte {error.start} cannot be read.", "save the file as UTF-8."))
        return None
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        faults.append(
            Fault(
                shown,
                mark.line + 1 if mark else 0,
                f"is not valid YAML: {problem}.",
                "check indentation, and quote texts that hold `: ` or begin with a special character.",
            )
        )
        return None
    if node is None:
        faults.append(Fault(shown, 0, "this file is empty.", "write its records, or remove it."))
    return node


def _scalar(node: yaml.Node, faults: list[Fault], file: str) -> Text | None:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        faults.append(
            Fault(file, line, "a text is wanted here, not a list or keys and values.", "write one text, in double quotes.")
        )
        return None
    if node.tag != _TEXT_TAG:
        kind = node.tag.rpartition(":")[2]
        faults.append(
            Fault(file, line, f"YAML reads {node.value!r} as {kind}, not as text.", f'put it in double quotes: "{node.value}".')
        )
        return None
    return Text(node.value, line)
