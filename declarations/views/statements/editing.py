"""F2 on the generic editing pages; likenesses and conflicts are shown while one writes."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from declarations import answers, states
from declarations.answers import Missing
from declarations.models import DecisionStatement
from declarations.services import match_answers, statements
from declarations.services.configuration import read_form_of
from declarations.views.editing import EditingSet
from declarations.workflow import statements as workflow

CONFLICT, SUSPENDED, TWIN = "conflict", "suspended", "twin"
PAGES_WITH_REVIEW = frozenset({"tasks", "section", "rows", "row", "check", "sign"})


class StatementEditing(EditingSet):
    name = "statement"
    path = "pernyataan"
    model = DecisionStatement
    sign_permission = states.STATEMENT_ISSUE.permission
    sign_label = gettext_lazy("Sign the statement")
    done_title = gettext_lazy("Your statement was signed")
    done_steps = (
        gettext_lazy("Put the PDF with the papers of the decision."),
        gettext_lazy("You may take part in the decision now."),
        gettext_lazy("Should an interest come up later, declare it at once as a conflict."),
    )
    paste_sections = frozenset({"parties"})
    said_apart = frozenset({CONFLICT, SUSPENDED, TWIN})
    templates = {
        "tasks": "declarations/statements/tasks.html",
        "section": "declarations/statements/section.html",
        "rows": "declarations/statements/rows.html",
        "row": "declarations/statements/row.html",
        "check": "declarations/statements/check.html",
    }

    def queryset(self, user):
        rows = super().queryset(user).select_related("declarant", "supersedes__document")
        return rows.defer(
            "form_version__content", "document__content", "supersedes__document__content"
        )

    def form(self, subject):
        """Asked more than once a page; what may be picked hangs on the draft."""
        known = subject.__dict__.get("_form")
        if known is None or known[0] != subject.revision:
            known = subject.__dict__["_form"] = (subject.revision, read_form_of(subject))
        return known[1]

    def sign(self, subject, *, by, proof, revision):
        workflow.issue(subject, by=by, proof=proof, revision=revision)

    def baseline(self, subject):
        return statements.baseline(subject)

    def review(self, subject) -> statements.Review:
        """What stands against a clean statement; asked once a request and revision."""
        known = subject.__dict__.get("_review")
        if known is None or known[0] != subject.revision:
            known = (subject.revision, statements.review(subject))
            subject.__dict__["_review"] = known
        return known[1]

    def missing(self, subject, form):
        found = self.review(subject)
        items = answers.missing(form, subject.draft)
        if found.open_hits:
            text = ngettext(
                "Say for %(count)s likeness whether it is the same or another one.",
                "Say for %(count)s likenesses whether they are the same or others.",
                len(found.open_hits),
            ) % {"count": len(found.open_hits)}
            items.append(Missing(match_answers.SECTION, None, None, text, "hits"))
        if found.is_conflict:
            text = _(
                "Your answers speak of a conflict. Go on as a declaration of conflict, please."
            )
            items.append(Missing(CONFLICT, None, None, text, ""))
        if found.suspension:
            text = _("You are suspended from this decision.")
            items.append(Missing(SUSPENDED, None, None, text, ""))
        if found.twin:
            text = _("You have already signed %(number)s on this decision; correct that one.")
            items.append(Missing(TWIN, None, None, text % {"number": found.twin.number}, ""))
        return items

    def link_to(self, subject, item):
        if item.section == match_answers.SECTION:
            return reverse("declarations:statement_matches", args=[subject.pk])
        return ""

    def header(self, subject):
        if subject.supersedes_id:
            lead = _("Correction of %(number)s") % {"number": subject.supersedes.number}
        else:
            lead = subject.subject_title
        return {"lead": lead, "kicker": "F2"}

    def context(self, request, subject, page):
        if page not in PAGES_WITH_REVIEW:
            return {}
        found = self.review(subject)
        context = {
            "found": found,
            "matches_url": reverse("declarations:statement_matches", args=[subject.pk]),
            "convert_url": reverse("declarations:statement_convert", args=[subject.pk]),
        }
        if page == "tasks":
            context["check_url"] = self.url("check", subject)
            if found.open_hits or found.is_conflict or found.suspension or found.twin:
                context["is_complete"] = False
            context["withdraw_url"] = reverse("declarations:statement_withdraw", args=[subject.pk])
        if page == "check":
            form = self.form(subject)
            decision = subject.draft.get("decision", {})
            _values, faults = answers.clean_values(form.section("decision"), decision)
            context["may_convert"] = found.is_conflict and not faults
            context["decision_url"] = self.url("section", subject, "decision")
        return context

    def section_context(self, request, subject, section):
        if section.key != "parties":
            return {}
        context = {"import_url": reverse("declarations:statement_import", args=[subject.pk])}
        if row := request.resolver_match.kwargs.get("row"):
            address = reverse("declarations:statement_hits", args=[subject.pk, row])
            context |= {"hits_url": address, "row_hits": self.review(subject).of_party(str(row))}
        return context

    def next_of_section(self, subject, section):
        if section.key == "parties" and self.review(subject).open_hits:
            return reverse("declarations:statement_matches", args=[subject.pk])
        return super().next_of_section(subject, section)


STATEMENT_EDITING = StatementEditing()
