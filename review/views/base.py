"""What the pages of `review` share."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from rules.contrib.views import PermissionRequiredMixin

from common.views import filter_form
from people.models import Opd
from review.forms import YearForm


class ReviewMixin(PermissionRequiredMixin):
    """The day and the chosen year; with a key in the address, an OPD that the user may see."""

    @cached_property
    def on(self):
        return timezone.localdate()

    @cached_property
    def filters(self):
        return filter_form(self.request, YearForm)

    @property
    def year(self) -> int:
        return self.filters.cleaned_data["tahun"]

    @cached_property
    def opd(self):
        opd = get_object_or_404(Opd, pk=self.kwargs["pk"])
        if not self.request.user.has_perm("review.view_opd", opd):
            raise Http404
        return opd


def rows_url(opd: int, kind: str, year: int, **which: str) -> str:
    query = urlencode({"jenis": kind, "tahun": year, **which})
    return f"{reverse('review:opd_rows', args=[opd])}?{query}"
