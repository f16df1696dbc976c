"""The wizard for OPDs that become one: choose, read what would happen, do it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from mapping.forms import MergeForm
from mapping.merging import merge_opds, preview
from mapping.services import MapError


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
            found = preview(sources, successor=wanted["successor"])
            return self.page(form, preview=found, sources=sources, values=wanted)
        try:
            merged = merge_opds(sources, by=request.user, **wanted)
        except MapError as error:
            form.add_error(None, str(error))
            return self.page(form, status=422)
        messages.success(
            request,
            _("%(count)s rows were carried over to %(opd)s; its head finds them as a draft.")
            % {"count": merged.carried, "opd": wanted["successor"].name},
        )
        return redirect("mapping:merge")

    def page(self, form, *, status=200, **context):
        return render(self.request, "mapping/merge.html", {"form": form, **context}, status=status)
