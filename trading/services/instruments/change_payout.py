from datetime import datetime

from django.db import transaction

from accounts.domain.approvals.made_from import require_unchanged
from accounts.domain.approvals.requests import checked_reason
from accounts.domain.errors import FieldError, InvalidInput, mark
from accounts.domain.notation import write_decimal
from accounts.steps.log_on_commit import log_on_commit
from trading.domain.errors import UnknownInstrument
from trading.domain.payouts import AHEAD_MAX, Payouts, begin
from trading.models import Instrument, PayoutVersion


def change_payout(
    *,
    symbol: str,
    payouts: Payouts,
    reason: str,
    made_by: int,
    now: datetime,
    effective_from: datetime | None = None,
    made_from: str | None = None,
) -> PayoutVersion:
    """Give an instrument a new version of its payouts, for trades accepted from `effective_from` on.

    That is NOTICE to AHEAD_MAX away, and NOTICE away where it isn't given, always at a whole second. `payouts.version`
    doesn't matter: the new version follows the last one, and takes the place of those that would come into force with
    it or later. The same payouts again from the same person, while the last version still waits, are that version: a
    double click makes one.

    Raises UnknownInstrument, InvalidInput, and ChangedMeanwhile if the last version isn't that of `made_from`, the mark
    of the one that the caller knew (`newest_of`).
    """
    payouts.check()
    why, since = checked_reason(reason), _moment(effective_from, now)
    stored = _columns(payouts)
    with transaction.atomic(durable=True):
        # Not the lock that orders take: orders continue meanwhile.
        instrument = Instrument.objects.select_for_update(no_key=True).filter(symbol=symbol).first()
        if instrument is None:
            raise UnknownInstrument(symbol)
        _check_durations(payouts, instrument)
        last = PayoutVersion.objects.filter(instrument=instrument).order_by("-version").first()
        wanted = {**stored, "reason": why, "made_by_id": made_by}
        if last is not None and _repeats(last, wanted, since, now):
            return last
        require_unchanged(newest_of(last), made_from)
        log_on_commit("payouts changed", instrument=symbol, user_id=made_by)
        version = last.version + 1 if last else 1
        return PayoutVersion.objects.create(
            instrument=instrument, version=version, effective_from=since, made_at=now, **wanted
        )


def newest_of(last: PayoutVersion | None) -> dict[str, object]:
    """What a form for the next version is made from: the last version, in force or not."""
    return {"version": last.version if last else 0}


def _columns(payouts: Payouts) -> dict[str, object]:
    return {
        "rate": payouts.rate,
        "rates": {str(seconds): write_decimal(rate) for seconds, rate in sorted(payouts.rates.items())},
        "skew_max": payouts.rate_skew_max,
        "skew_scale": payouts.rate_skew_scale,
        "edge_min": payouts.edge_min,
    }


def _repeats(last: PayoutVersion, wanted: dict[str, object], since: datetime, now: datetime) -> bool:
    """Whether the last version is what is wanted, and still waits. As soon as possible is one time for both."""
    soon = since == begin(None, now) and last.effective_from == begin(None, last.made_at)
    in_time = soon or last.effective_from == since
    return in_time and last.effective_from > now and all(getattr(last, name) == wanted[name] for name in wanted)


def _moment(wanted: datetime | None, now: datetime) -> datetime:
    if wanted is not None and wanted < now:
        raise InvalidInput(fields=(FieldError("effective_from", "past", "it has to be later than now"),))
    if wanted is not None and wanted > now + AHEAD_MAX:
        raise InvalidInput(
            fields=(FieldError("effective_from", "too-late", mark("it has to be within a year from now")),)
        )
    return begin(wanted, now)


def _check_durations(payouts: Payouts, instrument: Instrument) -> None:
    if not payouts.rates.keys() <= set(instrument.durations):
        raise InvalidInput(fields=(FieldError("rates", "unknown", mark("only durations that the instrument offers")),))
