"""The mark of the state that a form was made from: who sends an older form changes nothing."""

from collections.abc import Mapping
from hashlib import sha256

from accounts.domain.approvals.work import ChangedMeanwhile


def mark_of(shown: Mapping[str, object]) -> str:
    """Returns a short text that differs where one of the values differs, written as the database gives them."""
    written = repr(sorted((name, str(value)) for name, value in shown.items()))
    return sha256(written.encode()).hexdigest()[:32]


def require_unchanged(present: Mapping[str, object], made_from: str | None) -> None:
    """Raises ChangedMeanwhile unless the form was made from the present state. None comes from no form.

    Call it with values that were read under the lock of their row.
    """
    if made_from is not None and made_from != mark_of(present):
        raise ChangedMeanwhile
