from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "mapping"

    def ready(self) -> None:
        from audit import presentation  # noqa: PLC0415 -- models must be loaded before
        from mapping import audit_kinds, messages, policies, sentences, wiring  # noqa: F401, PLC0415 -- policies register themselves

        presentation.name_kinds(audit_kinds.KINDS)
        presentation.register_all(sentences.SENTENCES)
        messages.register_all()
        wiring.wire()

    @staticmethod
    def load_reference() -> None:
        from mapping import reference_data  # noqa: PLC0415 -- models are not ready at import

        reference_data.load()
