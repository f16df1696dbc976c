"""The WSGI entry point; an unsafe production does not get past it."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
django.setup()

from coi_portal import checks  # noqa: E402 -- the settings are there only now

# Before the application: loading it asks the database, which may not be there yet, and
# the reason of the refusal would drown in that fault.
checks.refuse_unsafe_start()
application = get_wsgi_application()
