"""Addresses of `declarations`."""

app_name = "declarations"

urlpatterns: list = []
