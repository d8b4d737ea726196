"""The result of a check of a proof."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """The disagreements, as (code, detail), and the notes on facts that could not be checked."""

    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def check(self, holds: bool, code: str, detail: str) -> bool:
        if not holds and (code, detail) not in self.faults:
            self.faults.append((code, detail))
        return holds

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
