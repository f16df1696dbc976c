"""The editing page of a scale."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.forms import CleanCharField, plain_helper
from mapping.models import RiskScale
from mapping.scale_checks import LARGEST, STEPS


class NoteForm(forms.Form):
    """What the new version is for."""

    note = CleanCharField(
        label=_("What will change"), help_text=_("One sentence for the list of versions."),
        example=_("Words of the impact agreed with the Inspectorate"), max_length=300,
    )  # fmt: skip

    @property
    def helper(self) -> Any:
        return plain_helper(self, "note")


class ScaleForm(forms.Form):
    """A scale as one page: its name, the words of the steps, 25 cells, five levels."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, scale: RiskScale, **kwargs: Any) -> None:
        super().__init__(*args, initial=_scale_values(scale), **kwargs)
        self.levels = [band["level"] for band in scale.bands]
        self.fields["name"] = CleanCharField(label=_("Name"), max_length=120)
        for kind, label in (("likelihood", _("Likelihood")), ("impact", _("Impact"))):
            for step in STEPS:
                self._add_words(f"{kind}_{step}", format_lazy("{} {}", label, step), 60)
        for likelihood in STEPS:
            for impact in STEPS:
                label = _("Likelihood %(likelihood)s, impact %(impact)s")
                self.fields[f"cell_{likelihood}_{impact}"] = forms.IntegerField(
                    label=label % {"likelihood": likelihood, "impact": impact},
                    min_value=1, max_value=LARGEST,
                )  # fmt: skip
        for number in STEPS:
            name = format_lazy(_("Level {number}"), number=number)
            self._add_words(f"label_{number}", name, 40)
            self.fields[f"upto_{number}"] = forms.IntegerField(
                label=format_lazy("{}: {}", name, _("ends at")), min_value=1, max_value=LARGEST
            )
            self.fields[f"colour_{number}"] = CleanCharField(
                label=format_lazy("{}: {}", name, _("colour")), max_length=7, example="#2F6FB0"
            )
            self._add_words(f"treat_{number}", format_lazy("{}: {}", name, _("what follows")), 200)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def _add_words(self, name: str, label: Any, most: int) -> None:
        for language, words in (("id", _("in Indonesian")), ("en", _("in English"))):
            self.fields[f"{name}_{language}"] = CleanCharField(
                label=format_lazy("{}, {}", label, words), max_length=most
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for language in ("id", "en"):
            for kind in ("likelihood", "impact", "label"):
                seen: dict[str, int] = {}
                for step in STEPS:
                    name = f"{kind}_{step}_{language}"
                    words = str(cleaned.get(name, "")).casefold()
                    if words and words in seen:
                        self.add_error(name, _("These words stand at another step already."))
                    seen[words] = step
        return cleaned

    def values(self) -> dict[str, Any]:
        """The fields of the model."""
        given = self.cleaned_data

        def both(name: str) -> dict[str, str]:
            return {language: given[f"{name}_{language}"] for language in ("id", "en")}

        return {
            "name": given["name"],
            "likelihood_labels": [both(f"likelihood_{step}") for step in STEPS],
            "impact_labels": [both(f"impact_{step}") for step in STEPS],
            "cells": [[given[f"cell_{row}_{column}"] for column in STEPS] for row in STEPS],
            "bands": [
                {
                    "level": level,
                    "upto": given[f"upto_{number}"],
                    "label_id": given[f"label_{number}_id"],
                    "label_en": given[f"label_{number}_en"],
                    "colour": given[f"colour_{number}"].upper(),
                    "treat_id": given[f"treat_{number}_id"],
                    "treat_en": given[f"treat_{number}_en"],
                }
                for number, level in enumerate(self.levels, 1)
            ],
        }

    # For the tables of the page.

    @property
    def step_lines(self) -> list[tuple[int, list[Any]]]:
        names = [
            f"{kind}_{{}}_{language}"
            for kind in ("likelihood", "impact")
            for language in ("id", "en")
        ]
        return [(step, [self[name.format(step)] for name in names]) for step in STEPS]

    @property
    def cell_lines(self) -> list[tuple[int, list[Any]]]:
        return [
            (row, [self[f"cell_{row}_{column}"] for column in STEPS]) for row in reversed(STEPS)
        ]

    @property
    def level_groups(self) -> list[tuple[int, list[Any]]]:
        names = (
            "label_{}_id",
            "label_{}_en",
            "upto_{}",
            "colour_{}",
            "treat_{}_id",
            "treat_{}_en",
        )
        return [(number, [self[name.format(number)] for name in names]) for number in STEPS]


def _scale_values(scale: RiskScale) -> dict[str, Any]:
    found: dict[str, Any] = {"name": scale.name, "revision": scale.revision}
    for kind, labels in (("likelihood", scale.likelihood_labels), ("impact", scale.impact_labels)):
        for step, words in enumerate(labels, 1):
            found |= {f"{kind}_{step}_{language}": words[language] for language in ("id", "en")}
    for row, line in enumerate(scale.cells, 1):
        found |= {f"cell_{row}_{column}": number for column, number in enumerate(line, 1)}
    for number, band in enumerate(scale.bands, 1):
        found |= {f"upto_{number}": band["upto"], f"colour_{number}": band["colour"]}
        for name in ("label", "treat"):
            found |= {f"{name}_{number}_{it}": band[f"{name}_{it}"] for it in ("id", "en")}
    return found
