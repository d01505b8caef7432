"""YAML read strictly, with the line of everything that is wrong.

PyYAML's loaders read `yes` as True, `1:30` as 90, and let the second of two equal keys win silently. Here nothing is converted: a
scalar is the text that stands there, duplicate and unknown keys are faults, a value that YAML would take for a number, a date or a
truth value must be quoted where text is meant, so must one that a hash sign cuts off, and every fault is collected instead of
stopping at the first. A file may come from a stranger: it has a size, and no alias, by which a short one could mean a very long one.
"""

from __future__ import annotations

import difflib
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.errors import Fault

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_TRUTH_TAG = "tag:yaml.org,2002:bool"
MAX_BYTES = 5_000_000  # of a file; the largest that a curator wrote has a fiftieth of that
_LIKE = 0.5  # how like an unknown key must be to a missing one to be taken for it, as difflib counts
_BLOCK = ("|", ">")  # styles of a scalar
# What people do to a line that is no YAML any more, with what that is called and how to mend it; the likeliest first.
_SLIPS = (
    (re.compile(r" *\t"), "a tab stands where spaces are wanted.", "indent with spaces."),
    (
        re.compile(r" *[\u00a0\u2000-\u200b\u202f\u3000]"),
        "a no-break space, or another odd one, stands here.",
        "indent with plain spaces.",
    ),
    (
        re.compile(r'\s*(?:- )?(?:\w+: +)?(?:\[.*)?"(?:[^"\\]|\\.)*" *[^\s",:#\]}].*"'),
        "a text goes on behind the quotation mark that closes it.",
        'write \\" for each straight quotation mark inside a text in double quotes.',
    ),
    (
        re.compile(r"[^\"#']*[\[:,-] ?'[^']*' ?\w"),
        "a text goes on behind the quotation mark that closes it.",
        "put a text with an apostrophe in double quotes.",
    ),
    (re.compile(r"\s*(?:- )?[a-z_]+:[^\s/:]"), "no space stands behind the colon.", "write `key: value`."),
    (
        re.compile(r"\s*(?:- )?[a-z_]+: +[^\s\"'\[{|>#][^#]*: "),
        "a text without quotation marks holds `: `.",
        "put it in double quotes.",
    ),
    (re.compile(r"\s*(?:- )?[a-z_]+: +[@`%*&,]"), "a text begins with a special character.", "put it in double quotes."),
)
_CURLY = re.compile(r"[“„”][^“„”]*[”“\"]")
_UNCLOSED = re.compile(r'\s*(?:- )?(?:\w+: +)?"(?:[^"\\]|\\.)*$')  # a text that its line does not close
_LONGEST_LOOKED_AT = 1000  # characters of a line
_NEXT_VALUE = re.compile(r"\s*(?:- |\w+:(?:\s|$))")  # a line that the text above it should not reach
# A remark behind a scalar: on its line, or on the next, as deep as the group says.
_REMARK = re.compile(r"[ \t]+#|[ \t]*\r?\n([ \t]+)#")


class Text(NamedTuple):
    """A scalar with the line it stands on."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class _File:
    """A file while it is read: its name in faults, what stands in it, and the faults found so far."""

    name: str
    text: str
    faults: list[Fault]

    def fault(self, line: int, what: str, fix: str) -> None:
        self.faults.append(Fault(self.name, line, what, fix))


class Mapping:
    """A YAML mapping whose keys are asked for one by one; `close` reports those that nobody asked for.

    A text is what somebody wrote: without quotation marks it must not be followed by a remark, since a hash sign that belonged to
    it would cut it off unseen. A term is an id or another value of few forms, which is checked anyway.
    """

    def __init__(self, node: yaml.MappingNode, file: _File) -> None:
        self.line = node.start_mark.line + 1
        self._file = file
        self._depth = node.start_mark.column  # of the keys
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        self._missing: dict[str, Fault] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.fault(line, "a key is a text, not a list or keys and values.", "write one text before the colon.")
                continue
            name = str(key.value)
            if name in self._nodes:
                self.fault(line, f"the key {name!r} stands here twice.", "keep one of the two.")
            self._nodes[name], self._lines[name] = value, line

    def fault(self, line: int, what: str, fix: str) -> None:
        self._file.fault(line, what, fix)

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
        return self._one(key, required, default, prose=True)

    def wording(self, key: str, *, required: bool = False, default: str = "") -> str:
        """The text under `key`, as `text`, where it is shown and nothing else proves it: curly quotation marks round the whole, which
        some editors put in the place of straight ones, are a fault, since they would be shown."""
        text = self.text(key, required=required, default=default)
        node = self._nodes.get(key)
        if isinstance(node, yaml.ScalarNode) and not node.style and _CURLY.fullmatch(text):
            self.fault(
                node.start_mark.line + 1,
                f"the curly quotation marks round {key!r} would be shown.",
                "put straight ones in their place; or, if they belong to the text, round it.",
            )
        return text

    def term(self, key: str, *, required: bool = False, default: str = "") -> str:
        """The term under `key`, as `text`."""
        return self._one(key, required, default, prose=False)

    def _one(self, key: str, required: bool, default: str, *, prose: bool) -> str:
        node = self._node(key, required)
        if node is None:
            return default
        found = _scalar(node, self._file, self._depth, prose=prose)
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
        text = self.term(key, required=True)
        try:
            value = float(text) if text else 0.0
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fault(self.line_of(key), f"{key!r} cannot be {text!r}.", 'write a number in quotes, such as "0.5".')
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[Text, ...]:
        """The list of texts under `key`; a single text counts as a list of one."""
        return self._several(key, required, prose=True, one_each=False)

    def names(self, key: str) -> tuple[Text, ...]:
        """The list of names under `key`, as `texts`; several in a single text, with commas, are a fault."""
        return self._several(key, False, prose=True, one_each=True)

    def terms(self, key: str, *, required: bool = False) -> tuple[Text, ...]:
        """The list of terms under `key`, as `names`."""
        return self._several(key, required, prose=False, one_each=True)

    def _several(self, key: str, required: bool, *, prose: bool, one_each: bool) -> tuple[Text, ...]:
        node = self._node(key, required)
        if node is None:
            return ()
        listed = isinstance(node, yaml.SequenceNode)
        items: Sequence[yaml.Node] = node.value if listed else [node]
        depth = node.start_mark.column if listed else self._depth
        if required and not items:
            self.fault(node.start_mark.line + 1, f"{key!r} is an empty list.", "give it at least one item.")
        found = tuple(t for t in (_scalar(n, self._file, depth, prose=prose) for n in items) if t)
        if one_each and not listed and found and "," in found[0].value:
            self.fault(found[0].line, f"{key!r} has several in one text.", f"write a list: `{key}: [{found[0].value}]`.")
            return ()
        return found

    def mapping(self, key: str, *, required: bool = False) -> Mapping | None:
        node = self._node(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.fault(node.start_mark.line + 1, f"{key!r} must hold keys and values.", "indent `key: value` lines below it.")
            return None
        return Mapping(node, self._file)

    def close(self) -> None:
        """Report the keys that nobody asked for. Where one of them looks like a key that is missing, that follows from it."""
        known = ", ".join(sorted(self._asked))
        for name in self._nodes.keys() - self._asked:
            self.fault(self._lines[name], f"unknown key {name!r}.", f"the keys known here are {known}.")
            for missing in difflib.get_close_matches(name, self._missing, n=1, cutoff=_LIKE):
                fault = self._missing.pop(missing)
                self._file.faults[self._file.faults.index(fault)] = replace(fault, follows=True)

    def _node(self, key: str, required: bool) -> yaml.Node | None:
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None and required and key not in self._missing:
            self.fault(self.line, f"the key {key!r} is missing.", f"add `{key}: ...`.")
            self._missing[key] = self._file.faults[-1]
        return node


def read_mapping(path: Path, faults: list[Fault], shown: str) -> Mapping | None:
    """The file's one top-level mapping, or None with a fault."""
    file, node = _compose(path, faults, shown)
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        file.fault(1, "this file must hold keys and values.", "write `key: value` lines.")
        return None
    return Mapping(node, file)


def read_records(path: Path, faults: list[Fault], shown: str) -> list[Mapping]:
    """The file's top-level list of mappings (`- id: ...`); what is not one is a fault."""
    file, node = _compose(path, faults, shown)
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        file.fault(1, "this file must hold a list.", "begin each record with `- id: ...`.")
        return []
    records = []
    for item in node.value:
        if isinstance(item, yaml.MappingNode):
            records.append(Mapping(item, file))
        else:
            line = item.start_mark.line + 1
            file.fault(line, "a list item here must hold keys and values.", "begin it with `- id: ...`.")
    return records


def _compose(path: Path, faults: list[Fault], shown: str) -> tuple[_File, yaml.Node | None]:
    """The file with its outermost node, which is None, with a fault, where it has none."""
    file = _File(shown, "", faults)
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            file.fault(0, f"is larger than {MAX_BYTES:,} bytes.", "split its records over several files.")
            return file, None
        file = _File(shown, data.decode("utf-8-sig"), faults)
    except FileNotFoundError:
        file.fault(0, "this file is missing.", "create it, or restore it from version control.")
        return file, None
    except OSError as error:
        file.fault(0, f"cannot be read ({error.strerror}).", "check the path and its permissions.")
        return file, None
    except UnicodeDecodeError as error:
        file.fault(0, f"is not UTF-8: byte {error.start} cannot be read.", "save the file as UTF-8.")
        return file, None
    try:
        node = yaml.compose(file.text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        file.fault(
            *_slip(
                [line if len(line) <= _LONGEST_LOOKED_AT else "" for line in file.text.splitlines()],
                mark.line if mark else -1,
                problem,
            )
        )
        return file, None
    except RecursionError:  # of PyYAML's own parser; libyaml's has a limit
        file.fault(0, "is nested too deeply.", "write its values side by side.")
        return file, None
    if node is None:
        file.fault(0, "this file is empty.", "write its records, or remove it.")
    elif "&" in file.text and (line := _used_twice(node)):
        file.fault(line, "an alias (`*name`) uses what stands here again.", "write it out in each place.")
        return file, None
    return file, node


def _slip(lines: Sequence[str], at: int, problem: str) -> tuple[int, str, str]:
    """The line, what is wrong there and how to mend it, where reading stopped at a line, from 0 (-1: unknown). The cause may stand before."""
    for place, (line, below) in enumerate(itertools.pairwise(lines[: at + 1])):
        if _UNCLOSED.match(line) and _NEXT_VALUE.match(below):
            return place + 1, "is not valid YAML: a quotation mark opens a text here, and none closes it.", "close it."
    before = next((i for i in range(at - 1, -1, -1) if lines[i].strip()), at)
    for place in (at, before):
        for slip, what, fix in _SLIPS:
            if 0 <= place < len(lines) and slip.match(lines[place]):
                return place + 1, f"is not valid YAML: {what}", fix
    what = f"is not valid YAML: {problem}."
    return (
        at + 1,
        what,
        "begin each record with `- ` and indent its keys by two spaces, and put texts that hold `: ` or begin with a special "
        "character in double quotes.",
    )


def _used_twice(top: yaml.Node) -> int:
    """The line of a node that stands in several places, or in itself, which aliases alone bring about; 0 where there is none."""
    seen: set[int] = set()
    waiting: list[yaml.Node] = [top]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            return int(node.start_mark.line) + 1
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += (part for pair in node.value for part in pair)
    return 0


def _scalar(node: yaml.Node, file: _File, depth: int, *, prose: bool) -> Text | None:
    """What stands in a scalar, with its line, or None with a fault. `depth` is the column of its key, or of the dash before it."""
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        file.fault(line, "a text is wanted here, not a list or keys and values.", "write one text, in double quotes.")
        return None
    if prose and not node.style and _remark_behind(node, file.text, depth):
        cut = f"behind {node.value!r}" if node.value else "and leaves nothing"
        file.fault(
            line,
            f"a hash sign cuts this text off, {cut}.",
            "put the whole text in double quotes; or the remark, if it is one, on a line of its own, no deeper than the next key.",
        )
        return None
    if node.tag != _TEXT_TAG and not node.value:
        file.fault(line, "nothing stands here.", "write a text, or take the key or the dash out.")
        return None
    if node.tag != _TEXT_TAG:
        kind = node.tag.rpartition(":")[2]
        file.fault(line, f"YAML reads {node.value!r} as {kind}, not as text.", f'put it in double quotes: "{node.value}".')
        return None
    return Text(node.value.strip() if node.style in _BLOCK else node.value, line)


def _remark_behind(node: yaml.ScalarNode, text: str, depth: int) -> bool:
    """Whether a remark follows where the scalar might go on: on its last line, or on the next and deeper than its key."""
    found = _REMARK.match(text, node.end_mark.index)
    return found is not None and (found[1] is None or len(found[1]) > depth)
