from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.db import models
from django.db.models.lookups import Exact, IContains

from accounts.domain.mailbox import NotAMailbox, mailbox, mailbox_if_any


def validate_mailbox(text: str) -> None:
    """Raises ValidationError, in Django's words, for an address that is no mailbox."""
    try:
        validate_email(mailbox(text))
    except NotAMailbox as error:
        raise ValidationError(EmailValidator.message, code="invalid") from error


class MailboxField(models.EmailField[str, str]):
    """An email address, stored and looked up in its one form."""

    default_validators = [validate_mailbox]

    def deconstruct(self) -> Any:
        """For migrations it is a plain email field: they import no module of ours."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.EmailField", arguments, options

    def get_prep_value(self, value: Any) -> Any:
        return mailbox_if_any(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        form = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, form)
        return form


@MailboxField.register_lookup
class MailboxContains(IContains):
    """The search of the staff site: a whole address is searched in its one form, a part of one as it is."""

    def get_prep_lookup(self) -> Any:
        return mailbox_if_any(self.rhs) if isinstance(self.rhs, str) else self.rhs


@MailboxField.register_lookup
class MailboxExact(Exact):
    """Is in lower case on both sides, as the stored form is: the unique index on lower(email) finds it."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        column, params = super().process_lhs(compiler, connection, lhs)
        return f"LOWER({column})", params
