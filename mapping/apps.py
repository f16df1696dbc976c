from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "mapping"

    @staticmethod
    def load_reference() -> None:
        from mapping import reference_data  # noqa: PLC0415 -- models are not ready at import

        reference_data.load()
