import pytest

from matching import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr. H. Muhammad Ridwan, S.H., M.Si.", "M. Ridwan"),
        ("Soeharto", "Suharto"),
        ("Ma'ruf Amin", "Maruf Amin"),
        ("Siti binti A.", "Siti A."),
        ("Nur Aini", "Nuraini"),
        ("Drs. Djoko Tjahjono", "Joko Cahjono"),
    ],
)
def test_same_person_in_two_writings(one, other):
    assert names.person_likeness(one, other) == 1000


@pytest.mark.parametrize(
    ("one", "other"), [("Fauzi Rahman", "Sri Wahyuni"), ("Suharto", "Sukarno"), ("", "Budi")]
)
def test_different_people_are_not_alike(one, other):
    assert names.person_likeness(one, other) < names.LIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PT. Maju Jaya (Persero)", "Maju Jaya, PT"),
        ("CV Rafflesia Karya", "cv. rafflesia karya"),
        ("PT Rafflesia Karya Tbk", "Rafflesia Karya"),
    ],
)
def test_same_company_in_two_writings(one, other):
    assert names.company_likeness(one, other) == 1000


def test_two_legal_forms_are_two_bodies():
    assert names.company_likeness("PT Maju Jaya", "CV Maju Jaya") < names.LIKE


def test_mononym_that_looks_like_a_title_keeps_a_key():
    assert names.person_key("Dra") == "dra"
    assert names.person_key("Alm") == "alm"
