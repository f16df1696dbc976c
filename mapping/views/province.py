"""OPD by area for the whole province."""

from django.shortcuts import render
from django.utils import timezone
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.views import filter_form
from mapping.forms import ProvinceFilter
from mapping.models.rows import McspArea
from mapping.province import Province


class ProvinceView(PermissionRequiredMixin, View):
    permission_required = "mapping.view_province"
    raise_exception = True

    def get_permission_object(self) -> None:
        return None

    def get(self, request):
        province = Province()
        known = province.years()
        today = timezone.localdate()
        # A first map of next year doesn't push this year's away.
        usual = today.year if today.year in known or not known else known[0]
        filters = filter_form(request, ProvinceFilter, years=known, year=usual)
        year = filters.cleaned_data["tahun"] or usual
        lines = province.matrix(year=year, on=today)
        context = {
            "filters": filters,
            "year": year,
            "lines": lines,
            "areas": McspArea.choices,
            "with_map": sum(line.map_id is not None for line in lines),
        }
        return render(request, "mapping/province.html", context)
