"""What Prometheus reads: each metric there is, from the first moment on, and that the dashboard, the alerts and the page for whoever runs
the bot name those and no others."""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from fakes.scene import shelf
from prometheus_client.parser import text_string_to_metric_families

from bot.client.metrics import exposition
from bot.engine.pipeline import Engine
from bot.serve.measures import BOUNDS, Measures, Stage, Unsent

RUNNING = ROOT / "docs" / "running.md"
DASHBOARD = ROOT / "deploy" / "grafana" / "verbatim.json"
OWN = re.compile(r"\b(?:verbatim|process)_[a-z0-9_]+")
# Which its collector reads from /proc; elsewhere there are none.
PROCESS = {"process_resident_memory_bytes", "process_cpu_seconds_total"}


def samples(measures: Measures, engine: Engine) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Name and labels -> value, as a reader of the format finds them."""
    write = exposition(measures, shelf(engine))
    assert write is not None
    families = text_string_to_metric_families(write().decode("utf-8"))
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def names(engine: Engine) -> set[str]:
    """Every name that there is with one shard."""
    measures = Measures()
    measures.shards.begun(0, lambda: 0.05)
    return {name for name, _ in samples(measures, engine)}


def test_what_has_not_happened_yet_is_0_and_not_missing(tiny: Engine) -> None:
    found = samples(Measures(), tiny)
    assert found[("verbatim_answers_total", (("verdict", "premise"), ("way", "read")))] == 0
    assert found[("verbatim_unanswered_total", (("reason", "busy"),))] == 0
    assert found[("verbatim_unsent_total", (("status", "429"),))] == 0
    assert found[("verbatim_store_usable", (("use", "written"),))] == 1
    assert found[("verbatim_stage_seconds_count", (("stage", "whole"),))] == 0
    assert not any(name.startswith("verbatim_shard") for name, _ in found)


def test_what_was_counted_is_read(tiny: Engine) -> None:
    measures = Measures()
    for question in ("Who called for a second lift?",) * 3:
        measures.answered(tiny.answer(question))
    measures.waiting = lambda: 7
    measures.unsent[Unsent.SERVER] += 2
    for seconds in (0.0004, 0.7, 99.0):
        measures.stages[Stage.JUDGING].add(seconds)
    measures.shards.begun(12, lambda: 0.043)
    measures.shards.begun(13, lambda: math.inf)
    found = samples(measures, tiny)
    assert found[("verbatim_answers_total", (("verdict", "answer"), ("way", "recorded")))] == 3
    assert found[("verbatim_reader_queue", ())] == 7
    assert found[("verbatim_unsent_total", (("status", "5xx"),))] == 2
    judging = {
        bound: found[("verbatim_stage_seconds_bucket", (("le", bound), ("stage", "judging")))]
        for bound in ("0.001", "0.5", "1.0", "+Inf")
    }
    assert judging == {"0.001": 1, "0.5": 1, "1.0": 2, "+Inf": 3}
    assert found[("verbatim_stage_seconds_sum", (("stage", "judging"),))] == pytest.approx(99.7004)
    assert found[("verbatim_shard_connected", (("shard", "12"),))] == 1
    assert found[("verbatim_shard_latency_seconds", (("shard", "12"),))] == 0.043
    assert ("verbatim_shard_latency_seconds", (("shard", "13"),)) not in found, "there is none before the first acknowledgement"
    assert found[("verbatim_pack_info", (("pack", "millbrook"), ("version", tiny.pack.version[:12])))] == 1


def test_each_bound_stands_once_and_in_order(tiny: Engine) -> None:
    bounds = [
        dict(labels)["le"]
        for name, labels in samples(Measures(), tiny)
        if name.endswith("_bucket") and ("stage", "whole") in labels
    ]
    assert [float(bound) for bound in bounds] == [*BOUNDS, math.inf]


@pytest.mark.skipif(sys.platform != "linux", reason="the numbers of a process are read from /proc")
def test_memory_and_processor_are_there(tiny: Engine) -> None:
    assert names(tiny) >= PROCESS


def expressions(board: Path) -> list[str]:
    """What the panels and variables of a dashboard ask for."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            found.extend(value[key] for key in ("expr", "query", "definition") if isinstance(value.get(key), str))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(json.loads(board.read_text(encoding="utf-8")))
    return found


def test_the_dashboard_asks_for_metrics_that_there_are_and_for_each_of_them(tiny: Engine) -> None:
    asked = {name for expression in expressions(DASHBOARD) for name in OWN.findall(expression)}
    there = names(tiny) | PROCESS
    assert asked - there == set()
    bare = {name for name in there if name.startswith("verbatim_") and not name.endswith(("_sum", "_count", "_created"))}
    assert bare - asked == set()


def test_the_panels_of_the_dashboard_do_not_overlap_and_each_has_a_name() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    cells = [
        (p["gridPos"]["x"] + x, p["gridPos"]["y"] + y)
        for p in panels
        for x in range(p["gridPos"]["w"])
        for y in range(p["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({p["id"] for p in panels}) == len(panels)
    assert all(p["title"] for p in panels)


def test_the_page_names_every_metric_and_no_other(tiny: Engine) -> None:
    page = RUNNING.read_text(encoding="utf-8")
    there = names(tiny) | PROCESS
    table = set(re.findall(r"^\| `(verbatim_[a-z_]+)", page, re.MULTILINE))
    families = {re.sub(r"_(?:bucket|sum|count|created)$", "", name) for name in there if name.startswith("verbatim_")}
    assert table == families
    assert set(OWN.findall(page)) - there - families == set()
