"""Changes in the text of a YAML file that leave every other character as it is: remarks, order, quotation marks and escapes. Pure.

A library that writes a file anew from what it has read would set other indents, and write `\\u00a0` as the blank that nobody can see.
So a file is only read, for where each key and value stands, and the change is put in there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_BLOCK = ("|", ">")  # styles of a scalar
_DASH = re.compile(r"[ \t]*-[ \t]+")


def quoted(text: str) -> str:
    """A text as YAML has it in double quotes: what cannot be seen is written with its number."""
    return f'"{"".join(map(_character, text))}"'


def term(identifier: str) -> str:
    """An id as YAML has it: as it is, or in double quotes where YAML would not read a text: "null", "2026"."""
    node = yaml.compose(identifier, Loader=_LOADER)
    return identifier if node and node.tag == _TEXT_TAG else quoted(identifier)


def _character(c: str) -> str:
    if c in '"\\':
        return f"\\{c}"
    if c == "\n":
        return "\\n"
    if c.isprintable():
        return c
    return f"\\u{ord(c):04x}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08x}"


class Part:
    """A mapping of the file: a record, the whole, or one inside of them. What is changed in it is done by `Edits.done`."""

    def __init__(self, node: yaml.MappingNode, edits: Edits) -> None:
        self._edits = edits
        self._node = node
        self._pairs = {key.value: (key, value) for key, value in node.value}

    def has(self, key: str) -> bool:
        return key in self._pairs

    def inside(self, key: str) -> Part:
        """The mapping under a key. Raises KeyError where there is none."""
        value = self._pairs[key][1]
        if not isinstance(value, yaml.MappingNode):
            raise KeyError(key)
        return Part(value, self._edits)

    def texts(self, key: str) -> tuple[str, ...]:
        """The text under a key, or those of the list there."""
        node = self._pairs[key][1]
        return tuple(n.value for n in (node.value if isinstance(node, yaml.SequenceNode) else [node]))

    def add(self, key: str, value: str, after: str) -> None:
        """Put a key with its value, as YAML writes it, behind another one."""
        node = self._pairs[after][1]
        if self._node.flow_style:
            self._edits.splice(node.end_mark.index, node.end_mark.index, f", {key}: {value}")
        else:
            indent, space = " " * self._node.start_mark.column, "" if value.startswith(("\r", "\n")) else " "
            self._edits.line_behind(node, f"{indent}{key}:{space}{value}")

    def add_mapping(self, key: str, inner: str, value: str, after: str) -> None:
        """Put a key with a mapping of one key and value behind another one."""
        indent = " " * (self._node.start_mark.column + 2)
        mapping = f"{{{inner}: {value}}}" if self._node.flow_style else f"{self._edits.newline}{indent}{inner}: {value}"
        self.add(key, mapping, after)

    def add_last(self, key: str, value: str) -> None:
        """Put a key with its value at the end."""
        self.add(key, value, after=list(self._pairs)[-1])

    def rename(self, key: str, name: str) -> None:
        """Give a key another name; its value stays."""
        node = self._pairs[key][0]
        self._edits.splice(node.start_mark.index, node.end_mark.index, name)

    def remove(self, key: str) -> None:
        """Take a key out with its value; a remark behind it stays."""
        place = list(self._pairs).index(key)
        (name, node), pairs = self._pairs[key], list(self._pairs.values())
        if self._node.flow_style or (place == 0 and len(pairs) > 1 and self._edits.dash_before(name) is not None):
            start = name.start_mark.index if place == 0 else pairs[place - 1][1].end_mark.index
            end = node.end_mark.index
            if place == 0 and len(pairs) > 1 and self._edits.is_bare(end, pairs[1][0].start_mark.index, ","):
                end = pairs[1][0].start_mark.index  # what follows it moves up
            self._edits.splice(start, end, "")
        else:
            self._edits.cut(name, node)

    def put(self, key: str, value: str, remark: str = "") -> None:
        """Put another value, as YAML writes it, in the place of one; and a remark on a line before its key."""
        name, node = self._pairs[key]
        block = isinstance(node, yaml.ScalarNode) and node.style in _BLOCK
        if isinstance(node, yaml.SequenceNode) and not node.flow_style:  # which ends where something else begins
            self._edits.splice(name.end_mark.index, node.value[-1].end_mark.index, f": {value}")
        else:
            self._edits.splice(node.start_mark.index, node.end_mark.index, value + self._edits.newline * block)
        self._remark(name, remark)

    def drop(self, key: str, gone: Iterable[str], remark: str) -> None:
        """Take texts out of a list: those on lines of their own become remarks, the others stand in a remark before the key."""
        name, node = self._pairs[key]
        dropped = frozenset(gone)
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        lines = {id(n): self._edits.dash_before(n) for n in items}
        kept = [n for n in items if n.value not in dropped]
        if isinstance(node, yaml.SequenceNode) and not node.flow_style and all(at is not None for at in lines.values()):
            for item in items:
                if item.value in dropped and (at := lines[id(item)]) is not None:
                    self._edits.splice(at, at, "# ")
            if not kept:
                self._edits.splice(name.end_mark.index, name.end_mark.index + 1, ": []")
        else:
            self.put(key, f"[{', '.join(self._edits.source(n) for n in kept)}]", remark)

    def _remark(self, name: yaml.Node, remark: str) -> None:
        if remark and not self._node.flow_style and not self._edits.dash_before(name):
            at = name.start_mark.index - name.start_mark.column
            self._edits.splice(at, at, f"{' ' * name.start_mark.column}# {remark}{self._edits.newline}")


class Edits:
    """The changes to one YAML file. The text must be valid YAML, as what has been read strictly is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._node = yaml.compose(text, Loader=_LOADER)
        self._splices: list[tuple[int, int, str]] = []
        self.newline = "\r\n" if "\r\n" in text else "\n"

    @property
    def top(self) -> Part:
        """The mapping that the file holds. Raises KeyError where it holds none."""
        if not isinstance(self._node, yaml.MappingNode):
            raise KeyError("top")
        return Part(self._node, self)

    def record(self, identifier: str) -> Part:
        """The record of the file's list with that `id`. Raises KeyError where there is none."""
        for node in self._node.value if isinstance(self._node, yaml.SequenceNode) else ():
            if isinstance(node, yaml.MappingNode) and any(k.value == "id" and v.value == identifier for k, v in node.value):
                return Part(node, self)
        raise KeyError(identifier)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the records of the file's list."""
        records = self._node.value if isinstance(self._node, yaml.SequenceNode) else ()
        pairs = (pair for node in records if isinstance(node, yaml.MappingNode) for pair in node.value)
        return tuple(str(value.value) for key, value in pairs if key.value == "id")

    def add_record(self, lines: Iterable[str]) -> None:
        """Put a record at the end of the file's list; its lines as they would stand at the margin. Raises KeyError where the file holds no
        such list."""
        if not isinstance(self._node, yaml.SequenceNode) or self._node.flow_style:
            raise KeyError("list")
        indent, end = " " * self._node.start_mark.column, len(self._text)
        begin = "" if self._text.endswith("\n") else self.newline
        self.splice(end, end, begin + "".join(f"{indent}{line}{self.newline}" for line in lines))

    def done(self) -> str:
        """The text with all changes in it. Those at one place stand in the order in which they were made."""
        text, before = [], 0
        for start, end, new in sorted(self._splices, key=lambda s: s[:2]):
            text += [self._text[before:start], new]
            before = end
        return "".join([*text, self._text[before:]])

    def splice(self, start: int, end: int, new: str) -> None:
        self._splices.append((start, end, new))

    def source(self, node: yaml.Node) -> str:
        return self._text[node.start_mark.index : node.end_mark.index]

    def is_bare(self, start: int, end: int, mark: str) -> bool:
        """Whether nothing but white space, and perhaps a mark, stands there."""
        return not self._text[start:end].strip(f"{mark} \t\r\n")

    def cut(self, name: yaml.Node, node: yaml.Node) -> None:
        """Take out what stands from a key to the end of its value, and the lines with it that nothing else stands on."""
        start, end = name.start_mark.index, node.end_mark.index
        if self._text[end - 1] == "\n":  # a text in lines ends where the next line begins
            self.splice(start - name.start_mark.column, end, "")
            return
        rest = re.compile(r"[ \t]*(\r?\n|$)?").match(self._text, end)
        assert rest, "it matches nothing too"
        alone = rest[1] is not None
        self.splice(start - name.start_mark.column * alone, rest.end(), "")

    def line_behind(self, node: yaml.Node, line: str) -> None:
        """Put a line behind that on which a node ends."""
        end = node.end_mark.index
        if end and self._text[end - 1] == "\n":  # a text in lines ends where the next line begins
            self.splice(end, end, line + self.newline)
            return
        at = self._text.find("\n", end)
        if at < 0:
            self.splice(len(self._text), len(self._text), self.newline + line)
        else:
            self.splice(at + 1, at + 1, line + self.newline)

    def dash_before(self, node: yaml.Node) -> int | None:
        """Where the dash of a list's item stands, if the item has its line to itself; None otherwise."""
        start = node.start_mark.index - node.start_mark.column
        found = _DASH.fullmatch(self._text, start, node.start_mark.index)
        if found is None or node.start_mark.line != node.end_mark.line:
            return None
        return start + found[0].index("-")
