import psycopg

from accounts.domain.moments import Clock
from monitoring.domain.recovery import RestoreRefused
from monitoring.models import Restore
from monitoring.recovery import databases
from monitoring.recovery.elsewhere import on_database
from monitoring.recovery.losses import marks_of_state
from monitoring.recovery.restoring import Say
from monitoring.services.restore_dump import Past, Restored, Target, carry_over, put_in_place, session_on


def undo_restore(*, target: Target, name: str | None, clock: Clock, say: Say) -> Restored:
    """Put a kept database back in place: the newest one, unless it is named. The one in place is kept in its turn.

    Newer prices, digests and keys go over; its ledger isn't verified, because it may be the damaged one. Raises
    RestoreRefused, LockHeld, SessionsStay, psycopg.OperationalError.
    """
    begun = clock()
    with databases.lock(target.server, "restore", target.live) as server:
        kept = kept_database(server, target, name)
        state_at = databases.kept_until(kept)
        keep_as = databases.kept(target.live, begun)
        row = Restore(restored_at=begun, state_at=state_at, source=f"back to {kept}", kept_as=keep_as)
        with session_on(target, target.live) as live:
            past = Past(live)
            say("carrying over newer prices, digests and keys")
            with on_database(target.server, kept):
                if live is not None:
                    past.marks = marks_of_state(live)
                carry_over(past)
            say("putting it in place")
            put_in_place(target, kept, past, row, keep_as)
    took = (clock() - begun).total_seconds()
    return Restored(row.source, state_at, keep_as, True, 0, past.prices_carried, tuple(past.lost), took)


def kept_database(server: psycopg.Connection, target: Target, name: str | None) -> str:
    """Returns the kept database that would be put back. Raises RestoreRefused with all their names."""
    found = databases.kept_databases(server, target.live)
    if not found or name not in (None, *found):
        raise RestoreRefused(f"kept databases of {target.live}: {', '.join(found) or 'none'}")
    return name or found[0]
