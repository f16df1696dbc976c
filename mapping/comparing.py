"""One map beside another of the same OPD: what came, went, rose and fell."""

from dataclasses import dataclass

from mapping.models import RiskArea, RiskMap
from mapping.models.rows import level_words


@dataclass(frozen=True, slots=True)
class Pair:
    """A row in both maps, or in one of them."""

    before: RiskArea | None
    after: RiskArea | None
    before_words: str
    after_words: str

    @property
    def row(self) -> RiskArea:
        return self.after or self.before  # type: ignore[return-value]

    @property
    def change(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.difference else ""

    @property
    def difference(self) -> int:
        """Of what is left of the risk; 0 where the row is in one map only."""
        if self.before is None or self.after is None:
            return 0
        return self.after.current_magnitude - self.before.current_magnitude

    @property
    def size(self) -> int:
        return abs(self.difference)


def compare(before: RiskMap, after: RiskMap) -> list[Pair]:
    """By `row_key`, in the order of the later map, then what went. Two queries."""
    old = {row.row_key: row for row in before.areas.for_map()}
    new = list(after.areas.for_map())
    keys = {row.row_key for row in new}
    pairs = [_pair(before, after, old.get(row.row_key), row) for row in new]
    return pairs + [_pair(before, after, row, None) for key, row in old.items() if key not in keys]


def _pair(before: RiskMap, after: RiskMap, old: RiskArea | None, new: RiskArea | None) -> Pair:
    return Pair(
        old,
        new,
        f"{old.current_magnitude} ({level_words(before.scale, old.current_level)})" if old else "",
        f"{new.current_magnitude} ({level_words(after.scale, new.current_level)})" if new else "",
    )
