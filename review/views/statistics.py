"""What everybody may read: the published tables, as a page, CSV and JSON."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import TemplateView

from common.spreadsheets import write_csv
from review.models import PublishedStatistics
from review.statistics_presentation import shown
from review.views.publications import attachment

HIDDEN = "*"


class PublishedMixin:
    def get_published(self):
        return get_object_or_404(
            PublishedStatistics.objects.select_related("threshold"), year=self.kwargs["year"]
        )


@method_decorator(login_not_required, name="dispatch")
class PublicView(TemplateView):
    """The newest year, or the one in the address."""

    template_name = "review/publications/public.html"

    def get_context_data(self, **kwargs):
        all_years = list(PublishedStatistics.objects.values_list("year", flat=True))
        found = None
        if wanted := self.kwargs.get("year") or next(iter(all_years), None):
            found = get_object_or_404(
                PublishedStatistics.objects.select_related("threshold"), year=wanted
            )
        return super().get_context_data(
            **kwargs, years=all_years, published=found, tables=shown(found.tables) if found else []
        )


@method_decorator(login_not_required, name="dispatch")
class CsvView(PublishedMixin, View):
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        found = self.get_published()
        rows = [
            (table["title"], line["name"], str(heading), HIDDEN if value is None else value)
            for table in shown(found.tables)
            for line in table["lines"]
            for heading, value in zip(
                (*table["headings"], "Jumlah"), (*line["cells"], line["total"]), strict=True
            )
        ]
        data = b"".join(write_csv(("Tabel", "Baris", "Kolom", "Nilai"), rows))
        return attachment(data, "text/csv; charset=utf-8", f"statistik-{found.year}.csv")


@method_decorator(login_not_required, name="dispatch")
class JsonView(PublishedMixin, View):
    """As published; a hidden number is null."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        found = self.get_published()
        return JsonResponse(
            {
                "year": found.year,
                "as_of": found.snapshot_at.isoformat(),
                "smallest_number_shown": found.threshold.value,
                "tables": found.tables,
            }
        )
