from dataclasses import dataclass
from uuid import UUID

from accounts.domain.errors import NotFound

DIGITS_MAX = 18
"""The most digits of an id: a longer one exceeds the database's integers."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of an approval, such as a user or a trade, written `user:5`.

    Each subject has exactly one spelling: requests are told apart by it.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @classmethod
    def of(cls, kind: str, id: object) -> "Subject":
        return cls(kind, str(id))

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """Raises NotFound for a text that isn't `kind:key`."""
        kind, _colon, key = text.partition(":")
        if not kind or not key:
            raise NotFound(text)
        return cls(kind, key)

    def number(self, kind: str) -> int:
        """Returns the numeric id of a subject of this kind. Raises NotFound."""
        known = self.kind == kind and self.key.isascii() and self.key.isdigit() and len(self.key) <= DIGITS_MAX
        if not known or str(int(self.key)) != self.key:
            raise NotFound(str(self))
        return int(self.key)

    def uuid(self, kind: str) -> UUID:
        """Returns the UUID of a subject of this kind. Raises NotFound."""
        try:
            id = UUID(self.key)
        except ValueError as error:
            raise NotFound(str(self)) from error
        if self.kind != kind or str(id) != self.key:
            raise NotFound(str(self))
        return id
