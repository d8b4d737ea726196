"""Checks the operator's caps: on one trader's trades, and on the house's liability."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from accounts.steps.lock_wallets import LockedWallet
from trading.domain.caps import TraderCaps
from trading.models import Instrument
from trading.selectors.cap_usage import WalletOn, usage_on_instruments
from trading.steps.claim_liability import AllStripes, Capacity, Claim, OwnStripes, Pool


class Caps:
    """The caps after the wallets were locked, and their use by the orders accepted since then.

    One query more for instruments with caps on single traders, one for those with caps on liability, none for others.
    """

    def __init__(
        self,
        instruments: Iterable[Instrument],
        wallets: Iterable[LockedWallet],
        wanted: Mapping[Pool, Decimal],
        now: datetime,
    ) -> None:
        self.traders = {each.pk: caps for each in instruments if (caps := trader_caps_of(each))}
        self.usage = usage_on_instruments(
            [
                WalletOn(wallet.id, wallet.owner_id, instrument, caps.since(now))
                for instrument, caps in self.traders.items()
                for wallet in wallets
            ]
        )
        self.capacity: Capacity = AllStripes(wanted, instruments) if wanted else OwnStripes()

    def check(self, claim: Claim) -> None:
        """Raises TooManyOpenTrades, StakeCapReached or CapacityReached."""
        caps = self.traders.get(claim.instrument.pk)
        if caps:
            caps.check(self.usage[claim.wallet_id, claim.instrument.pk], claim.terms)
        self.capacity.check(claim)

    def add(self, claim: Claim) -> None:
        """Count an accepted order."""
        if claim.instrument.pk in self.traders:
            usage = self.usage[claim.wallet_id, claim.instrument.pk]
            usage.open_trades += 1
            usage.staked += claim.terms.stake
        self.capacity.add(claim)

    def take(self) -> None:
        """Take the counted amounts from the capacities. Raises StripesShort."""
        self.capacity.take()


def trader_caps_of(instrument: Instrument) -> TraderCaps:
    """The caps on a single trader for this instrument."""
    return TraderCaps(instrument.open_trades_max, instrument.staked_max, instrument.stake_window_seconds)
