"""F2: the statement, before a decision, that it is taken free of any conflict."""

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from common.constraints import all_or_none, known_choice
from declarations.models.base import Declaration, typed_title
from declarations.models.matters import Matter
from declarations.models.registers import Interest
from declarations.querysets import DecisionStatementQuerySet
from declarations.states import STATEMENT_TRANSITIONS, StatementState, edges


class DecisionStatement(Declaration):
    """One official's statement on one matter; any yes makes it a declaration of conflict."""

    State = StatementState

    state = models.CharField(
        max_length=12, choices=StatementState, default=StatementState.DRAFT, editable=False
    )
    # Known from the signature (or conversion) on; the draft holds it as typed before.
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, editable=False, related_name="statements"
    )
    own_role = models.CharField(_("own role"), max_length=160, blank=True, editable=False)
    # The risk area as the map described it at the signature, as in the frozen document.
    area_said = models.JSONField(default=dict, editable=False)

    objects = DecisionStatementQuerySet.as_manager()

    class Meta(Declaration.Meta):
        constraints: ClassVar = [
            known_choice("state", StatementState, name="statement_state_known"),
            all_or_none(
                "sent_at",
                "sent_by",
                name="statement_sent_at_and_by",
                message=_("A signature has a time and a person, or neither."),
            ),
            all_or_none(
                "withdrawn_at",
                "withdrawn_by",
                name="statement_withdrawn_at_and_by",
                message=_("A withdrawal has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(matter__isnull=False),
                name="statement_signed_has_matter",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "superseded"]) | Q(sent_at__isnull=False),
                name="statement_issued_has_time",
            ),
            models.UniqueConstraint(
                fields=["declarant", "matter"],
                condition=Q(state="issued"),
                name="statement_one_a_matter",
                violation_error_message=_(
                    "You have already signed a statement on this decision; correct that one."
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opd", "year", "state"], name="statement_by_opd"),
            models.Index(fields=["declarant", "-updated_at"], name="statement_by_declarant"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(STATEMENT_TRANSITIONS)),
            pgtrigger.Trigger(
                name="not_while_suspended",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="issued"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM declarations_suspension
                         WHERE user_id = NEW.declarant_id AND matter_id = NEW.matter_id
                           AND ended_at IS NULL
                    ) AND (TG_OP = 'INSERT' OR OLD.state <> 'issued') THEN
                        RAISE EXCEPTION 'The declarant is suspended from this decision.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="clean_means_clean",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="issued"),
                func="""
                    IF EXISTS (SELECT 1 FROM declarations_sourceanswer
                                WHERE statement_id = NEW.id AND is_yes)
                       OR EXISTS (SELECT 1 FROM declarations_partymatch m
                                    JOIN declarations_party p ON p.id = m.party_id
                                   WHERE p.statement_id = NEW.id AND m.answer = 'same') THEN
                        RAISE EXCEPTION 'A statement with a conflict is not a clean one.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"F2 {self.year}"

    def get_absolute_url(self) -> str:
        return address("declarations:statement_detail", self.pk)

    @property
    def subject_title(self) -> str:
        """What the statement is about; of a draft as typed so far."""
        return self.matter.title if self.matter_id else typed_title(self.draft)

    def likenesses(self) -> models.QuerySet:
        """What was alike when it was signed, with the word of the declarant."""
        return (
            PartyMatch.objects.filter(party__statement=self)
            .select_related("party", "interest")
            .order_by("party__position", "-score", "pk")
        )


class Party(models.Model):
    """A party to the matter, as the declarant named it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(DecisionStatement, models.CASCADE, related_name="parties")
    row_key = models.UUIDField()
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    npwp = models.CharField("NPWP", max_length=20, blank=True)
    nib = models.CharField("NIB", max_length=20, blank=True)
    role = models.CharField(_("role in the matter"), max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "row_key"], name="party_row_once"),
            models.CheckConstraint(condition=~Q(name=""), name="party_has_name"),
        ]
        indexes: ClassVar = [models.Index(fields=["name_key"], name="party_by_name")]

    def __str__(self) -> str:
        return self.name


class PartyMatch(models.Model):
    """A likeness between a party and something the declarant had declared, and their word."""

    class Answer(models.TextChoices):
        SAME = "same", _("It is the same")
        DIFFERENT = "different", _("It is another one")

    party = models.ForeignKey(Party, models.CASCADE, related_name="matches")
    interest = models.ForeignKey(Interest, models.PROTECT, related_name="+")
    # In thousandths, 0 to 1000: no floats in what is frozen.
    score = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=40)
    answer = models.CharField(max_length=10, choices=Answer)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["party", "interest"], name="partymatch_once"),
            models.CheckConstraint(
                condition=Q(score__range=(0, 1000)), name="partymatch_score_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} ~ {self.interest}"


class SourceAnswer(models.Model):
    """Yes or no to one source of conflict."""

    statement = models.ForeignKey(DecisionStatement, models.CASCADE, related_name="answers")
    source = models.ForeignKey("mapping.ConflictSource", models.PROTECT, related_name="+")
    is_yes = models.BooleanField()
    explanation = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "source"], name="sourceanswer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {'yes' if self.is_yes else 'no'}"
