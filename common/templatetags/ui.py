"""The components of the portal's pages, as tags with Python signatures.

A builtin library: no {% load %}. Leaves are simple tags, components with content are block tags
({% panel %}…{% endpanel %}). Markup stands in templates/components/; what appears in every row of
a list is made once and remembered, since a template a cell is what makes lists slow.
/komponen/ shows them all.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import (
    get_language,
    gettext,
    ngettext,
    pgettext_lazy,
)
from django.utils.translation import (
    gettext_lazy as _,
)

from common import context_processors, plain_fields
from common.icons import ICONS
from common.markup import markup

register = template.Library()

TONES = ("neutral", "info", "success", "warning", "danger")
TONE_ICONS = {
    "neutral": "circle",
    "info": "info",
    "success": "success",
    "warning": "warning",
    "danger": "danger",
}
# The tone of a state, by its value; an app may state another one in the tag.
STATE_TONES = {
    "draft": "neutral",
    "open": "info",
    "new": "info",
    "pending": "info",
    "queued": "info",
    "running": "info",
    "sending": "info",
    "submitted": "info",
    "sent": "info",
    "in_review": "info",
    "under_review": "info",
    "in_progress": "info",
    "active": "info",
    "planned": "neutral",
    "returned": "warning",
    "waiting": "warning",
    "suspended": "warning",
    "due_soon": "warning",
    "conflict": "warning",
    "escalated": "warning",
    "accepted": "success",
    "complete": "success",
    "completed": "success",
    "approved": "success",
    "signed": "success",
    "issued": "success",
    "valid": "success",
    "done": "success",
    "delivered": "success",
    "succeeded": "success",
    "decided": "success",
    "confirmed": "success",
    "controlled": "success",
    "no_conflict": "success",
    "conflict_found": "warning",
    "needs_data": "warning",
    "converted": "warning",
    "replaced": "neutral",
    "discarded": "neutral",
    "clear": "success",
    "rejected": "danger",
    "failed": "danger",
    "dead": "danger",
    "revoked": "danger",
    "overdue": "danger",
    "altered": "danger",
    "withdrawn": "neutral",
    "superseded": "neutral",
    "closed": "neutral",
    "expired": "neutral",
    "cancelled": "neutral",
    "unknown": "neutral",
}
STATE_ICONS = {
    "draft": "pencil",
    "submitted": "send",
    "sent": "send",
    "pending": "clock",
    "queued": "clock",
    "running": "progress",
    "in_progress": "progress",
    "returned": "return",
    "suspended": "suspended",
    "withdrawn": "withdraw",
    "superseded": "archive",
    "closed": "lock",
    "overdue": "clock",
    "revoked": "blocked",
    "conflict": "conflict",
}
# A section of a form: its state, the words and the tone.
SECTION_STATES = {
    "done": (pgettext_lazy("section", "Completed"), "success", "success"),
    "started": (pgettext_lazy("section", "In progress"), "info", "progress"),
    "todo": (pgettext_lazy("section", "Not started"), "neutral", "circle"),
    "blocked": (pgettext_lazy("section", "Cannot start yet"), "neutral", "lock"),
    "returned": (pgettext_lazy("section", "Needs correction"), "warning", "return"),
    "optional": (pgettext_lazy("section", "Optional"), "neutral", "circle"),
    "waiting": (_("Waiting for you"), "info", "clock"),
    "overdue": (_("Overdue"), "danger", "clock"),
}
CHANGES = {
    "added": (pgettext_lazy("change", "Added"), "success", "add"),
    "changed": (pgettext_lazy("change", "Changed"), "warning", "pencil"),
    "removed": (pgettext_lazy("change", "Removed"), "danger", "minus"),
}


def _render(name: str, /, **values: Any) -> SafeString:
    return get_template(f"components/{name}.html").render(values)


def _stripped(content: str) -> SafeString:
    """What stood in a block is rendered, escaped markup; only `strip` forgets that."""
    return mark_safe(content.strip())  # noqa: S308 -- see above


# --- Icons and badges ------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _icon(name: str, label: str, css_class: str) -> SafeString:
    address = f"{static('icons.svg')}#{ICONS[name]}"
    classes = f"icon {css_class}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        address,
    )


@register.simple_tag
def icon(name: str, label: str = "", css_class: str = "") -> SafeString:
    """A picture beside words; `label` only where no words stand beside it."""
    return _icon(name, str(label), css_class)


@lru_cache(maxsize=1024)
def _badge(label: str, tone: str, icon_name: str) -> SafeString:
    return format_html(
        '<span class="badge-state tone-{}">{}{}</span>', tone, _icon(icon_name, "", ""), label
    )


@register.simple_tag
def state_badge(state: Any, label: Any = "", tone: str = "") -> SafeString:
    """The state of a thing: a colour, a picture and the words, never the colour alone."""
    value = str(state)
    tone = tone or STATE_TONES.get(value, "neutral")
    return _badge(str(label or value), tone, STATE_ICONS.get(value, TONE_ICONS[tone]))


@register.simple_tag
def badge(label: Any, tone: str = "neutral", icon_name: str = "") -> SafeString:
    return _badge(str(label), tone, icon_name or TONE_ICONS[tone])


@register.simple_tag
def section_status(status: str) -> SafeString:
    """Status of a section: done, started, todo, blocked, returned, optional, waiting, overdue."""
    label, tone, icon_name = SECTION_STATES[status]
    return _badge(str(label), tone, icon_name)


@register.simple_tag
def change_badge(change: str) -> SafeString:
    """Mark of a difference: added, changed, removed; nothing for anything else."""
    if change not in CHANGES:
        return mark_safe("")
    label, tone, icon_name = CHANGES[change]
    return _badge(str(label), tone, icon_name)


# --- What is the same on every page ----------------------------------------------------------


@register.simple_tag
def page_choices() -> dict[str, Any]:
    """Languages, themes and the links of an account, for the head of the page."""
    return context_processors.choices()


@register.simple_tag
def main_menu(items: Iterable[Any]) -> SafeString:
    """The entries of the main menu; a page shows them twice (beside, and behind a button)."""
    return _menu(tuple(items), _language())


@lru_cache(maxsize=512)
def _menu(items: tuple[Any, ...], _words: str) -> SafeString:
    """People with the same posts, numbers and page see the same menu."""
    shown = "".join(
        _menu_entry(item.url, item.label, item.icon, item.active, item.count or 0)
        for item in items
    )
    return format_html('<ul class="navigation">{}</ul>', mark_safe(shown))  # noqa: S308 -- of format_html


def _menu_entry(url: str, label: str, icon_name: str, active: bool, count: int) -> SafeString:
    return format_html(
        '<li><a href="{}"{}>{}<span>{}</span>{}</a></li>',
        url,
        mark_safe(' aria-current="page"') if active else "",
        _icon(icon_name, "", ""),
        label,
        format_html('<span class="navigation-count">{}</span>', _grouped(count)) if count else "",
    )


# --- Frames of a page ------------------------------------------------------------------------


@register.simple_block_tag
def page_header(
    content: str,
    title: Any,
    lead: Any = "",
    kicker: Any = "",
    back_url: str = "",
    back_label: Any = "",
) -> SafeString:
    """The h1 with what leads to it; the content is the page's actions (links, buttons)."""
    return _render(
        "page_header",
        actions=_stripped(content),
        title=title,
        lead=lead,
        kicker=kicker,
        back_url=back_url,
        back_label=back_label or _("Back"),
    )


@register.simple_block_tag
def panel(
    content: str,
    heading: Any = "",
    heading_id: str = "",
    level: int = 2,
    icon_name: str = "",
    tone: str = "",
    css_class: str = "",
) -> SafeString:
    """A framed part of a page; with `heading_id` a region named by its heading."""
    classes = " ".join(filter(None, ("panel", tone and f"tone-{tone}", css_class)))
    named = markup(' aria-labelledby="{}"', heading_id) if heading_id else ""
    head = _panel_heading(heading, heading_id, level, icon_name) if heading else ""
    return markup('<section class="{}"{}>{}{}</section>', classes, named, head, content)


def _panel_heading(heading: Any, heading_id: str, level: int, icon_name: str) -> SafeString:
    return markup(
        '<h{0} class="panel-heading"{1}>{2}{3}</h{0}>',
        level,
        markup(' id="{}"', heading_id) if heading_id else "",
        _icon(icon_name, "", "") if icon_name else "",
        heading,
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", heading: Any = "", level: int = 2) -> SafeString:
    """A message that stays on the page: info, success, warning, danger."""
    return _render(
        "notice",
        content=content,
        tone=tone,
        heading=heading,
        level=level,
        icon_name=TONE_ICONS[tone],
        tone_word=_tone_word(tone),
    )


def _tone_word(tone: str) -> str:
    words = {
        "info": gettext("Information"),
        "success": gettext("Done"),
        "warning": gettext("Attention"),
        "danger": gettext("Important"),
    }
    return words.get(tone, words["info"])


@register.simple_block_tag
def disclosure(content: str, summary: Any, open: bool = False) -> SafeString:  # noqa: A002 -- HTML
    return _render("disclosure", content=content, summary=summary, is_open=open)


@register.simple_block_tag
def fold(
    content: str,
    heading: Any,
    heading_id: str,
    figure: Any = "",
    level: int = 2,
    open: bool = False,  # noqa: A002 -- HTML
) -> SafeString:
    """A long part of a page under its heading and its main figure; printed unfolded."""
    return _render(
        "fold",
        content=content,
        heading=heading,
        heading_id=heading_id,
        figure=figure,
        level=level,
        is_open=open,
    )


@register.simple_tag
def why(text: Any, summary: Any = "") -> SafeString:
    """Folded reason for a question."""
    return _render(
        "disclosure",
        content=format_html("<p>{}</p>", text),
        summary=summary or _("Why we ask"),
        is_open=False,
    )


@register.simple_tag
def hint(text: Any, example: Any = "", hint_id: str = "") -> SafeString:
    return _render("hint", text=text, example=example, hint_id=hint_id)


@register.simple_block_tag
def actions(content: str, sticky: bool = False) -> SafeString:
    """The row of buttons that ends a form; the main one first."""
    return _render("actions", content=content, sticky=sticky)


@register.simple_block_tag
def confirmation(content: str, title: Any, number: Any = "", number_label: Any = "") -> SafeString:
    """The page after a deed: what was done, its number; the content says what comes next."""
    return _render(
        "confirmation",
        content=content,
        title=title,
        number=number,
        number_label=number_label or _("Your reference number"),
    )


@register.simple_block_tag
def empty_state(content: str, title: Any, icon_name: str = "inbox", level: int = 2) -> SafeString:
    """Where a list has nothing: why, and what one can do (the content)."""
    return _render(
        "empty_state", content=_stripped(content), title=title, icon_name=icon_name, level=level
    )


# --- Forms -----------------------------------------------------------------------------------


@register.simple_tag
def error_summary(*forms: Any, title: Any = "") -> SafeString:
    """What must be corrected, with links to the fields; nothing when all is well.

    Takes forms and formsets. Crispy forms show it by themselves unless it was shown already.
    """
    entries: list[tuple[str, str, str]] = []
    for form in forms:
        for part in _forms_of(form):
            if part is None or getattr(part, "_summary_shown", False):
                continue
            part._summary_shown = True
            entries.extend(_errors_of(part))
    if not entries:
        return mark_safe("")
    return _render("error_summary", entries=entries, title=title)


def _forms_of(form: Any) -> Iterable[Any]:
    if hasattr(form, "management_form"):
        return (form, *form.forms)
    return (form,)


def _errors_of(form: Any) -> Iterable[tuple[str, str, str]]:
    """Of each fault: the id it links to, the label of its field, the message."""
    if not getattr(form, "is_bound", False):
        return
    if hasattr(form, "management_form"):
        for error in form.non_form_errors():
            yield "", "", error
        return
    for name, errors in form.errors.items():
        target, label = "", ""
        if name in form.fields:
            bound = form[name]
            label = bound.label
            target = f"div_{bound.auto_id}" if bound.use_fieldset else bound.id_for_label
            target = target or f"div_{bound.auto_id}"
        for error in errors:
            yield target, label, error


@register.filter
def is_plain(field: Any) -> bool:
    return plain_fields.is_plain(field)


@register.simple_tag
def plain_field(field: Any, tag: str, css_class: str, shows_label: bool) -> str:
    """A field with one control."""
    return plain_fields.drawn(
        field, tag=tag or "div", wrapper=css_class or "", label=bool(shows_label)
    )


@register.simple_tag
def save_status(saved_at: datetime.datetime | None = None) -> SafeString:
    """Where autosave says what it did (see static/js/autosave.js)."""
    return _render("save_status", saved_at=saved_at)


@register.simple_tag
def steps(current: int, total: int, label: Any = "") -> SafeString:
    """Where one stands in a row of pages: "Step 3 of 5"."""
    return _render("steps", current=current, total=total, label=label, numbers=range(1, total + 1))


@register.simple_tag
def progress(value: int, maximum: int, label: Any) -> SafeString:
    """How much is done, as a bar and in words."""
    share = min(100, round(100 * value / maximum)) if maximum else 0
    return _render("progress", value=value, maximum=maximum or 1, label=label, share=share)


# --- Answers, tasks, events ------------------------------------------------------------------


@register.simple_block_tag
def summary_list(content: str, css_class: str = "") -> SafeString:
    return format_html('<dl class="summary-list {}">{}</dl>', css_class, content)


@register.simple_tag
def summary_row(
    label: Any,
    value: Any = "",
    change_url: str = "",
    change: str = "",
    before: Any = "",
    note: Any = "",
) -> SafeString:
    """One answer. `change_url` gives a "Change" link, `change`/`before` mark a difference."""
    return _render(
        "summary_row",
        label=label,
        value=value,
        is_empty=value is None or value == "",
        change_url=change_url,
        change=change,
        before=before,
        note=note,
    )


@register.simple_block_tag
def summary_item(content: str, label: Any, change_url: str = "", change: str = "") -> SafeString:
    """As `summary_row`, for an answer that needs markup."""
    return _render("summary_row", label=label, value=content, change_url=change_url, change=change)


@register.simple_block_tag
def task_list(content: str, label: Any = "") -> SafeString:
    return _render("task_list", content=content, label=label)


@register.simple_tag
def task_item(title: Any, url: str = "", status: str = "todo", text: Any = "") -> SafeString:
    """One section of a form or one thing to do; without `url` it cannot be opened yet."""
    return _render("task_item", title=title, url=url, status=status, text=text)


@register.simple_block_tag
def timeline(content: str, label: Any = "") -> SafeString:
    return _render("timeline", content=content, label=label)


@register.simple_tag
def timeline_item(
    title: Any,
    at: datetime.datetime | datetime.date | None = None,
    by: Any = "",
    text: Any = "",
    tone: str = "neutral",
    icon_name: str = "",
) -> SafeString:
    return _render(
        "timeline_item",
        title=title,
        at=at,
        by=by,
        text=text,
        tone=tone,
        icon_name=icon_name or TONE_ICONS[tone],
    )


@register.simple_tag
def stat(
    value: Any, label: Any, url: str = "", tone: str = "neutral", text: Any = ""
) -> SafeString:
    """A number with its words; a link opens exactly what was counted."""
    return _render("stat", value=value, label=label, url=url, tone=tone, text=text)


@register.simple_tag
def code_block(code: str, label: Any = "") -> SafeString:
    """A code to read aloud or type: in groups of four, selectable as one."""
    groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    return _render("code_block", code=code, groups=groups, label=label)


# --- Lists -----------------------------------------------------------------------------------


@register.simple_block_tag
def data_table(
    content: str, caption: Any, show_caption: bool = False, css_class: str = ""
) -> SafeString:
    """<thead> and <tbody> in a table that scrolls by itself, never the page.

    `css_class="table-stack"` turns rows into cards on a phone; give each <td> a `data-label`.
    """
    return _render(
        "data_table",
        content=content,
        caption=caption,
        show_caption=show_caption,
        css_class=css_class,
    )


@register.simple_block_tag
def figure(content: str, caption: Any) -> SafeString:
    return format_html(
        '<figure class="portal-figure">{}<figcaption>{}</figcaption></figure>', content, caption
    )


@register.simple_tag
def tabs(items: Iterable[Any], label: Any = "") -> SafeString:
    """Views of one list as links. Items: label, url, active, count (or None)."""
    return _render("tabs", items=list(items), label=label or _("Views"))


@register.simple_tag(takes_context=True)
def pager(context: Context, page: Any, target: str = "") -> SafeString:
    """Links of a keyset page (`common.keyset`); `target` is the id that HTMX replaces."""
    return _render("pager", page=page, target=target, request=context.get("request"))


@register.simple_tag
def count_text(page: Any) -> str:
    """ "25 results", or "more than 10,000 results" when counting stopped."""
    if page.count is None:
        return ""
    if page.is_count_capped:
        return gettext("More than %(count)s results") % {"count": _grouped(page.count)}
    text = ngettext("%(count)s result", "%(count)s results", page.count)
    return text % {"count": _grouped(page.count)}


@register.simple_block_tag
def filter_bar(content: str, count: Any = "", reset_url: str = "") -> SafeString:
    """The inside of a GET form that filters a list; the fields are the content."""
    return _render("filter_bar", content=content, count=count, reset_url=reset_url)


# --- Words for values ------------------------------------------------------------------------

MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


@lru_cache(maxsize=4096)
def _date_text(day: datetime.date, language: str) -> str:
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def tanggal(value: Any) -> str:
    """23 November 2026"""
    if not isinstance(value, datetime.date):
        return ""
    if isinstance(value, datetime.datetime):
        value = _local(value).date()
    return _date_text(value, _language())


# For texts that are put together now and read later, in the reader's language.
tanggal_lazy = lazy(tanggal, str)


@register.filter
def tanggal_pendek(value: Any) -> str:
    """23/11/2026, for narrow columns"""
    if not isinstance(value, datetime.date):
        return ""
    if isinstance(value, datetime.datetime):
        value = _local(value)
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


@register.filter
def hari_tanggal(value: Any) -> str:
    """Senin, 23 November 2026"""
    if not isinstance(value, datetime.date):
        return ""
    day = _local(value).date() if isinstance(value, datetime.datetime) else value
    language = _language()
    return f"{DAYS[language][day.weekday()]}, {_date_text(day, language)}"


@register.filter
def waktu(value: Any) -> str:
    """14.05 WIB"""
    if not isinstance(value, datetime.datetime):
        return ""
    local = _local(value)
    offset = local.utcoffset()
    zone = ZONES.get(int(offset.total_seconds() // 3600), "") if offset is not None else ""
    return f"{local.hour:02}.{local.minute:02} {zone}".rstrip()


@register.filter
def tanggal_waktu(value: Any) -> str:
    """23 November 2026, 14.05 WIB"""
    if not isinstance(value, datetime.datetime):
        return tanggal(value)
    return f"{tanggal(value)}, {waktu(value)}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "." if _language() == "id" else ",")


@register.filter
def jumlah(value: Any) -> str:
    """12.345"""
    if isinstance(value, bool) or not isinstance(value, int):
        return "" if value is None else str(value)
    return _grouped(value)


@register.filter
def rupiah(value: Any) -> str:
    """Rp1.500.000"""
    if isinstance(value, Decimal | float):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    return f"{'-' if value < 0 else ''}Rp{abs(value):,}".replace(",", ".")


BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def device(user_agent: Any) -> str:
    """Chrome, Android; what a browser says of itself is no name that a person knows."""
    text = str(user_agent or "")
    found = [
        next((name for mark, name in marks if mark in text), "") for marks in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or gettext("Unknown device")


@register.filter
def nip(value: Any) -> str:
    """19900101 201501 1 001; anything that isn't 18 digits stays as it is"""
    text = str(value or "")
    if len(text) != 18 or not text.isdigit():
        return text
    return f"{text[:8]} {text[8:14]} {text[14]} {text[15:]}"
