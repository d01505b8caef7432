"""Whatever is to leave is held within Discord's limits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.browse.paging import Option
from bot.client.outgoing import Key, Menu, Outgoing, clamp, options

keys = st.builds(Key, st.text(max_size=200), st.text(max_size=150), st.booleans())
menus = st.builds(
    Menu,
    st.text(max_size=150),
    st.text(max_size=300),
    st.lists(st.builds(Option, st.text(max_size=200), st.text(max_size=150)), max_size=40).map(tuple),
)
messages = st.builds(
    Outgoing,
    st.text(max_size=4000),
    st.lists(st.lists(keys, max_size=8).map(tuple), max_size=8).map(tuple),
    st.none() | menus,
    st.none() | st.tuples(st.text(min_size=1, max_size=200), st.text(max_size=20)),
    st.booleans(),
    st.none() | st.floats(0, 100),
)


@given(message=messages)
def test_whatever_is_to_be_sent_leaves_within_discord_s_limits(message: Outgoing) -> None:
    sent = clamp(message)
    assert len(sent.content) <= 2000
    assert sent.content.strip() or sent.file
    assert len(sent.rows) + (sent.menu is not None) <= 5
    ids = [k.custom_id for row in sent.rows for k in row] + ([sent.menu.custom_id] if sent.menu else [])
    assert len(ids) == len(set(ids))
    assert all(1 <= len(i) <= 100 for i in ids)
    for row in sent.rows:
        assert 1 <= len(row) <= 5
        assert all(1 <= len(k.label) <= 80 and k.label.strip() for k in row)
    assert {(k.custom_id, k.primary) for row in sent.rows for k in row} <= {
        (k.custom_id, k.primary) for row in message.rows for k in row
    }
    if sent.menu:
        values = [o.value for o in sent.menu.options]
        assert 1 <= len(values) <= 25
        assert len(values) == len(set(values))
        assert all(1 <= len(o.label) <= 100 and 1 <= len(o.value) <= 100 for o in sent.menu.options)
        assert len(sent.menu.placeholder) <= 150
    assert (sent.private, sent.lasts) == (message.private, message.lasts)
    assert clamp(sent) == sent


@given(found=st.lists(st.builds(Option, st.text(max_size=200), st.text(max_size=200)), max_size=60))
def test_what_is_offered_while_somebody_types_is_within_the_limits_and_never_cuts_a_value(found: list[Option]) -> None:
    kept = options(found)
    assert len(kept) <= 25
    assert {o.value for o in kept} <= {o.value for o in found}
    assert all(1 <= len(o.label) <= 100 and 1 <= len(o.value) <= 100 for o in kept)
