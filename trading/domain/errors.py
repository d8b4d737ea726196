"""The refusals of an order by the market. A refused order holds and stores nothing."""

from accounts.domain.errors import InsufficientFunds, Refusal, mark


class UnknownInstrument(Refusal):
    code, status = "unknown-instrument", 404
    title = mark("There is no such instrument")


class InstrumentClosed(Refusal):
    code, status = "instrument-closed", 409
    title = mark("This instrument is not open for new trades")


class StalePrice(Refusal):
    code, status, retry_after_seconds = "stale-price", 503, 1
    title = mark("There is no fresh price at the moment")


class ServerClockWrong(Refusal):
    code, status, retry_after_seconds = "server-clock-wrong", 503, 30
    title = mark("The server's clock is wrong, so it takes no orders")


class StakeOutOfBounds(Refusal):
    code, status = "stake-out-of-bounds", 400
    title = mark("The stake is outside this instrument's limits")


class InsufficientForStake(InsufficientFunds):
    title = mark("Not enough funds for this stake")


class DurationNotOffered(Refusal):
    code, status = "duration-not-offered", 400
    title = mark("This duration is not offered")


class PriceMoved(Refusal):
    code, status = "price-moved", 409
    title = mark("The payout rate is lower than you asked for")


class RealMoneyNeedsLivePrices(Refusal):
    code, status = "real-money-needs-live-prices", 409
    title = mark("Real money is only traded on live prices")


class OrderExpired(Refusal):
    code, status = "order-expired", 409
    title = mark("The order came after the time until which it was valid")
