"""Campaigns for the yearly registers."""

from django.urls import path

from review.views import campaigns

urlpatterns = [
    path("kampanye/", campaigns.CampaignListView.as_view(), name="campaign_list"),
    path("kampanye/baru/", campaigns.CampaignFormView.as_view(), name="campaign_create"),
    path("kampanye/<int:pk>/", campaigns.CampaignDetailView.as_view(), name="campaign_detail"),
    path("kampanye/<int:pk>/ubah/", campaigns.CampaignFormView.as_view(), name="campaign_change"),
    path(
        "kampanye/<int:pk>/<str:step>/",
        campaigns.CampaignStepView.as_view(),
        name="campaign_step",
    ),
]
