from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "declarations"

    def ready(self) -> None:
        # Models must be loaded before.
        from audit import presentation  # noqa: PLC0415 -- see above
        from declarations import sentences  # noqa: PLC0415 -- see above

        presentation.register_all(sentences.SENTENCES)
