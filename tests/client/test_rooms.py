"""The client's rooms: they import one way, and what is shown is made without Discord's library."""

from __future__ import annotations

import ast
import inspect
from graphlib import TopologicalSorter
from pathlib import Path

import discord
import pytest
from conftest import ROOT

from bot.client import lifecycle

CLIENT = ROOT / "bot" / "client"
SIZE = 400  # lines
MEMBERS = 20  # public ones of a class
VALUES = (
    "limits",
    "outgoing",
    "custom_ids",
    "typed_commands",
    "pages",
    "pacing",
    "seen_events",
    "under_way",
    "patient_store",
    "personal_data",
)

rooms = pytest.mark.parametrize("path", sorted(CLIENT.glob("*.py")), ids=lambda p: p.stem)


def imports(path: Path) -> set[str]:
    """All that a module imports, also inside functions and for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found |= {module} if module != "bot.client" else {f"bot.client.{alias.name}" for alias in node.names}
    return found


def test_imports_point_one_way() -> None:
    others = {p.stem: {n.split(".")[2] for n in imports(p) if n.startswith("bot.client.")} for p in CLIENT.glob("*.py")}
    assert set(TopologicalSorter(others).static_order()) == set(others)  # raises CycleError where two rooms need each other


def test_the_table_of_rooms_names_each_once_and_in_the_order_of_their_imports() -> None:
    described = ast.get_docstring(ast.parse((CLIENT / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = [
        name
        for name in described.replace("`", " ").replace(",", " ").replace(";", " ").split()
        if (CLIENT / f"{name}.py").is_file()
    ]
    order = list(dict.fromkeys(named))
    assert set(order) == {p.stem for p in CLIENT.glob("*.py")} - {"__init__"}
    for path in CLIENT.glob("*.py"):
        for name in imports(path):
            if name.startswith("bot.client."):
                assert order.index(name.split(".")[2]) < order.index(path.stem), f"{path.stem} imports {name}"


@pytest.mark.parametrize("name", VALUES)
def test_what_knows_nothing_of_discord_s_library_does_not_import_it(name: str) -> None:
    seen: set[Path] = set()
    left = [CLIENT / f"{name}.py"]
    while left:
        path = left.pop()
        seen.add(path)
        found = imports(path)
        assert "discord" not in {n.split(".")[0] for n in found}, path.stem
        left += [p for n in found if n.startswith("bot.client.") and (p := CLIENT / f"{n.split('.')[2]}.py") not in seen]


@rooms
def test_a_room_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= SIZE


def test_the_client_has_few_members_of_its_own() -> None:
    own = {n for n in (*vars(lifecycle.Verbatim), *_attributes(lifecycle.Verbatim)) if not n.startswith("_")}
    assert len(own - set(dir(discord.AutoShardedClient))) <= MEMBERS


def _attributes(of: type) -> set[str]:
    """What its methods set."""
    tree = ast.parse(inspect.getsource(of))
    return {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
