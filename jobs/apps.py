import datetime

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        # Models must be loaded before tasks and policies can be.
        from jobs import policies, schedule, tasks  # noqa: F401, PLC0415 -- see above

        schedule.register("jobs.clean_up", tasks.clean_up, daily_at=datetime.time(2, 30))
