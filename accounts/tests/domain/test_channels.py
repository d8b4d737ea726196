import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.channels import MalformedMessage, Message, user_of, user_topic
from accounts.tests.json_values import JSON

MESSAGES = st.builds(Message, st.text(), st.text(), JSON, st.none() | st.integers())


@given(message=MESSAGES)
def test_a_message_is_read_as_it_was_written(message: Message) -> None:
    assert Message.decode(message.topic, message.encode().encode()) == message


@given(message=MESSAGES)
def test_its_members_are_in_the_order_of_the_frame(message: Message) -> None:
    counted = [] if message.seq is None else ["seq"]
    assert list(json.loads(message.encode())) == ["channel", *counted, "data"]


@given(content=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_other_content_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedMessage):
        Message.decode("topic", content)


@pytest.mark.parametrize(
    "members",
    [
        {"channel": "c"},
        {"data": []},
        {"channel": None, "data": []},
        {"channel": "c", "data": [], "seq": None},
        {"channel": "c", "data": [], "seq": True},
        {"channel": "c", "data": [], "seq": 1.5},
    ],
)
def test_a_message_whose_members_are_not_ours_is_malformed(members: dict[str, object]) -> None:
    with pytest.raises(MalformedMessage):
        Message.decode("topic", json.dumps(members).encode())


@pytest.mark.parametrize("channel", [None, "offers"])
def test_a_topic_of_a_person_names_them(channel: str | None) -> None:
    assert user_of(user_topic(17, channel)) == 17


@pytest.mark.parametrize("topic", ["prices.BTC-USDT", "user.", "user.x", "user.1x", "user.1.", "a.user.1", ""])
def test_other_topics_name_nobody(topic: str) -> None:
    assert user_of(topic) is None
