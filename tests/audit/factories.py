"""Events of the audit trail, with any target."""

import factory
from factory.django import DjangoModelFactory

from audit.models import AuditEvent


class AuditEventFactory(DjangoModelFactory):
    class Meta:
        model = AuditEvent

    action = "audit.export"
    actor_label = "Siti Aminah"
    target_type = "people.user"
    target_id = factory.Sequence(str)
    target_label = "Budi"
    data = factory.LazyFunction(lambda: {"rows": 3})
