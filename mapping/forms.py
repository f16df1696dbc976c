"""Forms of the risk map."""

import re
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import (
    BusinessDateField,
    CleanCharField,
    CleanTextarea,
    UploadField,
    clean_formfield,
    plain_helper,
)
from mapping.exchange import RULES
from mapping.models import Control, RiskArea, RiskMap
from mapping.models.reference import ConflictSource
from mapping.models.rows import McspArea, RowStatus
from mapping.scales import step_choices
from mapping.services import opds_drawn_by, posts_offered, years_offered
from mapping.states import MapState
from people.models import Opd, Post


def _step(value: str) -> int | None:
    return int(value) if value else None


class RiskAreaForm(forms.ModelForm):
    """One row; the words of the scale stand in the choices."""

    area = CleanCharField(label=_("Area"), max_length=160, example=_("Procurement"))
    activity = CleanCharField(
        label=_("Activity"), max_length=200, example=_("Writing the specification")
    )
    conflict_form = CleanTextarea(
        label=_("Form of conflict"),
        max_length=300,
        rows=2,
        help_text=_("What could happen that serves somebody's own interest?"),
    )
    source = forms.ModelChoiceField(
        label=_("Source of the conflict"), queryset=ConflictSource.objects.none()
    )
    cause = CleanTextarea(
        label=_("Cause"), max_length=300, rows=2, help_text=_("Why can it happen here?")
    )
    posts = forms.ModelMultipleChoiceField(
        label=_("Posts concerned"),
        queryset=Post.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Once the map is approved, who holds them is obliged to declare."),
    )
    officials = CleanCharField(
        label=_("Officials concerned"), max_length=300, required=False,
        help_text=_("Roles without a post of their own, such as a committee."),
    )  # fmt: skip
    other_parties = CleanCharField(
        label=_("Other parties concerned"), max_length=300, required=False
    )
    consequence = CleanTextarea(label=_("Impact in words"), max_length=300, rows=2)
    likelihood = forms.TypedChoiceField(label=_("Likelihood"), coerce=int)
    impact = forms.TypedChoiceField(label=_("Impact"), coerce=int)
    existing_control = CleanTextarea(
        label=_("Existing control"), max_length=400, rows=2, required=False
    )
    residual_likelihood = forms.TypedChoiceField(
        label=_("Residual likelihood"), coerce=_step, required=False, empty_value=None
    )
    residual_impact = forms.TypedChoiceField(
        label=_("Residual impact"), coerce=_step, required=False, empty_value=None
    )
    prevention = CleanTextarea(label=_("Prevention"), max_length=400, rows=2)
    handling = CleanTextarea(label=_("Handling when it happens"), max_length=400, rows=2)
    owner_post = forms.ModelChoiceField(
        label=_("Person in charge"),
        queryset=Post.objects.none(),
        required=False,
        help_text=_("A post of your OPD; needed before the map is signed."),
    )
    due_on = BusinessDateField(
        label=_("Due on"), required=False, help_text=_("Needed before the map is signed.")
    )
    mcsp_area = forms.ChoiceField(label=_("MCSP area"), choices=McspArea)
    status_note = CleanCharField(label=_("Note"), max_length=300, required=False)

    class Meta:
        model = RiskArea
        fields = (
            "area", "activity", "mcsp_area", "conflict_form", "source", "cause", "officials",
            "other_parties", "consequence", "likelihood", "impact", "existing_control",
            "control_effect", "residual_likelihood", "residual_impact", "prevention", "handling",
            "owner_post", "due_on", "status", "status_note",
        )  # fmt: skip
        formfield_callback = clean_formfield

    def __init__(self, *args: Any, risk_map: RiskMap, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scale = risk_map.scale
        likely, grave = step_choices(scale.likelihood_labels), step_choices(scale.impact_labels)
        choose = [("", _("Choose"))]
        self.fields["likelihood"].choices = [*choose, *likely]
        self.fields["impact"].choices = [*choose, *grave]
        not_judged = [("", _("Not judged yet"))]
        self.fields["residual_likelihood"].choices = [*not_judged, *likely]
        self.fields["residual_impact"].choices = [*not_judged, *grave]
        self.fields["source"].queryset = ConflictSource.objects.filter(is_active=True)
        posts = posts_offered(risk_map.opd)
        # One reading serves both lists.
        options = [(post.pk, _post_words(post)) for post in posts]
        for name in ("posts", "owner_post"):
            self.fields[name].queryset = Post.objects.filter(opd=risk_map.opd)
        self.fields["posts"].choices = options
        self.fields["owner_post"].choices = [("", _("Not named yet")), *options]
        if self.instance.pk and not self.is_bound:
            self.initial["posts"] = [item.post_id for item in self.instance.named_posts.all()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("residual_likelihood") is None) != (
            cleaned.get("residual_impact") is None
        ):
            self.add_error(
                "residual_impact", _("Residual likelihood and impact are given together.")
            )
        return cleaned

    def _post_clean(self) -> None:
        """The service checks the row as a whole, with the map that it belongs to."""
        self.instance = forms.models.construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )

    @property
    def helper(self) -> Any:
        return plain_helper(
            self,
            Fieldset(
                _("Where and how"), "area", "activity", "mcsp_area", "conflict_form", "source",
                "cause",
            ),
            Fieldset(_("Who"), Div("posts", css_class="map-posts"), "officials", "other_parties"),
            Fieldset(_("How grave"), "consequence", "likelihood", "impact"),
            Fieldset(
                _("What is done already"), "existing_control", "control_effect",
                "residual_likelihood", "residual_impact",
            ),
            Fieldset(
                _("What will be done"), "prevention", "handling", "owner_post", "due_on", "status",
                "status_note",
            ),
        )  # fmt: skip


def _post_words(post: Post) -> str:
    return f"{post.title} – {post.unit}" if post.unit else post.title


class LibraryForm(forms.Form):
    """Who is in charge of the areas that are added, and until when."""

    owner_post = forms.ModelChoiceField(
        label=_("Person in charge"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("Not named yet"),
        help_text=_("Of all areas ticked above; you can change it row by row."),
    )
    due_on = BusinessDateField(label=_("Due on"), required=False)

    def __init__(self, *args: Any, opd: Opd, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_post"].queryset = posts_offered(opd)

    @property
    def helper(self) -> Any:
        return plain_helper(self, "owner_post", "due_on")


class StartForm(forms.Form):
    opd = forms.ModelChoiceField(label="OPD", queryset=Opd.objects.none())
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    copy = forms.TypedChoiceField(
        label=_("Begin with"),
        widget=forms.RadioSelect,
        choices=[("yes", _("the rows of the last approved map")), ("no", _("an empty map"))],
        coerce=lambda value: value == "yes",
        initial="yes",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opds = opds_drawn_by(user)
        self.fields["opd"].queryset = Opd.objects.filter(pk__in=[opd.pk for opd in opds])
        self.fields["opd"].choices = [(opd.pk, opd.name) for opd in opds]
        self.fields["year"].choices = [(year, str(year)) for year in years_offered()]
        if opds:
            self.initial = {"opd": opds[0].pk, "year": _year_to_begin(opds[0])} | self.initial

    @property
    def helper(self) -> Any:
        return plain_helper(self, "opd", "year", "copy")


def _year_to_begin(opd: Opd) -> int:
    """The first year on offer that has no map yet."""
    years = years_offered()
    drawn = set(RiskMap.objects.filter(opd=opd).values_list("year", flat=True))
    return next((year for year in years if year not in drawn), years[-1])


class Styled:
    """Mixin of the filter forms, whose fields stand in a template without crispy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


class RowFilter(Styled, forms.Form):
    """Filters of the rows of one map."""

    q = CleanCharField(label=_("Words"), required=False, max_length=100)
    mcsp = forms.ChoiceField(
        label=_("MCSP area"), required=False, choices=[("", _("All areas")), *McspArea.choices]
    )
    tingkat = forms.ChoiceField(label=_("Level"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *RowStatus.choices]
    )
    perhatian = forms.ChoiceField(
        label=_("Needs attention"),
        required=False,
        choices=[
            ("", _("All")),
            ("kurang", _("Incomplete rows")),
            ("terlambat", _("Controls overdue")),
            ("catatan", _("Comments")),
        ],
    )
    sel = CleanCharField(required=False, widget=forms.HiddenInput, max_length=12)

    def __init__(self, *args: Any, levels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tingkat"].choices = [("", _("All levels")), *levels]

    def clean_sel(self) -> str:
        value = self.cleaned_data["sel"]
        if value and not re.fullmatch(r"(awal|sisa)-[1-5]-[1-5]", value):
            raise ValidationError(_("This cell isn't in the table."))
        return value


class MapFilter(Styled, forms.Form):
    """Filters of the list of maps."""

    tahun = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2100)
    keadaan = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *MapState.choices]
    )
    opd = CleanCharField(label="OPD", required=False, max_length=100)


class ProvinceFilter(Styled, forms.Form):
    tahun = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: list[int], year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tahun"].choices = [(each, str(each)) for each in years]
        if years and not self.data.get("tahun"):
            # So that the list shows the year of the page.
            self.data = {"tahun": str(year)}


class ReasonForm(forms.Form):
    reason = CleanTextarea(label=_("Reason"), max_length=500)

    @property
    def helper(self) -> Any:
        return plain_helper(self, "reason")


class ReturnForm(forms.Form):
    reason = CleanTextarea(label=_("What has to be corrected"), max_length=1000)

    @property
    def helper(self) -> Any:
        return plain_helper(self, "reason")


class CommentForm(forms.Form):
    text = CleanTextarea(label=_("Comment on this row"), max_length=1000, rows=2)


class ControlForm(forms.ModelForm):
    title = CleanTextarea(
        label=_("Control"), max_length=300, rows=2, example=_("Rotate the team every six months")
    )
    owner_post = forms.ModelChoiceField(label=_("Person in charge"), queryset=Post.objects.none())
    due_on = BusinessDateField(label=_("Due on"))

    class Meta:
        model = Control
        fields = ("title", "owner_post", "due_on")

    def __init__(self, *args: Any, opd: Opd, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_post"].queryset = posts_offered(opd)

    def _post_clean(self) -> None:
        self.instance = forms.models.construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )

    @property
    def helper(self) -> Any:
        return plain_helper(self, "title", "owner_post", "due_on")


class ReportForm(forms.Form):
    evidence = CleanTextarea(
        label=_("Evidence in words"), max_length=1000, required=False,
        help_text=_(
            "What shows that it was done: number and date of a letter, where it is kept. "
            "May stay empty when a file shows it."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, has_files: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_files = has_files

    def clean_evidence(self) -> str:
        words = self.cleaned_data["evidence"]
        if not words and not self.has_files:
            raise ValidationError(
                _("Say what shows that the control was carried out, or add a file that shows it.")
            )
        return words

    @property
    def helper(self) -> Any:
        return plain_helper(self, "evidence")


class EffectForm(forms.Form):
    effect = forms.ChoiceField(
        label=_("How well does it work?"), choices=Control.Effect, widget=forms.RadioSelect
    )

    @property
    def helper(self) -> Any:
        return plain_helper(self, "effect")


class ImportForm(forms.Form):
    file = UploadField(
        label=_("File with rows"),
        help_text=_("XLSX or CSV with the headings of the export."),
        rules=RULES,
    )

    @property
    def helper(self) -> Any:
        return plain_helper(self, "file")


class MergeForm(forms.Form):
    sources = forms.ModelMultipleChoiceField(
        label=_("OPDs that end"),
        queryset=Opd.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    successor = forms.ModelChoiceField(label=_("Successor"), queryset=Opd.objects.none())
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    reason = CleanTextarea(
        label=_("Regulation or reason"), max_length=500, rows=2,
        example=_("Regional Regulation 3/2026"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opds = Opd.objects.order_by("code", "pk")
        self.fields["sources"].queryset = opds
        self.fields["successor"].queryset = opds.filter(valid_until__isnull=True)
        self.fields["year"].choices = [(year, str(year)) for year in years_offered()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("successor") in (cleaned.get("sources") or ()):
            self.add_error("successor", _("The successor can't be one of the OPDs that end."))
        return cleaned

    @property
    def helper(self) -> Any:
        return plain_helper(
            self, Div("sources", css_class="map-posts"), "successor", "year", "reason"
        )
