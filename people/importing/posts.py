"""The posts that a file speaks of: known, changed or new, and who is above whom."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from people.importing.faults import Faults
from people.importing.known import Known, PostKey
from people.importing.parsing import Row
from people.models import Post
from people.models.organisation import PostLevel

TOLD_FIELDS = {
    "post_title": "title",
    "unit": "unit",
    "level": "level",
    "is_opd_head": "is_opd_head",
    "is_single_seat": "is_single_seat",
    "is_obliged": "is_obliged",
    "obliged_because": "obliged_because",
    "superior_code": "superior_code",
}
SHARED_LEVELS = (PostLevel.FUNCTIONAL, PostLevel.STAFF)


@dataclass
class PostDraft:
    """One post of the file; `told` holds each fact with the row that said it first."""

    key: PostKey
    row: int
    post: Post
    is_new: bool
    told: dict[str, tuple[Any, int]] = field(default_factory=dict)
    superior: PostKey | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def value(self, name: str, default: Any = None) -> Any:
        return self.told[name][0] if name in self.told else default


class PostPlanner:
    def __init__(self, known: Known, faults: Faults, *, on: datetime.date) -> None:
        self.known, self.faults, self.on = known, faults, on
        self.drafts: dict[PostKey, PostDraft] = {}

    def take(self, row: Row) -> PostDraft | None:
        """Note what the row says of its post; None when the OPD is unknown."""
        opd = self.known.opds.get(row.opd_code)
        if opd is None:
            self.faults.add(
                row.number, "opd_code", _("No OPD in force has the code %s.") % row.opd_code
            )
            return None
        key = (opd.pk, row.post_code)
        draft = self.drafts.get(key)
        if draft is None:
            known = self.known.posts.get(key)
            post = known or Post(opd=opd, code=row.post_code)
            draft = self.drafts[key] = PostDraft(key, row.number, post, is_new=known is None)
        for cell, name in TOLD_FIELDS.items():
            self._tell(draft, row, cell, name)
        return draft

    def _tell(self, draft: PostDraft, row: Row, cell: str, name: str) -> None:
        value = getattr(row, cell)
        if value is None:
            return
        first, number = draft.told.setdefault(name, (value, row.number))
        if first != value:
            self.faults.add(
                row.number,
                cell,
                _("Row %(row)s says otherwise of the post %(code)s.")
                % {"row": number, "code": row.post_code},
            )

    def finish(self, earliest_starts: dict[PostKey, datetime.date]) -> None:
        for draft in self.drafts.values():
            self._resolve_superior(draft)
            if draft.is_new:
                self._complete(draft, min(earliest_starts.get(draft.key, self.on), self.on))
            else:
                self._compare(draft)
        self._check_heads()
        self._check_cycles()

    def _resolve_superior(self, draft: PostDraft) -> None:
        code = draft.value("superior_code")
        if not code:
            if draft.is_new and draft.value("level") != PostLevel.POLITICAL:
                self.faults.add(
                    draft.row, "superior_code", _("A new post needs the code of its superior's.")
                )
            return
        number = draft.told["superior_code"][1]
        found = self._find(code, draft.key[0])
        if len(found) == 1:
            draft.superior = found[0]
        elif found:
            self.faults.add(
                number,
                "superior_code",
                _("Several OPD have a post %s. Write Kode OPD/Kode Jabatan.") % code,
            )
        else:
            self.faults.add(number, "superior_code", _("No post has the code %s.") % code)

    def _find(self, code: str, opd_id: int) -> list[PostKey]:
        opd_code, _slash, rest = code.partition("/")
        candidates = [(opd_id, code)]
        if rest and opd_code in self.known.opds:
            candidates.append((self.known.opds[opd_code].pk, rest))
        for key in candidates:
            if key in self.known.posts or key in self.drafts:
                return [key]
        return sorted({*self.known.posts_by_code.get(code, ()), *self._drafts_by_code(code)})

    def _drafts_by_code(self, code: str) -> Iterable[PostKey]:
        if not hasattr(self, "_by_code"):
            self._by_code = defaultdict(list)
            for key in self.drafts:
                self._by_code[key[1]].append(key)
        return self._by_code.get(code, ())

    def _complete(self, draft: PostDraft, valid_from: datetime.date) -> None:
        """A new post: what is missing, and what follows from its level."""
        for name, cell in (("title", "post_title"), ("level", "level")):
            if not draft.value(name):
                self.faults.add(
                    draft.row,
                    cell,
                    _("The post %s is not known yet; a new one needs this cell.") % draft.key[1],
                )
        level = draft.value("level") or PostLevel.STAFF
        post = draft.post
        post.title = draft.value("title", "")
        post.unit = draft.value("unit", "")
        post.level = level
        post.is_opd_head = draft.value("is_opd_head", False)
        post.is_single_seat = draft.value("is_single_seat", level not in SHARED_LEVELS)
        post.is_obliged = draft.value("is_obliged", False)
        post.obliged_because = draft.value("obliged_because", "") if post.is_obliged else ""
        post.valid_from = valid_from
        self._check_obliged(draft)

    def _compare(self, draft: PostDraft) -> None:
        """A known post: which facts differ."""
        post = draft.post
        if post.valid_until and post.valid_until < self.on:
            self.faults.add(draft.row, "post_code", _("The post %s is closed.") % post.code)
        for name, (value, number) in draft.told.items():
            if name == "superior_code" or getattr(post, name) == value:
                continue
            if name == "is_single_seat":
                self.faults.add(
                    number,
                    "is_single_seat",
                    _("This cannot be changed by a file for a known post."),
                )
                continue
            draft.changes[name] = (getattr(post, name), value)
            setattr(post, name, value)
        if not post.is_obliged and post.obliged_because:
            draft.changes["obliged_because"] = (post.obliged_because, "")
            post.obliged_because = ""
        current = self.known.post_keys.get(post.superior_id) if post.superior_id else None
        if draft.superior and draft.superior != current:
            draft.changes["superior"] = (self.label(current), self.label(draft.superior))
        self._check_obliged(draft)

    def _check_obliged(self, draft: PostDraft) -> None:
        if draft.post.is_obliged and not draft.post.obliged_because:
            self.faults.add(
                draft.told["is_obliged"][1] if "is_obliged" in draft.told else draft.row,
                "obliged_because",
                _("Say why this post is obliged to declare."),
            )

    def label(self, key: PostKey | None) -> str:
        return f"{self.known.opd_codes[key[0]]}/{key[1]}" if key else ""

    def _check_heads(self) -> None:
        heads: dict[int, str] = {
            post.opd_id: post.code
            for key, post in self.known.posts.items()
            if post.is_opd_head and post.valid_until is None and key not in self.drafts
        }
        for draft in self.drafts.values():
            if not draft.post.is_opd_head:
                continue
            other = heads.setdefault(draft.key[0], draft.key[1])
            if other != draft.key[1]:
                self.faults.add(
                    draft.row, "is_opd_head", _("The post %s heads this OPD already.") % other
                )

    def _check_cycles(self) -> None:
        """Nobody may be, by whatever way round, their own superior's superior."""
        above = {
            key: self.known.post_keys.get(post.superior_id) if post.superior_id else None
            for key, post in self.known.posts.items()
        }
        above.update(
            {draft.key: draft.superior for draft in self.drafts.values() if draft.superior}
        )
        done: set[PostKey] = set()
        for start in self.drafts:
            path: dict[PostKey, None] = {}
            key: PostKey | None = start
            while key is not None and key not in done and key not in path:
                path[key] = None
                key = above.get(key)
            if key in path:
                circle = [*path][[*path].index(key) :]
                draft = next((self.drafts[k] for k in circle if k in self.drafts), None)
                self.faults.add(
                    draft.row if draft else 0,
                    "superior_code",
                    _("The superiors go round in a circle: %s.")
                    % " → ".join(self.label(k) for k in [*circle, circle[0]]),
                )
            done.update(path)
