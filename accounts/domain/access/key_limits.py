"""The limits of one API key: bounds for the losses of a program that has gone wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.domain.errors import FieldError, Refusal, mark
from accounts.domain.money import SCALES
from accounts.domain.notation import places, write_decimal

OPEN_TRADES_MOST = 1000
PLACES_MAX = max(SCALES.values())
AMOUNT_LESS_THAN = Decimal(10) ** 12


class KeyLimitReached(Refusal):
    code, status = "key-limit-reached", 409
    title = mark("A limit of this API key is reached")


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """The limits of a key, fixed when it is made; None is no limit. Amounts are in the currency of each order."""

    stake_max: Decimal | None = None
    stake_a_day: Decimal | None = None
    """The stakes of a UTC day, of each wallet by itself."""
    open_trades_max: int | None = None
    """Of all wallets together."""

    @property
    def is_any(self) -> bool:
        return self != NO_KEY_LIMITS

    def check(self, usage: "KeyUsage", *, wallet_id: int, stake: Decimal) -> None:
        """Raises KeyLimitReached for an order of this stake in this wallet."""
        asked: dict[str, tuple[Decimal | int | None, Decimal | int]] = {
            "stake_max": (self.stake_max, stake),
            "stake_a_day": (self.stake_a_day, usage.staked.get(wallet_id, Decimal(0)) + stake),
            "open_trades_max": (self.open_trades_max, usage.open_trades + 1),
        }
        for name, (most, wanted) in asked.items():
            if most is not None and wanted > most:
                raise KeyLimitReached(f"{name} of this key is {write_decimal(Decimal(most))}", limit=name)

    def faults(self, *, trades: bool) -> Sequence[FieldError]:
        """The faulty fields; `trades` is whether the key may trade."""
        found = [
            FieldError(name, "invalid", f"more than 0, with at most {PLACES_MAX} decimal places")
            for name, amount in (("stake_max", self.stake_max), ("stake_a_day", self.stake_a_day))
            if amount is not None and (not 0 < amount < AMOUNT_LESS_THAN or places(amount) > PLACES_MAX)
        ]
        most = self.open_trades_max
        if most is not None and not 0 < most <= OPEN_TRADES_MOST:
            found.append(FieldError("open_trades_max", "invalid", f"a whole number from 1 to {OPEN_TRADES_MOST}"))
        if self.is_any and not trades and not found:
            given = [name for name in LIMITS if getattr(self, name) is not None]
            found += [FieldError(name, "not-needed", "this key doesn't trade") for name in given]
        return found


LIMITS = ("stake_max", "stake_a_day", "open_trades_max")
NO_KEY_LIMITS = KeyLimits()


@dataclass(slots=True)
class KeyUsage:
    """The use of a key's limits: its trades under way, and its stakes of today by wallet."""

    open_trades: int = 0
    staked: dict[int, Decimal] = field(default_factory=dict)

    def add(self, *, wallet_id: int, stake: Decimal) -> None:
        """Counts one more trade."""
        self.open_trades += 1
        self.staked[wallet_id] = self.staked.get(wallet_id, Decimal(0)) + stake


def limits_in(columns: Sequence[Sequence[str | int | None]] | None) -> Mapping[int, KeyLimits]:
    """Reads the limits of several keys, each as its id, two amounts as texts, and a number."""
    return {
        int(str(id)): KeyLimits(
            None if stake_max is None else Decimal(str(stake_max)),
            None if stake_a_day is None else Decimal(str(stake_a_day)),
            None if open_trades_max is None else int(str(open_trades_max)),
        )
        for id, stake_max, stake_a_day, open_trades_max in columns or ()
    }
