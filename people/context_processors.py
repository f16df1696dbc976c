"""What every page needs to know of the person who looks at it."""

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict:
    return {"navigation": []}
