import datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        # Models must be loaded before tasks and policies can be.
        from audit import presentation  # noqa: PLC0415 -- see above
        from jobs import schedule  # noqa: PLC0415 -- see above
        from notices import account, audit_kinds, kinds, menu, policies, tasks  # noqa: F401, PLC0415 -- see above
        from people import navigation  # noqa: PLC0415 -- see above

        account.listen_to_accounts()
        navigation.register(menu.items)
        kinds.register(account.KIND, _("Security of your account"), is_mandatory=True)
        kinds.register("account.activation", _("Activation of an account"), is_mandatory=True)
        kinds.register("account.password_reset", _("A new password"), is_mandatory=True)
        kinds.register("notices.digest", _("Daily summary"), is_mandatory=True)
        kinds.register("notices.reminder", _("Reminders of what is due"))
        schedule.register("notices.sweep", tasks.sweep, every=datetime.timedelta(minutes=5))
        schedule.register("notices.remind", tasks.remind, daily_at=datetime.time(7))
        schedule.register("notices.digest", tasks.send_digests, daily_at=datetime.time(15, 30))
        schedule.register("notices.clean_up", tasks.clean_up, daily_at=datetime.time(2, 45))
        presentation.name_kinds(audit_kinds.KINDS)
        presentation.register("email.retry", _("sent an e-mail again that was not delivered"))
        presentation.register("notice.preference", _("changed how notices reach them"))
