"""The first page after the login: what waits for me, then what is mine."""

from django.utils import timezone
from django.views.generic import TemplateView

from declarations import panels

WAITING = (panels.DECIDE, panels.CHECK, panels.TASKS)


class HomeView(TemplateView):
    template_name = "declarations/home.html"

    def get_context_data(self, **kwargs):
        found = panels.panels_for(self.request.user, on=timezone.localdate())
        waiting = [panel for group in WAITING for panel in found.get(group, ())]
        return super().get_context_data(
            **kwargs,
            waiting=[panel for panel in waiting if panel.entries],
            quiet=[panel for panel in waiting if not panel.entries],
            own=found.get(panels.OWN, ()),
        )
