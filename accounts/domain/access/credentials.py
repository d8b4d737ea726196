"""The headers by which a program proves itself: one credential, written once, of a kind that we know."""

from collections.abc import Callable, Iterator, Sequence

from accounts.domain.errors import FieldError

CREDENTIALS = ("Authorization", "X-Api-Key", "X-Session-Token")
"""Each of these names the caller. Two of them could name two."""

SINGLE = (*CREDENTIALS, "X-Timestamp", "X-Signature", "Idempotency-Key")
"""Headers with one value, which never has a comma. Servers join a header that comes twice with a comma."""

Values = Callable[[str], Sequence[str]]
"""header -> its values, in the order of the request; empty without the header."""


def repeated_headers(values: Values) -> Iterator[FieldError]:
    """Yields each header that comes twice though it has one value: a proxy may read the first one, we the last."""
    for name in SINGLE:
        given = values(name)
        if len(given) > 1 or any("," in value and (name != "Authorization" or _is_bearer(value)) for value in given):
            yield FieldError(name, "duplicate-header", "this header comes twice, or has a comma")


def credential_faults(values: Values) -> list[FieldError]:
    """Returns the faults of a program's headers.

    Besides repeated ones: an `Authorization` of another scheme than `Bearer`, which would have no effect, so that the
    caller would be a visitor or somebody else; and a second credential, since only one of them would be looked at.
    """
    faults = list(repeated_headers(values))
    named = {fault.field for fault in faults}
    if "Authorization" not in named and any(not _is_bearer(value) for value in values("Authorization")):
        message = "only Bearer with an access token or an API key is known here"
        faults.append(FieldError("Authorization", "unknown-scheme", message))
    given = [name for name in CREDENTIALS if values(name)]
    faults += [FieldError(name, "second-credential", f"there is {given[0]} already") for name in given[1:]]
    return faults


def _is_bearer(authorization: str) -> bool:
    return authorization.split(" ", 1)[0].lower() == "bearer"
