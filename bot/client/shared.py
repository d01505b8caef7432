"""What all clients of a process share: made once, whichever shards they come and go with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.client.answering import Answering
from bot.client.curating import Curating
from bot.client.delivery import MESSAGES_A_SECOND
from bot.client.pacing import Cooldowns, Pace
from bot.client.patient_store import PatientStore
from bot.client.personal_data import Register
from bot.client.seen_events import SeenEvents
from bot.client.settings import SettingsCache
from bot.client.under_way import UnderWay
from bot.serve.dialogue import Dialogue
from bot.serve.library import Library
from bot.serve.measures import Measures
from bot.store.coordination import Coordinator, SharedCooldowns, Solitary
from bot.store.values import ChannelSettings, Store

_NOTHING_SET = ChannelSettings()


@dataclass(frozen=True, slots=True)
class Shared:
    """The articles, what is stored and set, who asked what and when, what is decided about questions asked in vain, what is under way and
    counted, and what is agreed with other processes."""

    library: Library
    store: PatientStore
    settings: SettingsCache
    answering: Answering
    curating: Curating
    cooldowns: Cooldowns
    register: Register
    seen: SeenEvents
    under_way: UnderWay
    pace: Pace
    measures: Measures
    coordinator: Coordinator

    @classmethod
    def of(
        cls,
        library: Library,
        store: Store,
        *,
        defaults: ChannelSettings = _NOTHING_SET,
        coordinator: Coordinator | None = None,
        cooldowns: SharedCooldowns | None = None,
        measures: Measures | None = None,
    ) -> Shared:
        """With nothing asked yet; `defaults` hold in channels for which nothing was set. `coordinator` and `cooldowns` where there are
        other processes."""
        measures = measures or Measures()
        patient, dialogue = PatientStore(store, measures), Dialogue()
        own = Cooldowns(elsewhere=cooldowns.cooldown if cooldowns else None)
        return cls(
            library=library,
            store=patient,
            settings=SettingsCache(patient, defaults),
            answering=Answering(dialogue, patient, measures=measures),
            curating=Curating(library, patient),
            cooldowns=own,
            register=Register(patient, dialogue, own, cooldowns),
            seen=SeenEvents(),
            under_way=UnderWay(),
            pace=Pace(MESSAGES_A_SECOND, 1.0),
            measures=measures,
            coordinator=coordinator or Solitary(),
        )

    def close(self) -> None:
        """Begin no further question."""
        self.answering.close()
