"""What the renderer draws itself is what Django's templates would have drawn."""

import datetime
import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from common.widgets import DRAWN, KeptSelect, Renderer

CHOICES = [
    ("", "–––"),
    (1, "Satu & <b>dua</b>"),
    ('"x"', mark_safe("<i>tiga</i>")),
    ("Kelompok <1>", [("a", "A"), ("b", 12_345)]),
]
ATTRS = {"id": "id_x", "required": True, "disabled": False, "maxlength": 1200, "title": '"a" <b>'}


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(ATTRS), 'O\'Neil <script> & "x"'),
        (forms.TextInput(), None),
        (forms.TextInput(), ""),
        (forms.NumberInput(ATTRS), 12_345),
        (forms.EmailInput(), "a@b.id"),
        (forms.PasswordInput(ATTRS), "secret"),
        (forms.HiddenInput(), 0),
        (forms.DateInput(ATTRS), datetime.date(2026, 11, 23)),
        (forms.Textarea(ATTRS), "baris\n<b>dua</b>"),
        (forms.Textarea(), None),
        (forms.Select(ATTRS, CHOICES), "a"),
        (forms.Select({}, CHOICES), 1),
        (forms.SelectMultiple(ATTRS, CHOICES), ["a", '"x"']),
        (forms.NullBooleanSelect(), True),
        (forms.RadioSelect(ATTRS, CHOICES), "a"),
        (forms.CheckboxInput(ATTRS), True),
        (forms.ClearableFileInput(), None),
    ],
)
def test_as_djangos_templates(widget, value):
    ours = widget.render("nama", value, renderer=Renderer())

    theirs = widget.render("nama", value, renderer=TemplatesSetting())
    if widget.template_name in DRAWN:
        theirs = re.sub(r"\n+", "\n", theirs)  # Django's have an empty line after each option
    assert ours == theirs


@pytest.mark.parametrize("value", ["", None, 1, '"x"'])
def test_a_kept_select_is_a_select(value):
    ours = KeptSelect(ATTRS, CHOICES[:3]).render("nama", value, {"required": True})

    theirs = forms.Select(ATTRS, CHOICES[:3]).render("nama", value, {"required": True}, Renderer())
    assert ours == theirs.replace("<i>tiga</i>", "&lt;i&gt;tiga&lt;/i&gt;")


def test_every_drawn_template_is_one_of_djangos():
    for name in DRAWN:
        TemplatesSetting().get_template(name)
