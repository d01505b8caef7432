"""Every kind of fault that was complained of: its own cases and five others each, by value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from complaints.kind import Case, Kind
from complaints.table import SECTIONS

KINDS = [kind for kinds in SECTIONS.values() for kind in kinds]


def cases() -> Iterator[Any]:
    for kind in KINDS:
        for number, one in enumerate(kind.cases, 1):
            marks = [pytest.mark.xfail(reason=one.miss, strict=True)] if one.miss else []
            yield pytest.param(kind, one, id=f"{kind.name}-{number}", marks=marks)


@pytest.mark.parametrize(("kind", "one"), list(cases()))
def test_each_case_of_a_kind_comes_out_right(kind: Kind, one: Case) -> None:
    assert kind.look(*one.given) == one.right


def test_each_kind_has_its_complaint_and_five_cases_beside_it() -> None:
    assert all(kind.complaint and len(kind.variants) >= 5 for kind in KINDS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)
