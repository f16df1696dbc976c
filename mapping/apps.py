from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "mapping"

    def ready(self) -> None:
        from mapping import policies  # noqa: F401, PLC0415 -- registers the policies

    @staticmethod
    def load_reference() -> None:
        from mapping import reference_data  # noqa: PLC0415 -- models are not ready at import

        reference_data.load()
