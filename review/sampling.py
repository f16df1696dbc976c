"""The random sample of nil registers as a rule: its rates are versioned like any parameters."""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step

LEVELS = ("SANGAT_TINGGI", "TINGGI", "SEDANG", "RENDAH", "SANGAT_RENDAH", "TANPA")
_RATES = (200, 100, 50, 20, 10, 10)
_LABELS = (
    _("posts of a very high risk (of 1000)"),
    _("posts of a high risk (of 1000)"),
    _("posts of a medium risk (of 1000)"),
    _("posts of a low risk (of 1000)"),
    _("posts of a very low risk (of 1000)"),
    _("posts that no map names (of 1000)"),
)

SAMPLE = Rule(
    code="S1_NIL_SAMPLE",
    catalogue="S1",
    title=_("Random sample of nil registers"),
    weight=0,
    parameters=tuple(
        Parameter(level.lower(), label, rate)
        for level, label, rate in zip(LEVELS, _LABELS, _RATES, strict=True)
    ),
    sql="",
    sentence="",
    steps=(Step("person", "{person}"),),
    clears=(),
)
