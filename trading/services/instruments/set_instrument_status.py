from collections.abc import Mapping, Sequence
from functools import partial

from django.db import connection, transaction

from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.requests import checked_reason
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.moments import Clock
from accounts.steps.log_on_commit import log_on_commit
from trading.domain.errors import UnknownInstrument
from trading.domain.terms import Status
from trading.models import Instrument
from trading.models.instrument import STATUS_REASON_LENGTH_MAX
from trading.publish import publish_statuses

STANDING = ("status", "status_reason", "status_reason_ko")


def set_instrument_status(
    *,
    symbols: Sequence[str],
    status: Status,
    reason: str,
    clock: Clock,
    reason_ko: str = "",
    made_from: Mapping[str, str] | None = None,
) -> list[str]:
    """Open, close or pause instruments. Returns the symbols of those that changed. Traders read the reason, those who
    read Korean the Korean one, if there is one.

    After the return, no order is taken any more that the status forbids. Open trades don't change: they settle in any
    status. Raises UnknownInstrument, also for an instrument that is never traded (then none has changed), and
    InvalidInput for a missing reason; only opening needs none.
    `made_from` has the marks of the standings that the caller knew, by symbol. Raises ChangedMeanwhile with the symbols
    that have another standing now; then none has changed.

    The clock is read when no order is in flight: all that the former status allowed are older than `status_since`.
    """
    reasons = _checked(reason, "reason", required=status is not Status.OPEN), _checked(reason_ko, "reason_ko")
    with transaction.atomic(durable=True):
        # Rows first, like a change of a cap. Prices only check that a row exists: they don't wait for this.
        found = list(Instrument.objects.select_for_update(no_key=True).filter(symbol__in=symbols, tradable=True))
        unknown = set(symbols) - {instrument.symbol for instrument in found}
        if unknown:
            raise UnknownInstrument(", ".join(sorted(unknown)))
        wanted = {"status": status, "status_reason": reasons[0], "status_reason_ko": reasons[1]}
        changed = [each for each in found if standing_of(each) != wanted]
        if not changed:
            return []
        _check_known(changed, made_from or {})
        _hold_orders()
        now = clock()
        for instrument in changed:
            vars(instrument).update(wanted, status_since=now)
            instrument.save(update_fields=[*STANDING, "status_since"])
        transaction.on_commit(partial(publish_statuses, changed))
        log_on_commit("instrument status set", instruments=[each.symbol for each in changed], state=status)
    return [instrument.symbol for instrument in changed]


def standing_of(instrument: Instrument) -> dict[str, str]:
    """An instrument's status with its reasons."""
    return {name: getattr(instrument, name) for name in STANDING}


def _check_known(changed: Sequence[Instrument], made_from: Mapping[str, str]) -> None:
    marks = {each.symbol: mark_of(standing_of(each)) for each in changed}
    others = [symbol for symbol, now in marks.items() if made_from.get(symbol, now) != now]
    if others:
        raise ChangedMeanwhile(", ".join(others))


def _checked(reason: str, field: str, *, required: bool = False) -> str:
    reason = checked_reason(reason, required=required)
    if len(reason) > STATUS_REASON_LENGTH_MAX:
        message = f"at most {STATUS_REASON_LENGTH_MAX} characters"
        raise InvalidInput(fields=(FieldError(field, "too-long", message),))
    return reason


def _hold_orders() -> None:
    """Orders in flight end first, and the next ones see the change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hold_orders()")
