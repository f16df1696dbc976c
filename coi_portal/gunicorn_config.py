"""How gunicorn serves the portal; every number can be set (docs/deployment.md)."""

import os
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = "coi_portal.wsgi:application"
bind = os.environ.get("COI_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("COI_WEB_WORKERS") or os.cpu_count() or 2)
threads = int(os.environ.get("COI_WEB_THREADS", "4"))
# Loaded once and forked: a quicker start and less memory. coi_portal.wsgi closes its
# connections before the fork; no two processes may share one.
preload_app = True
timeout = 60
graceful_timeout = int(os.environ.get("COI_GRACEFUL_SECONDS", "30"))
keepalive = 5
# A slow leak in a library never grows old.
max_requests = 10_000
max_requests_jitter = 1_000


if os.environ.get("COI_BEHIND_PGBOUNCER", "") in ("", "0"):
    # For the web processes alone: a page that waits this long for the database ends as a failure,
    # before all threads wait. A pooler takes no such options; set them for its role.
    os.environ.setdefault("PGOPTIONS", "-c statement_timeout=55s")


class UntracedLogger(Logger):
    """Leaves requests out of the access log that nobody shall be recognised by."""

    def access(self, resp: Any, req: Any, environ: dict, request_time: Any) -> None:
        if not environ.get("PATH_INFO", "").startswith("/lapor/"):
            super().access(resp, req, environ, request_time)


logger_class = UntracedLogger
accesslog = os.environ.get("COI_ACCESS_LOG") or None
errorlog = "-"
loglevel = "warning"
# Heartbeats in memory: a slow disk must not look like a dead worker.
MEMORY = "/dev/shm"  # noqa: S108 -- where it may be used
worker_tmp_dir = MEMORY if os.access(MEMORY, os.W_OK) else None
# Whose X-Forwarded-* headers are believed, for the address in the log.
forwarded_allow_ips = os.environ.get("COI_PROXY_ADDRESSES", "127.0.0.1")
