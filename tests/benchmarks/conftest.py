"""The benchmarks as modules: programs beside the package, which import one another by name."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType

import pytest
from conftest import ROOT

FOLDER = ROOT / "benchmarks"


@pytest.fixture(scope="module")
def benchmark(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The benchmark that the test module is called after: test_curve.py gets benchmarks/curve.py."""
    name = request.path.stem.removeprefix("test_")
    if not (FOLDER / f"{name}.py").is_file():
        pytest.skip("the benchmarks are not part of the source distribution")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        yield importlib.import_module(name)
