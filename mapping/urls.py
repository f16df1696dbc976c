"""Addresses of `mapping`."""

app_name = "mapping"

urlpatterns: list = []
