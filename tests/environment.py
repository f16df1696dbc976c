"""The environment of a test run; loaded with `-p` before Django reads its settings."""

import os

os.environ["COI_ENVIRONMENT"] = "development"
os.environ["COI_SECRET_KEY"] = "a-key-for-tests-only-that-is-long-enough-to-pass-every-check"
os.environ["COI_FIELD_KEYS"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
os.environ["COI_KEY_PASSPHRASE"] = "passphrase-of-the-test-authority"
os.environ["COI_DEMO_PASSWORD"] = "kata-sandi-uji-coba"
# Playwright's loop runs in the thread of the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
for name in ("COI_RELAX_SECOND_FACTOR", "COI_DEBUG", "COI_PUBLIC_URL", "COI_OIDC_ISSUER"):
    os.environ.pop(name, None)
