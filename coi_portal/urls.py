"""All addresses of the portal; each app has its own table."""

from django.urls import include, path

from coi_portal.health import LivenessView, ReadinessView

urlpatterns = [
    path("sehat/", LivenessView.as_view(), name="liveness"),
    path("sehat/siap/", ReadinessView.as_view(), name="readiness"),
    path("", include("common.urls")),
    path("akun/", include("people.account_urls")),
    path("orang/", include("people.urls")),
    path("kabar/", include("notices.urls")),
    path("tugas-sistem/", include("jobs.urls")),
    path("jejak/", include("audit.urls")),
    path("", include("statements.urls")),
    path("area-rawan/", include("mapping.urls")),
    path("tinjauan/", include("review.urls")),
    path("statistik/", include("review.statistics_urls")),
    path("lapor/", include("review.reporting_urls")),
    path("", include("declarations.urls")),
]

handler400 = "common.errors.bad_request"
handler403 = "common.errors.permission_denied"
handler404 = "common.errors.page_not_found"
handler500 = "common.errors.server_error"
