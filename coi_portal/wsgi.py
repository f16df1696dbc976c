"""The WSGI entry point; an unsafe production does not get past it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
application = get_wsgi_application()

from coi_portal import checks  # noqa: E402 -- the settings are there only now

checks.refuse_unsafe_start()
