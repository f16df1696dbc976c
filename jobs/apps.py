import datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        # Models must be loaded before tasks and policies can be.
        from audit import presentation  # noqa: PLC0415 -- see above
        from jobs import audit_kinds, policies, schedule, tasks  # noqa: F401, PLC0415 -- see above

        schedule.register("jobs.clean_up", tasks.clean_up, daily_at=datetime.time(2, 30))
        presentation.name_kinds(audit_kinds.KINDS)
        presentation.register("job.retry", _("tried a failed job again: %(task)s"))
        presentation.register("job.discard", _("discarded a job: %(task)s"))
