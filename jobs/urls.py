"""Addresses of `jobs`."""

from django.urls import path

from jobs import views

app_name = "jobs"

urlpatterns = [
    path("", views.JobListView.as_view(), name="list"),
    path("berkala/", views.ScheduleListView.as_view(), name="schedules"),
    path("<int:pk>/", views.JobDetailView.as_view(), name="detail"),
    path("<int:pk>/kemajuan/", views.JobProgressView.as_view(), name="progress"),
    path("<int:pk>/coba-lagi/", views.JobRetryView.as_view(), name="retry"),
    path("<int:pk>/buang/", views.JobDiscardView.as_view(), name="discard"),
]
