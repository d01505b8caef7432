"""discord.py's views for plain values, and what a submitted window holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from discord.components import _component_factory
from fakes.contract import openapi
from hypothesis import given
from hypothesis import strategies as st

from bot.browse.paging import Option
from bot.client.buttons import rows_of, typed_in, view_of
from bot.client.outgoing import Key, Menu, Outgoing, clamp

json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=300),
    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["components", "component", "value", "x"]), x),
    max_leaves=12,
)


@given(rows=st.lists(st.integers(1, 5), min_size=0, max_size=5), menu=st.booleans())
def test_a_clamped_message_s_view_is_one_that_discord_s_openapi_file_allows(rows: list[int], menu: bool) -> None:
    contract = _component_schema()
    made = tuple(tuple(Key("x" * 90, f"verbatim:2:hide:{i}{j}") for j in range(n)) for i, n in enumerate(rows))
    listed = Menu("verbatim:2:pick:0", "p" * 200, tuple(Option("l" * 120, f"{i}") for i in range(30))) if menu else None
    view = view_of(clamp(Outgoing("x", made, listed)))
    for component in view.to_components() if view else ():
        contract.validate(component)
    assert len(view.to_components() if view else ()) == min(5, len(rows) + menu)


def test_only_the_recommended_button_is_primary_and_reading_a_message_keeps_which_it_is() -> None:
    rows = ((Key("one", "verbatim:2:ask:0", primary=True), Key("two", "verbatim:2:ask:1")), (Key("three", "verbatim:2:hide:2"),))
    view = view_of(Outgoing("x", rows))
    assert view is not None
    sent = view.to_components()
    assert [[c["style"] for c in row["components"]] for row in sent] == [[1, 2], [2]]
    received: Any = SimpleNamespace(components=[_component_factory(row) for row in sent])
    assert rows_of(received) == rows


def _component_schema() -> Any:
    document = json.loads(openapi().read_text(encoding="utf-8"))
    schema = document["components"]["schemas"]["ActionRowComponentForMessageRequest"]
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


@given(components=json_values)
def test_whatever_a_submitted_window_holds_is_read_without_raising(components: object) -> None:
    assert len(typed_in(components)) <= 1500


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 18, "component": {"type": 4, "value": "why?"}}],
        [{"type": 1, "components": [{"type": 4, "value": "why?"}]}],
    ],
)
def test_a_window_s_text_is_found_in_a_label_and_in_a_row(components: Sequence[object]) -> None:
    assert typed_in(components) == "why?"
