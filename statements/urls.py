"""Addresses of `statements`."""

app_name = "statements"

urlpatterns: list = []
