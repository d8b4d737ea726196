"""Reads a person: email, settings and second factor."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.domain.people.settings import Settings
from accounts.models import User
from accounts.selectors.access.guards import has_second_factor


def id_of(user: AbstractBaseUser | AnonymousUser) -> int:
    """Returns the id of a signed-in user. A door that admits visitors must check for them first."""
    if user.pk is None:
        raise TypeError("a visitor has no id")
    return int(user.pk)


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an account and settings, and whether they have a second factor."""

    id: int
    email: str
    joined_at: datetime
    settings: Settings
    has_second_factor: bool


def person(user_id: int) -> Person:
    """Returns the person with this id."""
    user = User.objects.get(pk=user_id)
    return Person(user.pk, user.email, user.joined_at, settings_of(user), has_second_factor(user))


def email_of(user_id: int) -> str:
    """Returns the email of the person with this id."""
    return User.objects.values_list("email", flat=True).get(pk=user_id)


def settings_of(user: User) -> Settings:
    """Returns the settings of a signed-in user."""
    return Settings(
        locale=user.locale,
        time_zone=user.time_zone,
        colours=user.colours,
        sounds=user.sounds,
        reality_check_minutes=user.reality_check_minutes,
    )
