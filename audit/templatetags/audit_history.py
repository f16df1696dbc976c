"""`{% history target %}`: what happened to a thing, for a page whose reader may see the thing."""

from typing import Any

from django import template
from django.db import models

from audit import presentation, services

register = template.Library()


@register.inclusion_tag("audit/_history.html")
def history(target: models.Model, limit: int = 50) -> dict[str, Any]:
    """One query; the newest event first."""
    events = services.history(target, limit=limit)
    return {"events": [presentation.describe(event) for event in events]}
