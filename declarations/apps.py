from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "declarations"

    def ready(self) -> None:
        from audit import presentation  # noqa: PLC0415 -- models must be loaded before
        from declarations import audit_kinds, messages, sentences, wiring  # noqa: PLC0415 -- models must be loaded before
        from declarations.policies import (  # noqa: F401, PLC0415 -- registers the policies
            configuration,
            conflicts,
            decisions,
            plans,
            registers,
            statements,
        )

        presentation.name_kinds(audit_kinds.KINDS)
        presentation.register_namer(audit_kinds.names)
        presentation.register_all(sentences.SENTENCES)
        messages.register_all()
        wiring.wire_all()

    @staticmethod
    def load_reference() -> None:
        from declarations import reference_data  # noqa: PLC0415 -- models are not ready at import

        reference_data.load()
