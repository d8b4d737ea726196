"""allauth's forms with an email, for pages and apps: each reads it as a mailbox, before anything looks at it."""

from typing import Any

from allauth.account.fields import EmailField
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.headless.account.inputs import LoginInput, RequestPasswordResetInput

from accounts.domain.mailbox import mailbox_if_any
from accounts.models.mailbox_field import validate_mailbox


class MailboxField(EmailField):  # type: ignore[misc]  # allauth has no types
    """An email, read in its one form."""

    default_validators = [validate_mailbox]

    def to_python(self, value: object) -> str:
        return mailbox_if_any(super().to_python(value))


class ReadsMailbox:
    """Goes before a form of allauth, and reads its email in the one form."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "login"):
            if field := self.fields.get(name):
                self.fields[name] = MailboxField(label=field.label, widget=field.widget, required=field.required)


class LoginMailboxForm(ReadsMailbox, LoginForm):  # type: ignore[misc]
    pass


class ResetMailboxForm(ReadsMailbox, ResetPasswordForm):  # type: ignore[misc]
    pass


class LoginMailboxInput(ReadsMailbox, LoginInput):  # type: ignore[misc]
    pass


class ResetMailboxInput(ReadsMailbox, RequestPasswordResetInput):  # type: ignore[misc]
    pass
