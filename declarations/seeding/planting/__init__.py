"""Conflicts hidden in the province, each noted with whom, what and where.

The kinds follow the catalogue of rules in docs (A: inside one register, B: against the year
before, C: parties of statements, D: people and posts, E: whole OPDs, F: handling, Q and L: what
runs on the day). None needs data of procurement. The list is for checking later what finds them
(`check_planted`); nothing in the portal reads it.
"""

from declarations.seeding.planting.handling import InHandling
from declarations.seeding.planting.posts import InPosts
from declarations.seeding.planting.registers import InRegisters
from declarations.seeding.planting.statements import InStatements
from declarations.seeding.planting.tools import NIL_OPD, SILENT_OPD

__all__ = ["NIL_OPD", "SILENT_OPD", "Planter"]
COPIES = 2


class Planter(InStatements, InHandling, InPosts, InRegisters):
    """Everything, the rare before the common."""

    def plant(self) -> None:
        self.story.silent_opds.add(SILENT_OPD)
        self.profiles.nil_opds.add(NIL_OPD)
        self.story.apart.update(p.id for p in self.province.obliged if p.post.opd == SILENT_OPD)
        self._e1_silent_unit()
        self._e2_off_map()
        self._e3_past_its_day()
        self._e4_nil_rate()
        self._a12_clones()
        groups = (InStatements, InHandling, InPosts, InRegisters)
        rare = [step for group in groups for step in group.RARE]
        common = [step for group in groups for step in group.COMMON]
        for step in [*rare * COPIES, *common * COPIES]:
            step(self)
