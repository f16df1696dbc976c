"""A post named in the map in force is obliged to declare, and says because of which area.

An obligation for another reason is left alone, and one of ours ends when no row in force names
the post any more.
"""

from mapping.models import RiskAreaPost
from people import services as people
from people.models import Opd, Post

# Stored with the post and read by people: it stays Indonesian, as what the import writes does.
PREFIX = "Peta area rawan"


def update_obliged_posts(opd: Opd) -> dict[str, int]:
    """Brings the posts of an OPD into line with its map in force; counts what changed."""
    named = RiskAreaPost.objects.filter(area__map__opd=opd, area__map__state="approved")
    because: dict[int, str] = {}
    for item in named.select_related("area__map", "area__template").order_by("area__position"):
        because.setdefault(item.post_id, _reason(item))
    counts = {"obliged": 0, "released": 0}
    for post in Post.objects.filter(opd=opd).order_by("pk"):
        ours = post.obliged_because.startswith(PREFIX)
        if reason := because.get(post.pk):
            if (not post.is_obliged or ours) and post.obliged_because != reason:
                people.oblige_post(post, is_obliged=True, by=None, reason=reason)
                counts["obliged"] += 1
        elif post.is_obliged and ours:
            reason = f"{PREFIX}: tidak lagi disebut"
            people.oblige_post(post, is_obliged=False, by=None, reason=reason)
            counts["released"] += 1
    return counts


def _reason(item: RiskAreaPost) -> str:
    row = item.area
    return f"{PREFIX} {row.map.year}, {row.code}: {row.activity}"[:200]
