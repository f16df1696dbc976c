"""Components: what they escape, how they speak of dates, money and numbers."""

import datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from common.forms import NameField, plain_helper
from common.icons import ICONS
from common.templatetags import ui

MOMENT = datetime.datetime(2026, 11, 23, 7, 5, tzinfo=datetime.UTC)
EVIL = "<script>alert(1)</script>"


def render(source, **context):
    return Template(source).render(Context(context))


class NamedForm(forms.Form):
    name = NameField(label="Nama")
    choice = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, label="Pilihan")

    @property
    def helper(self):
        return plain_helper(self)

    def clean(self):
        raise forms.ValidationError("Keduanya salah")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ v|tanggal }}", "23 November 2026"),
        ("{{ v|hari_tanggal }}", "Senin, 23 November 2026"),
        ("{{ v|waktu }}", "14.05 WIB"),
        ("{{ v|tanggal_waktu }}", "23 November 2026, 14.05 WIB"),
        ("{{ v|tanggal_pendek }}", "23/11/2026"),
    ],
)
def test_dates_in_the_zone_of_the_province(source, text):
    with override("id"):
        assert render(source, v=MOMENT) == text


def test_dates_in_english():
    with override("en"):
        assert render("{{ v|hari_tanggal }}", v=MOMENT) == "Monday, 23 November 2026"
        assert render("{{ v|tanggal }}", v=datetime.date(2026, 8, 1)) == "1 August 2026"


@pytest.mark.parametrize(
    "source", ["{{ v|tanggal }}", "{{ v|waktu }}", "{{ v|rupiah }}", "{{ v|tanggal_waktu }}"]
)
@pytest.mark.parametrize("value", [None, "", "x"])
def test_nothing_and_nonsense_are_empty(source, value):
    assert render(source, v=value) == ""


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ v|rupiah }}", 1_500_000, "Rp1.500.000"),
        ("{{ v|rupiah }}", -5_000, "-Rp5.000"),
        ("{{ v|jumlah }}", 12_345, "12.345"),
        ("{{ v|nip }}", "199001012015011001", "19900101 201501 1 001"),
        ("{{ v|nip }}", "123", "123"),
    ],
)
def test_numbers(source, value, text):
    with override("id"):
        assert render(source, v=value) == text


@pytest.mark.parametrize(
    "source",
    [
        "{% state_badge v v %}",
        "{% badge v %}",
        "{% page_header title=v lead=v kicker=v back_url=v %}{{ v }}{% endpage_header %}",
        "{% panel heading=v heading_id=v %}{{ v }}{% endpanel %}",
        "{% notice heading=v %}{{ v }}{% endnotice %}",
        "{% summary_row v v change_url=v before=v note=v %}",
        "{% summary_item label=v %}{{ v }}{% endsummary_item %}",
        "{% task_item v url=v text=v %}",
        "{% timeline_item v by=v text=v %}",
        "{% stat v v url=v text=v %}",
        "{% code_block v label=v %}",
        "{% empty_state title=v %}{{ v }}{% endempty_state %}",
        "{% confirmation title=v number=v %}{{ v }}{% endconfirmation %}",
        "{% why v %}{% hint v example=v %}{% disclosure summary=v %}{{ v }}{% enddisclosure %}",
        "{% fold heading=v heading_id=v figure=v %}{{ v }}{% endfold %}",
        "{% data_table caption=v %}{{ v }}{% enddata_table %}",
        "{% figure caption=v %}{{ v }}{% endfigure %}",
        "{% steps 1 2 v %}{% progress 1 2 v %}",
        "{% icon 'home' label=v %}",
        "{% filter_bar count=v reset_url=v %}{{ v }}{% endfilter_bar %}",
        "{% task_list label=v %}{{ v }}{% endtask_list %}",
        "{% timeline label=v %}{{ v }}{% endtimeline %}",
    ],
)
def test_components_escape_what_they_get(source):
    html = render(source, v=EVIL)

    assert "<script" not in html
    assert "&lt;script" in html


def test_actions_of_the_page_header_stay_markup():
    assert "<a href" in render(
        "{% page_header title='x' %} <a href='/'>y</a> {% endpage_header %}"
    )


def test_error_summary_links_to_fields_once():
    form = NamedForm({"name": "…"})

    html = render("{% error_summary form %}{% crispy form %}", form=form)

    assert html.count("data-coi-error-summary") == 1
    assert 'href="#id_name"' in html
    assert 'href="#div_id_choice"' in html
    assert "Keduanya salah" in html


def test_crispy_shows_the_summary_by_itself():
    assert "data-coi-error-summary" in render("{% crispy form %}", form=NamedForm({"name": ""}))


def test_no_summary_for_a_fresh_form():
    assert render("{% error_summary form %}", form=NamedForm()) == ""


def test_fields_name_their_hints_and_errors():
    html = render("{% crispy form %}", form=NamedForm({"name": ""}))

    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "<legend" in html


def test_unknown_names_are_found_while_building():
    with pytest.raises(KeyError):
        render("{% icon 'unicorn' %}")
    with pytest.raises(KeyError):
        render("{% section_status 'perhaps' %}")
    with pytest.raises(TemplateSyntaxError):
        Template("{% panel %}")


def test_every_state_and_section_has_a_known_icon():
    used = {*ui.STATE_ICONS.values(), *ui.TONE_ICONS.values()}
    used |= {icon for _label, _tone, icon in (*ui.SECTION_STATES.values(), *ui.CHANGES.values())}

    assert used <= set(ICONS)
    assert set(ui.STATE_TONES.values()) <= set(ui.TONES)
