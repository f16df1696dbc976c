"""Who reads the registers of decrees and contracts, and who takes them in."""

import rules

from review.policies import oversees
from review.publication_policies import inspects

rules.add_perm("review.view_registeredact", oversees)
rules.add_perm("review.import_registeredact", inspects)
