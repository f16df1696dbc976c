"""The first page after the login: what is mine, what waits for me."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from declarations import panels

HEADINGS = {
    panels.DECIDE: _("To decide"),
    panels.CHECK: _("To check"),
    panels.TASKS: _("My tasks"),
    panels.OWN: _("My documents"),
}


class HomeView(TemplateView):
    template_name = "declarations/home.html"

    def get_context_data(self, **kwargs):
        found = panels.panels_for(self.request.user, on=timezone.localdate())
        groups = [
            (group, heading, found[group]) for group, heading in HEADINGS.items() if group in found
        ]
        return super().get_context_data(**kwargs, groups=groups)
