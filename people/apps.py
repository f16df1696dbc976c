from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from audit import presentation  # noqa: PLC0415 -- models must be loaded before
        from people import audit_kinds, navigation, policies, sentences  # noqa: F401, PLC0415 -- registers the policies

        presentation.name_kinds(audit_kinds.KINDS)
        presentation.register_all(sentences.SENTENCES)
        navigation.register(navigation.own_items)

    def load_reference(self) -> None:
        from people import reference_data  # noqa: PLC0415 -- needs the models

        reference_data.load()
