"""The wizard for OPDs that become one: choose, read what would happen, do it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from mapping.forms import MergeForm
from mapping.merging import ChangedMeanwhileError, merge_opds, preview
from mapping.services import MapError
from people.services import ServiceError


class MergeView(PermissionRequiredMixin, View):
    permission_required = "mapping.merge_riskmaps"
    raise_exception = True

    def get_permission_object(self) -> None:
        return None

    def get(self, request):
        return self.page(MergeForm())

    def post(self, request):
        form = MergeForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        wanted = form.cleaned_data
        sources = list(wanted.pop("sources"))
        if "pasti" not in request.POST:
            return self.check_page(form, sources, wanted)
        try:
            merged = merge_opds(
                sources, by=request.user, seen=request.POST.get("dilihat", "")[:64],
                close="tutup" in request.POST, **wanted,
            )  # fmt: skip
        except ChangedMeanwhileError as error:
            messages.warning(request, str(error))
            return self.check_page(form, sources, wanted, status=409)
        except (MapError, ServiceError) as error:
            form.add_error(None, str(error))
            return self.page(form, status=422)
        messages.success(request, self.done_words(merged, wanted["successor"]))
        return redirect("mapping:merge")

    def done_words(self, merged, successor) -> str:
        if not merged.has_done_something:
            return _("Nothing was left to carry over.")
        closed = ngettext(
            "%(count)s OPD was closed.", "%(count)s OPDs were closed.", merged.closed
        ) % {"count": merged.closed}
        carried = _(
            "Carried over to %(opd)s: %(people)s people, %(cases)s open cases, %(rows)s rows of "
            "maps, %(controls)s controls. Its head finds the rows as a draft."
        ) % {
            "opd": successor.name, "people": merged.people, "cases": merged.cases,
            "rows": merged.carried, "controls": merged.controls,
        }  # fmt: skip
        return f"{carried} {closed}" if merged.closed else carried

    def check_page(self, form, sources, wanted, *, status=200):
        found = preview(sources, successor=wanted["successor"], by=self.request.user)
        return self.page(form, status=status, preview=found, sources=sources, values=wanted)

    def page(self, form, *, status=200, **context):
        return render(self.request, "mapping/merge.html", {"form": form, **context}, status=status)
