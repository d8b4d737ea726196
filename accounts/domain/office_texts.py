"""The texts that staff write: notes on people, and announcements to everybody."""

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.texts import is_blank, is_plain

NOTE_LENGTH_MAX = 2000
ANNOUNCEMENT_LENGTH_MAX = 300


def checked_note(text: str) -> str:
    """Returns a note without surrounding blanks; it may have lines. Raises InvalidInput."""
    text = text.strip().replace("\r\n", "\n")
    if is_blank(text) or not is_plain(text, lines=True) or len(text) > NOTE_LENGTH_MAX:
        raise InvalidInput(fields=(FieldError("text", "invalid", f"1 to {NOTE_LENGTH_MAX} visible characters"),))
    return text


def announcement_fault(field: str, text: str) -> FieldError | None:
    """Returns the fault of an announcement's text in one language, if it has one."""
    if not is_blank(text) and is_plain(text) and len(text) <= ANNOUNCEMENT_LENGTH_MAX:
        return None
    return FieldError(field, "invalid", f"1 to {ANNOUNCEMENT_LENGTH_MAX} visible characters")
