"""The JSON shape of a person."""

from dataclasses import asdict

from accounts.domain.notation import write_instant
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
