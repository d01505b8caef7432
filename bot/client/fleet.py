"""The clients of one process among several: one for each shard that it has by lease, begun and ended as the leases say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import discord

from bot.client.keeping import IntentNotGranted, Waits, keep_connected, log_in, refusal
from bot.client.lifecycle import Verbatim
from bot.client.log import place
from bot.client.under_way import UnderWay
from bot.serve.shards import Shards
from bot.store.coordination import BEAT, Beat, Leases
from bot.store.values import StoreFault

HURRY = 0.5  # seconds between two signs of life of a process that leaves, or is about to take a shard over
PATIENCE = 5.0  # seconds to wait for the database
LAST = 2.0  # seconds at the end in which nothing more is handed over: answers are finished, and the leases let go

_log = logging.getLogger(__name__)


class MakeClient(Protocol):
    """Makes the client of one shard."""

    def __call__(self, *, listen: bool, shard_id: int, shard_count: int, on_hearing: Callable[[int], None]) -> Verbatim: ...


class Opening(Protocol):
    """Opens the leases of an application, with as many shards as Discord advises now."""

    async def __call__(self, application_id: int, advised: int) -> Leases: ...


@dataclass(frozen=True, slots=True)
class _Running:
    """The client of a shard: what keeps it connected, and what ends that."""

    task: asyncio.Task[int]
    stop: asyncio.Event


class Fleet:
    """`shards` is told which are this process's, and `wake` is set where a lease may have changed; `leave_within` are the seconds in
    which a process that is told to stop has ended: until shortly before, it waits for others to take its shards over. What is asked of
    Discord before there is a client goes through a `proxy` where one is named. A shard whose lease another process got is left at once.
    Where the database cannot be used no lease changes, so that all shards are held on: the bot as a whole stays connected."""

    def __init__(
        self,
        make: MakeClient,
        opening: Opening,
        token: str,
        under_way: UnderWay,
        shards: Shards,
        wake: asyncio.Event,
        *,
        listen: bool,
        leave_within: float,
        proxy: str | None = None,
    ) -> None:
        self._make, self._opening, self._token, self._under_way, self._wake = make, opening, token, under_way, wake
        self._shards, self._listen, self._leave_within, self._proxy = shards, listen, leave_within, proxy
        self._running: dict[int, _Running] = {}
        self._ending: set[asyncio.Task[int]] = set()
        self._hearing: set[int] = set()
        self._fault = self._awaited = ""
        self._until: float | None = None  # when nothing more is handed over, by the event loop's clock; None until told to leave
        self._last = Beat()

    async def run(self, stop: asyncio.Event) -> int:
        """Have shards, and keep their clients connected, until told to stop. Returns the exit status: 0, or that of a refusal."""
        stopping = asyncio.create_task(self._then_leave(stop))
        try:
            reached = await self._reach(stop)
            if isinstance(reached, int):
                return reached
            status = await self._go_on(reached, stop)
            await self._hand_over(reached)
            return status
        finally:
            stopping.cancel()
            for shard_id in list(self._running):
                self._end(shard_id)
            await asyncio.gather(*self._ending, return_exceptions=True)

    async def _reach(self, stop: asyncio.Event) -> Leases | int:
        """The leases, once Discord has said whose they are and how many; an exit status where there are none."""
        loop, waits = asyncio.get_running_loop(), Waits()
        while not stop.is_set():
            began = loop.time()
            try:
                async with discord.Client(intents=discord.Intents(guilds=True), proxy=self._proxy) as scout:
                    try:
                        await log_in(scout, self._token, listen=self._listen)
                    except IntentNotGranted as error:
                        _log.warning("%s", error)
                        self._listen = False
                    advised, *_ = await scout.http.get_bot_gateway()
                    return await self._opening(scout.application_id or 0, advised)
            except Exception as error:
                if status := refusal(error):
                    return status
                wait = waits.after(error, loop.time() - began)
                reason = str(error) if isinstance(error, StoreFault) else place(error)
                _log.error("the bot cannot begin: %s; trying again in %.0f s", reason, wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)
        return 0

    async def _go_on(self, leases: Leases, stop: asyncio.Event) -> int:
        """Follow the leases until told to stop, or until a client is refused, whose exit status this is."""
        while not stop.is_set():
            await self._beat(leases, is_leaving=False, patience=PATIENCE)
            for running in self._running.values():
                if running.task.done() and (status := running.task.result()):
                    return status
            await self._pause(HURRY if self._last.claimed & self._hearing else BEAT)
        return 0

    async def _hand_over(self, leases: Leases) -> None:
        """Leave: others connect for the shards first, if there are others and the database answers. Then no lease is left."""
        loop, until = asyncio.get_running_loop(), self._leave()
        while not self._fault and (left := until - loop.time()) > 0:
            answers = await self._beat(leases, is_leaving=True, patience=min(PATIENCE, left))
            if not answers or not self._running or not self._last.has_heirs:
                break
            await self._pause(min(HURRY, max(0.0, until - loop.time())))
        for shard_id in list(self._running):
            self._end(shard_id)
        await asyncio.gather(*self._ending, return_exceptions=True)
        with suppress(StoreFault, TimeoutError):
            await asyncio.wait_for(leases.leave(), LAST / 2)

    def _leave(self) -> float:
        """Until when shards are handed over: from the first call on, `leave_within` but for the LAST seconds."""
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._leave_within - LAST
            self._under_way.end_by(self._until + LAST / 2)
        return self._until

    async def _then_leave(self, stop: asyncio.Event) -> None:
        """The time to leave runs from when it is told to stop, whatever it waits for then."""
        await stop.wait()
        self._leave()
        self._wake.set()

    async def _beat(self, leases: Leases, *, is_leaving: bool, patience: float) -> bool:
        """Give a sign of life, and follow what comes of it. Returns whether the database answered."""
        try:
            beat = await asyncio.wait_for(leases.beat(frozenset(self._hearing), is_leaving=is_leaving), patience)
        except (StoreFault, TimeoutError) as error:
            if not self._fault:
                self._fault = str(error) or f"it takes longer than {patience:g} s"
                _log.warning("no lease can be renewed, so %d shards are held on: %s", len(self._running), self._fault)
            self._shards.stands_by = False
            return False
        if self._fault:
            self._fault = ""
            _log.info("leases are renewed again")
        self._follow(beat)
        return True

    def _follow(self, beat: Beat) -> None:
        """Have a client for each shard that is to have one, and for no other."""
        wanted = beat.held | beat.claimed
        for shard_id in self._running.keys() - wanted:
            _log.info("shard %d is another process's now", shard_id)
            self._end(shard_id)
        for shard_id in sorted(wanted - self._running.keys()):
            _log.info("shard %d of %d is this process's now", shard_id, beat.shard_count)
            self._begin(shard_id, beat.shard_count)
        self._shards.hold(wanted)  # each time: a client that ends lets go of its own, though another is begun
        self._shards.stands_by = not wanted
        awaited = ", ".join(map(str, sorted(beat.awaited)))
        if awaited and awaited != self._awaited:
            _log.warning("shards that were fixed for this process are another's, and it waits for them: %s", awaited)
        self._awaited, self._last = awaited, beat

    def _begin(self, shard_id: int, shard_count: int) -> None:
        stop = asyncio.Event()

        def make(listen: bool) -> Verbatim:
            return self._make(listen=listen, shard_id=shard_id, shard_count=shard_count, on_hearing=self._hears)

        task = asyncio.create_task(keep_connected(make, self._token, stop, listen=self._listen), name=f"shard {shard_id}")
        task.add_done_callback(lambda _: self._wake.set())
        self._running[shard_id] = _Running(task, stop)

    def _end(self, shard_id: int) -> None:
        running = self._running.pop(shard_id)
        self._hearing.discard(shard_id)
        self._shards.leave([shard_id])
        running.stop.set()
        self._ending.add(running.task)
        running.task.add_done_callback(self._ending.discard)

    def _hears(self, shard_id: int) -> None:
        if shard_id in self._running:
            self._hearing.add(shard_id)
            self._wake.set()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        self._wake.clear()
