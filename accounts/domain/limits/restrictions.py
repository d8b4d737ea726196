"""All restrictions on a person's trading and deposits at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.domain.access.key_limits import KeyLimits
from accounts.domain.access.scopes import AccountClosed, AccountFrozen, TradingStopped
from accounts.domain.limits.exclusions import ExclusionInForce
from accounts.domain.limits.own_limits import Limit, LimitKind, check_session, session_end


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The restrictions on one person. `limits` are those in force, for all wallets.

    Staff freeze an account; its owner closes it or excludes themselves. An exclusion doesn't stop withdrawals.
    `keys_stopped`: no API key of theirs trades; `stopped_keys` are single ones that don't. `key_limits` has those that
    have limits of their own.
    """

    frozen: bool = False
    closed: bool = False
    exclusion: ExclusionInForce | None = None
    keys_stopped: bool = False
    stopped_keys: frozenset[int] = frozenset()
    key_limits: Mapping[int, KeyLimits] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()

    def check_active(self) -> None:
        """Raises AccountClosed or AccountFrozen."""
        if self.closed:
            raise AccountClosed
        if self.frozen:
            raise AccountFrozen

    def check_admitted(self) -> None:
        """Checks that this person may trade and bring money in.

        Raises AccountClosed, AccountFrozen, SelfExcluded or TimedOut.
        """
        self.check_active()
        if self.exclusion is not None:
            raise self.exclusion.refusal()

    def check_key(self, api_key_id: int | None) -> None:
        """Raises TradingStopped for a key that may not trade; None is no key."""
        if api_key_id is not None and (self.keys_stopped or api_key_id in self.stopped_keys):
            raise TradingStopped

    def check_session(self, *, started_at: datetime | None, now: datetime) -> None:
        """Raises SessionLimitReached."""
        check_session(self._session_minutes, started_at=started_at, now=now)

    def session_ends_at(self, started_at: datetime | None) -> datetime | None:
        """Returns the end of trading for a session that began then; None for no end."""
        return session_end(self._session_minutes, started_at)

    def of_wallet(self, currency: str, demo: bool) -> tuple[Limit, ...]:
        """Returns the limits of one wallet."""
        return tuple(limit for limit in self.limits if (limit.currency, limit.demo) == (currency, demo))

    @property
    def _session_minutes(self) -> Decimal | None:
        return next((limit.amount for limit in self.limits if limit.kind is LimitKind.SESSION), None)


NO_RESTRICTIONS = Restrictions()
