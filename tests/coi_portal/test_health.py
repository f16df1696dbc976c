import pytest
from django.db import DatabaseError
from django.urls import reverse

from coi_portal import health


def test_liveness_asks_nothing_of_the_database(client):
    response = client.get(reverse("liveness"))

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readiness_asks_the_database_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(reverse("readiness"))

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readiness_without_a_database_tells_no_more_than_that(client, monkeypatch):
    def fail():
        raise DatabaseError("password of coi_app")

    monkeypatch.setattr(health.connection, "cursor", fail)

    response = client.get(reverse("readiness"))

    assert (response.status_code, response.content) == (503, b"not ok")


@pytest.mark.parametrize("name", ["liveness", "readiness"])
def test_a_health_page_takes_no_post(client, name):
    assert client.post(reverse(name)).status_code == 405
