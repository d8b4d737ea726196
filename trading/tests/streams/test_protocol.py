import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.json_values import JSON
from trading.streams.protocol import MEMBERS, Op, Ping, Published, Refused, frame, parse


@given(channel=st.text(), data=JSON, seq=st.integers())
def test_a_message_with_its_own_number_is_the_frame_but_for_the_type(channel: str, data: object, seq: int) -> None:
    published = Published("topic", channel, data, seq)
    assert published.frame == frame("update", channel=channel, seq=seq, data=data)
    assert published.frame == '{"type":"update",' + published.encode()[1:]


@given(channel=st.text(), data=JSON, counts=st.lists(st.integers(), min_size=1))
def test_each_socket_gets_its_own_count_of_what_has_no_number(channel: str, data: object, counts: list[int]) -> None:
    published = Published.decode("topic", Published("topic", channel, data).encode().encode())
    for seq in counts:
        assert published.frame_numbered(seq) == frame("update", channel=channel, seq=seq, data=data)


@pytest.mark.parametrize(
    "text",
    ['{"op": "ping", "x": NaN}', '{"op": "ping", "op": "subscribe"}', '{"op": "ping", "x": {"a": 1, "a": 1}}', "{"],
)
def test_a_message_is_json_with_one_meaning(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == "invalid-json"
    assert parse('\ufeff{"op": "ping", "id": 1}') == Ping(1)


@pytest.mark.parametrize("op", Op)
@pytest.mark.parametrize("member", ["seQ", "channels", "", "data"])
def test_a_member_without_effect_is_refused_by_name(op: Op, member: str) -> None:
    """A misspelt `seq` would bring a snapshot, where its sender waits for what it has missed."""
    wanted = {"op": op, "id": 1, "channel": "trades", "seq": 5, "trade": str(UUID(int=1)), "body": {}}
    known = {name: wanted[name] for name in MEMBERS[op]}
    parse(json.dumps(known))
    others = {member, *(wanted.keys() - MEMBERS[op])}
    for other in others:
        with pytest.raises(Refused) as refused:
            parse(json.dumps(known | {other: wanted.get(other, 1)}))
        assert (refused.value.code, refused.value.id) == ("unknown-field", 1)
        assert repr(other) in refused.value.title
