"""The measures as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/. They are counted without its
library, which an extra brings and which only writes them down when they are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from bot import __version__
from bot.pack.values import Verdict
from bot.serve.library import Library
from bot.serve.measures import BOUNDS, Histogram, Measures, Stage, Unanswered, Unsent, Use, Way

if TYPE_CHECKING:
    from prometheus_client.core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MISSING = "/metrics needs an extra. Install it with pip install 'verbatim-bot[metrics]', in a checkout with pip install -e '.[metrics]'."
_VERSION = 12  # characters of a pack's version, as in the log


def exposition(measures: Measures, library: Library) -> Callable[[], bytes] | None:
    """What writes down the measures as they are when it is called, in the text format; None where the extra is not installed."""
    try:
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
    except ImportError:
        return None
    registry = CollectorRegistry()
    registry.register(_Families(measures, library))
    ProcessCollector(registry=registry)
    return partial(generate_latest, registry)


class _Families:
    def __init__(self, measures: Measures, library: Library) -> None:
        self._measures, self._library = measures, library

    def collect(self) -> Iterator[Metric]:
        """Every metric. What has no value yet is 0 rather than missing, so that a rate has a beginning."""
        yield from self._questions()
        yield from self._surroundings()
        yield from self._shards()

    def _questions(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        measures = self._measures
        answers = CounterMetricFamily("verbatim_answers", "Questions that got an answer.", labels=["verdict", "way"])
        for verdict in Verdict:
            for way in Way:
                answers.add_metric([verdict.value, way.value], measures.answers[verdict, way])
        unanswered = CounterMetricFamily("verbatim_unanswered", "Questions that got none, by the reason.", labels=["reason"])
        for reason in Unanswered:
            unanswered.add_metric([reason.value], measures.unanswered[reason])
        stages = HistogramMetricFamily("verbatim_stage_seconds", "How long each part of a question's way took.", labels=["stage"])
        for stage in Stage:
            stages.add_metric([stage.value], _buckets(measures.stages[stage]), measures.stages[stage].total)
        yield from (answers, unanswered, stages)
        yield GaugeMetricFamily("verbatim_reader_queue", "Questions that wait to be judged.", measures.waiting())

    def _surroundings(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

        measures, library = self._measures, self._library
        faults = CounterMetricFamily("verbatim_store_faults", "Uses of the store that failed or took too long.", labels=["use"])
        usable = GaugeMetricFamily("verbatim_store_usable", "Whether the last such use worked.", labels=["use"])
        for use in Use:
            faults.add_metric([use.value], measures.store_faults[use])
            usable.add_metric([use.value], use not in measures.store_failing)
        unsent = CounterMetricFamily("verbatim_unsent", "Requests to Discord that were given up.", labels=["status"])
        for status in Unsent:
            unsent.add_metric([status.value], measures.unsent[status])
        reloads = CounterMetricFamily("verbatim_pack_reloads", "Packs that were read anew.", labels=["outcome"])
        reloads.add_metric(["taken_over"], library.taken_over)
        reloads.add_metric(["refused"], library.refused)
        packs = InfoMetricFamily("verbatim_pack", "The packs that are loaded.", labels=["pack"])
        for engine in library.engines:
            packs.add_metric([engine.pack.slug], {"version": engine.pack.version[:_VERSION]})
        yield from (faults, usable, unsent, reloads, packs)
        yield InfoMetricFamily("verbatim_build", "The program.", {"version": __version__})

    def _shards(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        connected = GaugeMetricFamily("verbatim_shard_connected", "Whether a shard is connected.", labels=["shard"])
        latency = GaugeMetricFamily(
            "verbatim_shard_latency_seconds", "From the last heartbeat to its acknowledgement.", labels=["shard"]
        )
        sessions = CounterMetricFamily("verbatim_shard_sessions", "Sessions begun by IDENTIFY.", labels=["shard"])
        resumes = CounterMetricFamily("verbatim_shard_resumes", "Sessions resumed.", labels=["shard"])
        disconnects = CounterMetricFamily("verbatim_shard_disconnects", "Connections that ended.", labels=["shard"])
        for number, shard in self._measures.shards.known:
            name = [str(number)]
            connected.add_metric(name, shard.connected)
            sessions.add_metric(name, shard.sessions)
            resumes.add_metric(name, shard.resumes)
            disconnects.add_metric(name, shard.disconnects)
            if math.isfinite(seconds := shard.latency()):
                latency.add_metric(name, seconds)
        yield from (connected, latency, sessions, resumes, disconnects)


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """How many took at most how many seconds."""
    bounds = [*map(str, BOUNDS), "+Inf"]
    return list(zip(bounds, accumulate(histogram.counts), strict=True))
