from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Collate, Lower, StrIndex, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.passwords import prepared_if_possible, spellings
from accounts.models.mailbox_field import MailboxField

COLOURS = [
    ("language", _("By the language")),
    ("korea", _("Up is red, down is blue")),
    ("world", _("Up is green, down is red")),
]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by email. Their money is in their wallets.

    `is_active` is false exactly while the account is frozen (by staff) or closed (by its owner). Neither can sign in.
    """

    email = MailboxField(_("email"), max_length=254)
    locale = models.CharField(_("language"), max_length=5, choices=[("en", _("English")), ("ko", _("Korean"))])
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", help_text=_("Empty: the device's")
    )
    colours = models.CharField(_("colours"), max_length=8, choices=COLOURS, default="language")
    sounds = models.BooleanField(_("sounds"), default=False)
    reality_check_minutes = models.PositiveSmallIntegerField(_("reality check"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    frozen_at = models.DateTimeField(_("frozen"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    keys_stopped_at = models.DateTimeField(_("trading by keys stopped"), null=True, editable=False)
    """Since then no API key of this person trades. A key can set it, and only the person lifts it."""

    second_factor_removed_at = models.DateTimeField(_("second factor removed"), null=True, editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        db_table = "users"
        verbose_name, verbose_name_plural = _("user"), _("users")
        # Half an email finds its owner: its beginning, or that of its domain.
        indexes = [
            models.Index(Collate("email", "C"), name="users_by_email_start"),
            models.Index(
                Collate(Substr("email", StrIndex("email", Value("@")) + 1), "C"), name="users_by_domain_start"
            ),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="idx_users_email"),
            # Lower-case ASCII: the one form of a mailbox. Which address that is, only Python's IDNA knows.
            models.CheckConstraint(condition=Q(email__regex=r"^[!-@\[-~]+$"), name="emails_are_mailboxes"),
            models.CheckConstraint(
                condition=Q(is_active=True, frozen_at=None, closed_at=None)
                | Q(is_active=False, frozen_at__isnull=False)
                | Q(is_active=False, closed_at__isnull=False),
                name="inactive_is_frozen_or_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def set_password(self, raw_password: str | None) -> None:
        """Stores the hash of the password's one spelling. Every door comes here."""
        super().set_password(raw_password and prepared_if_possible(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, in any spelling. Hashes from before the rule keep working."""
        return any(super(User, self).check_password(spelling) for spelling in spellings(raw_password or ""))
