import pytest

from mapping import reference_data
from mapping.models import ConflictSource, RiskAreaTemplate, RiskScale

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing_and_keeps_edits():
    reference_data.load()
    source = ConflictSource.objects.get(code="BISNIS")
    source.label_id = "Diubah"
    source.save()

    reference_data.load()

    assert ConflictSource.objects.get(code="BISNIS").label_id == "Diubah"
    assert (ConflictSource.objects.count(), RiskAreaTemplate.objects.count()) == (9, 44)


def test_default_scale_has_each_magnitude_once():
    reference_data.load()
    scale = RiskScale.objects.get(is_default=True)

    assert sorted(cell for row in scale.cells for cell in row) == list(range(1, 26))


def test_magnitudes_of_the_shipped_areas_match_the_scale():
    """The list ships magnitude and level as well; they must be those of the default scale."""
    import csv

    reference_data.load()
    scale = RiskScale.objects.get(is_default=True)
    with (reference_data.FOLDER / "risk_areas.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            magnitude = scale.magnitude(int(row["kemungkinan"]), int(row["skor_dampak"]))
            assert magnitude == int(row["besaran_risiko"]), row["kode"]
            assert scale.band(magnitude)["level"] == row["level_risiko"], row["kode"]


@pytest.mark.parametrize(("likelihood", "impact"), [(0, 1), (1, 6), (-1, 3)])
def test_magnitude_outside_the_scale_is_refused(likelihood, impact):
    scale = RiskScale(cells=[[0] * 5] * 5)

    with pytest.raises(ValueError, match="1 to 5"):
        scale.magnitude(likelihood, impact)


def test_area_for_one_opd_fits_only_that_one():
    reference_data.load()
    area = RiskAreaTemplate.objects.get(code="PBJ-02")

    assert (area.fits("01.04"), area.fits("04.02")) == (True, False)
    assert RiskAreaTemplate.objects.get(code="PBJ-01").fits("04.02")
