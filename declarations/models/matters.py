"""What is decided: the thing that statements, suspensions and plans speak about."""

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.models.configuration import DecisionKind


class Matter(models.Model):
    """The object of a decision (objek keputusan), shared by everybody who takes part in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="matters")
    kind = models.ForeignKey(DecisionKind, models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=120, blank=True)
    # Letters and digits in lower case: how two writings of one number are recognised.
    number_key = models.CharField(max_length=120, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    title_key = models.CharField(max_length=300, editable=False)
    value = models.DecimalField(
        _("value (rupiah)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    risk_area = models.ForeignKey(
        "mapping.RiskAreaTemplate", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The row of the OPD's map that was picked, by the key that it keeps over years and versions;
    # an area of the OPD's own has no template.
    risk_row = models.UUIDField(_("row of the risk map"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["opd", "kind", "number_key"],
                condition=~Q(number_key=""),
                name="matter_number_once",
            ),
            models.UniqueConstraint(
                fields=["opd", "kind", "title_key"],
                condition=Q(number_key=""),
                name="matter_title_once_without_number",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="matter_value_not_negative",
                violation_error_message=_("A value is not negative."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["risk_row"], condition=Q(risk_row__isnull=False), name="matter_by_risk_row"
            ),
        ]
        triggers: ClassVar = [
            # A key has no row to point at: each version of the map holds it again.
            pgtrigger.Trigger(
                name="row_of_own_map",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("risk_row"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__risk_row__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM mapping_riskarea a JOIN mapping_riskmap m ON m.id = a.map_id
                         WHERE a.row_key = NEW.risk_row AND m.opd_id = NEW.opd_id
                    ) THEN
                        RAISE EXCEPTION 'the area of a matter is a row of a map of its OPD';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})" if self.number else self.title
