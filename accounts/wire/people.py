"""The JSON shapes of a person, and of an announcement to everybody."""

from dataclasses import asdict

from accounts.domain.notation import write_instant
from accounts.models import Announcement
from accounts.selectors.people.person import Person


def person(person: Person) -> dict[str, object]:
    """A person for their own programs: identity and settings."""
    return {
        "id": person.id,
        "email": person.email,
        "joined_at": write_instant(person.joined_at),
        "has_second_factor": person.has_second_factor,
        **asdict(person.settings),
    }


def announcement(shown: Announcement) -> dict[str, object]:
    """An announcement with its text in both languages. One that is withdrawn says when."""
    return {
        "id": shown.pk,
        "kind": shown.kind,
        "text_en": shown.text_en,
        "text_ko": shown.text_ko,
        "starts_at": write_instant(shown.starts_at),
        "ends_at": write_instant(shown.ends_at),
        "withdrawn_at": write_instant(shown.withdrawn_at) if shown.withdrawn_at else None,
    }
