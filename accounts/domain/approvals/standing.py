"""The standing of a person among the staff, and their roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from accounts.domain.approvals.requests import Role
from accounts.domain.errors import FieldError, InvalidInput

CHANGE_STAFF = "change_staff"
"""The name of the action that changes a person's standing and roles."""


class Standing(StrEnum):
    """NONE: no member of staff; STAFF: may do what their roles include; SUPERUSER: may do everything but alone."""

    NONE = "none"
    STAFF = "staff"
    SUPERUSER = "superuser"


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's standing and roles."""

    standing: Standing
    roles: tuple[Role, ...]

    @classmethod
    def read(cls, standing: object, roles: Iterable[str]) -> "Membership":
        """Raises InvalidInput for an unknown standing or role, and for roles of a person who isn't staff."""
        faults, known = [], set(roles)
        if standing not in list(Standing):
            faults.append(FieldError("standing", "unknown-value", f"one of {', '.join(Standing)}"))
        if known - set(Role):
            faults.append(FieldError("roles", "unknown-value", f"some of {', '.join(Role)}"))
        elif known and standing == Standing.NONE:
            faults.append(FieldError("roles", "not-staff", "only members of staff have roles"))
        if faults:
            raise InvalidInput(fields=tuple(faults))
        return cls(Standing(str(standing)), tuple(role for role in Role if role in known))
