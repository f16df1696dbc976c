"""The official who steps in for a person with a conflict is checked like that person.

Source: fact sheet of the domain, section 4.4: the replacement is "itself checked against F1".
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from declarations.models import ConflictDeclaration, ConflictParty
from declarations.services import suspensions
from declarations.services.kinship import are_kin
from declarations.services.party_matching import NamedParty, hits
from people.models import User


@dataclass(frozen=True, slots=True)
class ReplacementCheck:
    """`faults` forbid the choice; each is a sentence for the superior."""

    person: User
    faults: tuple[str, ...]

    @property
    def is_free(self) -> bool:
        return not self.faults


def check(conflict: ConflictDeclaration, person: User) -> ReplacementCheck:
    """Active, not the declarant or kin of theirs, not suspended, nothing declared that is
    like a party. What was declared is not told to the superior, only that there is something.
    """
    faults = []
    if not person.is_active or person.standing.main is None:
        faults.append(_("%(name)s holds no post at present."))
    if person.pk == conflict.declarant_id:
        faults.append(_("%(name)s is the person with the conflict."))
    elif are_kin(conflict.declarant, person):
        faults.append(_("%(name)s is kin of the person with the conflict."))
    if conflict.matter is not None and suspensions.running(person, conflict.matter):
        faults.append(_("%(name)s declared a conflict on the same decision."))
    parties = [
        NamedParty(str(party.pk), party.name, party.npwp, party.nib)
        for party in ConflictParty.objects.filter(conflict=conflict)
    ]
    if hits(person, parties):
        faults.append(_("%(name)s has declared an interest that is like one of the parties."))
    return ReplacementCheck(
        person, tuple(fault % {"name": person.full_name} for fault in faults)
    )
