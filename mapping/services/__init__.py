"""Writes of the risk map, and what other apps may ask."""

from mapping.services.controls import save_control
from mapping.services.errors import MapError, StaleRowError
from mapping.services.lists import save_source, write_entry
from mapping.services.maps import (
    changed_since,
    copy_rows,
    last_map,
    opds_drawn_by,
    reopen_map,
    start_map,
    templates_but,
    templates_for,
    years_offered,
)
from mapping.services.obligations import update_obliged_posts
from mapping.services.offered import OfferedArea, area_in_force, area_once, areas_for
from mapping.services.rows import (
    add_from_library,
    comment_on,
    posts_offered,
    remove_row,
    save_row,
    settle_comment,
)

__all__ = [
    "MapError",
    "OfferedArea",
    "StaleRowError",
    "add_from_library",
    "area_in_force",
    "area_once",
    "areas_for",
    "changed_since",
    "comment_on",
    "copy_rows",
    "last_map",
    "opds_drawn_by",
    "posts_offered",
    "remove_row",
    "reopen_map",
    "save_control",
    "save_row",
    "save_source",
    "settle_comment",
    "start_map",
    "templates_but",
    "templates_for",
    "update_obliged_posts",
    "write_entry",
    "years_offered",
]
