"""Refusals: the typed errors by which the platform says no. Each door renders them in its own form."""

from dataclasses import dataclass


def mark(message: str) -> str:
    """Marks a title for translation; the door that shows it translates."""
    return message


class Said(str):
    """A sentence with values: English, as programs read it. A door for people translates its `form`.

    `Said(mark("It is {state}"), state="done")` is the text "It is done".
    """

    form: str
    values: dict[str, str]

    def __new__(cls, form: str, **values: object) -> "Said":
        shown = {name: str(value) for name, value in values.items()}
        made = super().__new__(cls, form.format(**shown))
        made.form, made.values = form, shown
        return made


@dataclass(frozen=True, slots=True)
class FieldError:
    """The error of one input field. `code` is stable English, `message` is for people."""

    field: str
    code: str
    message: str


def unknown_field(name: str) -> FieldError:
    """The error of an unknown JSON field. Ignoring it, misspelt or not, would drop a wish of the sender."""
    return FieldError(_written(name), "unknown-field", "there is no such field")


def duplicate_field(name: str) -> FieldError:
    """The error of a repeated JSON field. A proxy that reads the first one sees another request than we do."""
    return FieldError(_written(name), "duplicate-field", "this field comes twice")


def unknown_parameter(name: str) -> FieldError:
    """The error of an unknown query parameter, for the same reason."""
    return FieldError(_written(name), "unknown-parameter", "there is no such parameter here")


def duplicate_parameter(name: str) -> FieldError:
    """The error of a repeated query parameter."""
    return FieldError(_written(name), "duplicate-parameter", "this parameter comes twice")


def _written(name: str) -> str:
    """Escapes and shortens the name: it may not be encodable in a response."""
    return name[:100].encode("ascii", "backslashreplace").decode() or '""'


class Refusal(Exception):
    """The platform says no, and nothing has changed.

    `code` is stable and English. The door translates `title`. `status` is the HTTP status.
    `retry_after_seconds`: the caller may ask again after this time.
    `detail` describes this one refusal, `fields` lists the faulty fields, `extra` holds data for programs.
    """

    code = "refused"
    title = mark("Refused")
    status = 400
    retry_after_seconds: int | None = None

    def __init__(self, detail: str = "", *, fields: tuple[FieldError, ...] = (), **extra: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.fields = fields
        self.extra = extra


class InvalidInput(Refusal):
    code, status = "invalid-input", 400
    title = mark("The request is not valid")


class UnsupportedEncoding(Refusal):
    code, status = "unsupported-content-encoding", 415
    title = mark("Send the body as it is, without a Content-Encoding")


class NotFound(Refusal):
    code, status = "not-found", 404
    title = mark("Not found")


class InsufficientFunds(Refusal):
    """The orders and the withdrawals raise subclasses with titles of their own and the same code."""

    code, status = "insufficient-funds", 409
    title = mark("Not enough is available in the wallet")


class EmailTaken(Exception):
    """An account with this email exists. It is no Refusal: strangers must not learn of it, so each door handles it."""


class InvalidCredentials(Refusal):
    code, status = "invalid-credentials", 401
    title = mark("The email or the password is wrong")


class TooManyAttempts(Refusal):
    code, status, retry_after_seconds = "too-many-attempts", 429, 300
    title = mark("Too many failed logins: try again later")


class InvalidToken(Refusal):
    code, status = "invalid-token", 401
    title = mark("The token is not valid or no longer valid")


class EmailNotVerified(Refusal):
    code, status = "email-not-verified", 403
    title = mark("Verify your email first: we have sent you the link again")


class InvalidVerificationKey(Refusal):
    code, status = "invalid-verification-key", 400
    title = mark("This key is not valid: it may have expired, or have been used already")


class TooManyRequests(Refusal):
    code, status, retry_after_seconds = "too-many-requests", 429, 60
    title = mark("Too many requests")


class Unavailable(Refusal):
    code, status, retry_after_seconds = "unavailable", 503, 2
    title = mark("Too busy at the moment: try again in a few seconds")


class IdempotencyKeyRequired(Refusal):
    code, status = "idempotency-key-required", 400
    title = mark("An Idempotency-Key is required")


class IdempotencyKeyReused(Refusal):
    code, status = "idempotency-key-reused", 422
    title = mark("This Idempotency-Key was used for another order")
