"""One map beside another of the same OPD."""

from django.shortcuts import get_object_or_404, render
from django.views import View

from mapping.comparing import compare
from mapping.models import RiskMap
from mapping.views.base import MapMixin


class CompareView(MapMixin, View):
    def get(self, request, *args, **kwargs):
        others = list(
            RiskMap.objects.visible_to(request.user)
            .filter(opd=self.map.opd)
            .exclude(pk=self.map.pk)
            .select_related("scale", "opd")
            .order_by("-year", "-version")[:40]
        )
        other = self._chosen(others)
        pairs = compare(other, self.map) if other else []
        context = {
            "map": self.map,
            "others": others,
            "other": other,
            "pairs": pairs,
            "added": sum(pair.change == "added" for pair in pairs),
            "removed": sum(pair.change == "removed" for pair in pairs),
            "lower": sum(pair.difference < 0 for pair in pairs),
            "higher": sum(pair.difference > 0 for pair in pairs),
        }
        return render(request, "mapping/compare.html", context)

    def _chosen(self, others):
        wanted = self.request.GET.get("dengan", "")
        if wanted:
            valid = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
            chosen = next((each for each in others if valid and each.pk == int(wanted)), None)
            return chosen or get_object_or_404(RiskMap.objects.none(), pk=0)
        before = (self.map.year, self.map.version)
        return next((each for each in others if (each.year, each.version) < before), None)
