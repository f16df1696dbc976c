from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "coi_portal"
    verbose_name = "COI portal"

    def ready(self) -> None:
        from coi_portal import checks  # noqa: F401, PLC0415 -- registers the system checks
