"""Login, second factor, sessions: django-allauth's pages under Indonesian addresses."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
