import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.channels import Message, user_of, user_topic
from trading.domain.candles import Interval
from trading.domain.channels import PRIVATE, Channel, Kind, UnknownChannel

SYMBOLS = st.from_regex("[A-Z0-9]{1,12}-[A-Z0-9]{1,12}", fullmatch=True)
WHOLE = [Kind.INSTRUMENTS, Kind.TICKERS, Kind.ANNOUNCEMENTS, *sorted(PRIVATE)]
CHANNELS = st.one_of(
    st.builds(Channel, st.just(Kind.PRICES), SYMBOLS),
    st.builds(Channel, st.just(Kind.CANDLES), SYMBOLS, st.sampled_from(Interval)),
    st.builds(Channel, st.sampled_from(WHOLE)),
)


@given(channel=CHANNELS)
def test_a_channel_is_found_by_its_name(channel: Channel) -> None:
    assert Channel.parse(channel.name) == channel


@given(name=st.text() | st.lists(st.sampled_from([*Kind, *Interval, "BTC-USDT", ""])).map(".".join))
def test_no_two_names_are_of_one_channel(name: str) -> None:
    try:
        channel = Channel.parse(name)
    except UnknownChannel:
        return
    assert channel.name == name


@pytest.mark.parametrize(
    "name",
    ["", "prices", "prices.", "prices.btc-usdt", "prices.BTC-USDT.1m", "prices.BTC-USDT\n", "candles.BTC-USDT",
     "candles.BTC-USDT.2m", "trades.1", "access", "user.1", "offers.BTC-USDT"],
)  # fmt: skip
def test_any_other_name_is_unknown(name: str) -> None:
    with pytest.raises(UnknownChannel):
        Channel.parse(name)


@given(channel=CHANNELS)
def test_private_channels_go_to_their_owner_alone(channel: Channel) -> None:
    assert user_of(channel.topic(7)) == (7 if channel.is_private else None)


@pytest.mark.parametrize("kind", sorted(PRIVATE))
def test_a_private_channel_has_no_topic_without_a_person(kind: Kind) -> None:
    with pytest.raises(ValueError, match="private"):
        Channel(kind).topic()


def test_offers_are_carried_apart_so_that_they_are_worked_out_for_those_who_listen() -> None:
    assert Channel(Kind.TRADES).topic(7) == Channel(Kind.WALLET).topic(7) == user_topic(7)
    assert Channel(Kind.OFFERS).topic(7) == user_topic(7, "offers")


def test_a_message_of_a_channel_goes_to_its_topic() -> None:
    prices, trades = Channel(Kind.PRICES, "BTC-USDT"), Channel(Kind.TRADES)
    assert prices.message([], seq=3) == Message("prices.BTC-USDT", "prices.BTC-USDT", [], 3)
    assert trades.message([], user_id=7) == Message("user.7", "trades", [])
