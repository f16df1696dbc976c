"""What is wrong with a file, said so that somebody can mend it: row, column, reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from people.importing.columns import heading_of

# A file with a fault in each row needs one look at the first of them, not megabytes of text.
MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` is the row's number in the file; 0 speaks of the file as a whole."""

    row: int
    column: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "reason": self.reason}


@dataclass
class Faults:
    """Collects faults; all are counted, the first `MOST_KEPT` are kept."""

    kept: list[Fault] = field(default_factory=list)
    count: int = 0
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, key: str, reason: object) -> None:
        self.count += 1
        self.rows.add(row)
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Fault(row, heading_of(key) if key else "", _text(reason)))

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(self.kept, key=lambda fault: fault.row))

    def as_json(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self]


def _text(reason: object) -> str:
    if isinstance(reason, ValidationError):
        return " ".join(reason.messages)
    return str(reason)
