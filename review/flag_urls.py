"""Addresses of flags, rules and samples."""

from django.urls import path

from review.views import flags, rules

FLAG = "tanda/<uuid:pk>/"
RULE = "aturan/<str:code>/"

urlpatterns = [
    path("tanda/", flags.FlagListView.as_view(), name="flag_list"),
    path("tanda/berikutnya/", flags.NextFlagView.as_view(), name="flag_next"),
    path(FLAG, flags.FlagDetailView.as_view(), name="flag_detail"),
    path(f"{FLAG}tutup/", flags.DismissView.as_view(), name="flag_dismiss"),
    path(f"{FLAG}benarkan/", flags.ConfirmView.as_view(), name="flag_confirm"),
    path(f"{FLAG}kasus/", flags.TakeUpView.as_view(), name="flag_take_up"),
    path(f"{FLAG}tanya/", flags.AskView.as_view(), name="flag_ask"),
    path("skor/<uuid:pk>/", flags.ScoreView.as_view(), name="flag_score"),
    path("hak-jawab/<uuid:pk>/", flags.ReplyView.as_view(), name="flag_reply"),
    path("aturan/", rules.RuleListView.as_view(), name="rule_list"),
    path(RULE, rules.RuleDetailView.as_view(), name="rule_detail"),
    path(f"{RULE}ubah/", rules.RuleChangeView.as_view(), name="rule_change"),
    path(f"{RULE}uji/", rules.LabView.as_view(), name="rule_lab"),
    path("sampel/", rules.SampleListView.as_view(), name="sample_list"),
    path("sampel/ambil/", rules.SampleDrawView.as_view(), name="sample_draw"),
    path("sampel/<uuid:pk>/", rules.SampleDetailView.as_view(), name="sample_detail"),
    path(
        "sampel/<uuid:pk>/populasi/",
        rules.SamplePopulationView.as_view(),
        name="sample_population",
    ),
]
