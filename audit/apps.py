from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        # Models must be loaded before policies can be.
        from audit import policies, presentation  # noqa: F401, PLC0415 -- see above

        presentation.register("audit.export", _("downloaded %(rows)s events of the audit trail"))
