import datetime

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "statements"

    def ready(self) -> None:
        # Models must be loaded before tasks and policies can be.
        from audit import presentation  # noqa: PLC0415 -- see above
        from jobs import schedule  # noqa: PLC0415 -- see above
        from people import navigation  # noqa: PLC0415 -- see above
        from statements import audit_kinds, events, menu, policies, tasks  # noqa: F401, PLC0415 -- see above

        navigation.register(menu.items)
        presentation.name_kinds(audit_kinds.KINDS)
        for action, sentence in events.SENTENCES.items():
            presentation.register(action, sentence)
        schedule.register(
            "statements.look_after_failed",
            tasks.look_after_failed,
            every=datetime.timedelta(hours=1),
        )
