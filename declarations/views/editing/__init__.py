"""Pages on which a draft is written, checked and signed; one `EditingSet` a kind of form."""

from declarations.views.editing.sets import EditingSet

__all__ = ["EditingSet"]
