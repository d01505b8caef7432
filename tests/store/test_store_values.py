"""Which setting counts where several levels set one."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from fakes.stores import CHANNEL, THREAD
from hypothesis import given
from hypothesis import strategies as st

from bot.store.values import MAX_COOLDOWN, ChannelSettings, GuildSettings, Overrides, Share, merge, slugs

levels = st.builds(
    Overrides,
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["one", "two"]),
    st.none() | st.floats(0, MAX_COOLDOWN),
    st.none() | st.booleans(),
)
SETTINGS = tuple(field.name for field in fields(Overrides))


@pytest.mark.parametrize(
    ("guild", "shard"), [(0, 0), (2**22 - 1, 0), (2**22, 1), (21 * 2**22, 5), (22 * 2**22 - 1, 5), (2**63 - 1, 15)]
)
def test_a_server_is_of_one_shard_and_the_lowest_22_bits_of_its_id_do_not_count(guild: int, shard: int) -> None:
    assert [n for n in range(16) if Share(frozenset({n}), 16).has(guild)] == [shard]


def test_what_is_set_for_a_channel_goes_over_what_is_set_for_the_server_and_that_over_the_defaults() -> None:
    server = Overrides(listen=True, ephemeral=True, cooldown=5)
    channel = Overrides(listen=False, article="other", threads=True)
    assert merge(ChannelSettings(cooldown=1), server, channel) == ChannelSettings(False, True, "other", 5, True)


@given(st.lists(levels, max_size=3))
def test_of_each_setting_the_narrowest_that_is_set_counts(given_levels: list[Overrides]) -> None:
    merged = merge(ChannelSettings(), *given_levels)
    for name in SETTINGS:
        values = [getattr(level, name) for level in given_levels if getattr(level, name) is not None]
        assert getattr(merged, name) == (values[-1] if values else getattr(ChannelSettings(), name))


def test_a_thread_has_its_parents_settings_and_its_own_over_them() -> None:
    settings = GuildSettings(Overrides(cooldown=9), {CHANNEL: Overrides(listen=True), THREAD: Overrides(listen=False)})
    assert settings.at(CHANNEL) == ChannelSettings(listen=True, cooldown=9)
    assert settings.at(CHANNEL, THREAD) == ChannelSettings(listen=False, cooldown=9)
    assert settings.at(99) == settings.at() == ChannelSettings(cooldown=9)
    assert settings.at(99, defaults=ChannelSettings(ephemeral=True)) == ChannelSettings(ephemeral=True, cooldown=9)


def test_what_is_set_as_the_article_may_be_several_with_blanks_between_them() -> None:
    assert slugs(None) == ()
    assert slugs(Overrides(article="one").article) == ("one",), "as before there could be several"
    assert slugs(Overrides(article="b a c").article) == ("b", "a", "c")
    assert slugs(" b  a b ") == ("b", "a"), "each counts once"


@pytest.mark.parametrize(
    "wrong",
    [
        {"cooldown": -1},
        {"cooldown": MAX_COOLDOWN + 1},
        {"cooldown": float("nan")},
        {"article": ""},
        {"article": " "},
        {"article": "- -"},
        {"article": "a b c d e f"},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cooldown|slug"):
        Overrides(**wrong)
