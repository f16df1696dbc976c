"""Frozen reports, bundles of evidence, and the desk of the published statistics."""

import io

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, FormView, TemplateView
from rules.contrib.views import PermissionRequiredMixin

from audit.services import record
from common.keyset import KeysetListView
from common.spreadsheets import write_xlsx
from common.views import InvalidFormMixin
from people.models import Opd
from people.proof import RequireFreshProofMixin
from review.models import EvidenceBundle, MonitoringReport, PublishedStatistics
from review.monitoring_documents import sections_of
from review.publication_forms import BundleForm, FreezeForm, PublishForm, ThresholdForm
from review.services import evidence_bundle, publications
from review.services.monitoring_numbers import flat
from review.services.publications import PublicationError
from review.statistics_presentation import shown
from statements.services import DocumentError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MonitoringMixin(PermissionRequiredMixin):
    permission_required = "review.view_monitoring"

    def get_permission_object(self):
        return None

    @cached_property
    def report(self):
        seen = MonitoringReport.objects.visible_to(self.request.user)
        return get_object_or_404(seen.select_related("opd", "document"), pk=self.kwargs["pk"])


class MonitoringListView(MonitoringMixin, KeysetListView):
    template_name = "review/publications/monitoring_list.html"
    ordering = ("-ends_on", "-version", "-pk")

    def get_queryset(self):
        return MonitoringReport.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        may_freeze = self.request.user.has_perm("review.freeze_monitoring")
        return super().get_context_data(**kwargs, may_freeze=may_freeze)


class MonitoringDetailView(MonitoringMixin, TemplateView):
    template_name = "review/publications/monitoring_detail.html"

    def get_context_data(self, **kwargs):
        report = self.report
        return super().get_context_data(
            **kwargs,
            report=report,
            sections=sections_of(report.numbers),
            may_sign=not report.is_signed
            and self.request.user.has_perm("review.sign_monitoring", report),
        )


class FreezeView(MonitoringMixin, InvalidFormMixin, FormView):
    permission_required = "review.freeze_monitoring"
    form_class = FreezeForm
    template_name = "people/action.html"

    def form_valid(self, form):
        values = form.cleaned_data
        try:
            report = publications.freeze(
                period=values["period"], day=values["day"], at=timezone.now(),
                by=self.request.user, opd=values["opd"],
            )  # fmt: skip
        except PublicationError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The numbers are frozen."))
        return redirect(report)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=_("Freeze a report"),
            lead=_("The numbers as they stand now are kept and never change."),
            button=_("Freeze"),
            back_url=reverse("review:monitoring_list"),
        )


class MonitoringSignView(MonitoringMixin, RequireFreshProofMixin, View):
    permission_required = "review.sign_monitoring"
    http_method_names = ["post"]
    proof_on_get = False

    def get_proof_return_url(self):
        return self.report.get_absolute_url()

    def post(self, request, *args, **kwargs):
        try:
            publications.sign(self.report, by=request.user, proof=self.proof)
        except (PublicationError, DocumentError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The report is signed; the document is being made."))
        return redirect(self.report)


class MonitoringSheetView(MonitoringMixin, View):
    """The frozen numbers as a spreadsheet; taking them out is an event."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        report, target = self.report, io.BytesIO()
        headings = ("Bagian", "OPD atau pokok", "Ukuran", "Nilai")
        write_xlsx(
            target, headings, flat(report.numbers), title=f"F8 {report.starts_on}",
            widths=(28, 44, 28, 12),
        )  # fmt: skip
        record("monitoringreport.export", by=request.user, target=report)
        return attachment(target.getvalue(), XLSX, f"{sheet_name(report)}.xlsx")


def sheet_name(report: MonitoringReport) -> str:
    about = f"-{report.opd.code}" if report.opd else ""
    return f"F8{about}-{report.starts_on}-v{report.version}"


def attachment(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


class BundleMixin(PermissionRequiredMixin):
    permission_required = "review.request_bundle"

    def get_permission_object(self):
        return None

    def get_bundles(self):
        return EvidenceBundle.objects.visible_to(self.request.user).for_list()

    @cached_property
    def bundle(self):
        return get_object_or_404(self.get_bundles(), pk=self.kwargs["pk"])


class BundleListView(BundleMixin, KeysetListView):
    template_name = "review/publications/bundle_list.html"
    ordering = ("-requested_at", "-pk")

    def get_queryset(self):
        return self.get_bundles()


class BundleCreateView(BundleMixin, InvalidFormMixin, FormView):
    form_class = BundleForm
    template_name = "people/action.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"opds": self._opds()}

    def _opds(self):
        user = self.request.user
        opds = Opd.objects.in_force(on=timezone.localdate())
        if user.has_perm("review.view_province"):
            return opds
        own = user.standing.headed_opd_ids | user.standing.officer_opd_ids
        return opds.filter(pk__in=own)

    def form_valid(self, form):
        values = form.cleaned_data
        bundle = evidence_bundle.request(
            opd=values["opd"], year=values["year"], by=self.request.user
        )
        messages.success(self.request, _("The bundle is being made; this page says when."))
        return redirect(bundle)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=_("Ask for a bundle of evidence"),
            lead=_("For ZI/WBK and MCSP: map, declarations with masked names, decisions, "
                   "monitoring and follow-up of one OPD, as one file with an index."),
            button=_("Make the bundle"),
            back_url=reverse("review:bundle_list"),
        )  # fmt: skip


class BundleDetailView(BundleMixin, DetailView):
    template_name = "review/publications/bundle_detail.html"
    context_object_name = "bundle"

    def get_queryset(self):
        return self.get_bundles()


class BundleDownloadView(BundleMixin, View):
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        bundle = self.bundle
        if bundle.state != EvidenceBundle.State.READY:
            raise Http404
        data = evidence_bundle.open_bundle(bundle, by=request.user)
        return attachment(data, "application/zip", f"bukti-{bundle.opd.code}-{bundle.year}.zip")


class StatisticsDeskView(PermissionRequiredMixin, TemplateView):
    """What the public would read, before it does; threshold and publication by the chief."""

    permission_required = "review.view_statistics_desk"
    template_name = "review/publications/statistics_desk.html"

    def get_context_data(self, **kwargs):
        year = timezone.localdate().year - 1
        return super().get_context_data(
            **kwargs,
            year=year,
            threshold=publications.threshold(),
            published=list(PublishedStatistics.objects.order_by("-year").defer("tables")),
            tables=shown(publications.preview(year=year)),
            may_publish=self.request.user.has_perm("review.publish_statistics"),
        )


class ThresholdView(PermissionRequiredMixin, InvalidFormMixin, FormView):
    permission_required = "review.publish_statistics"
    form_class = ThresholdForm
    template_name = "people/action.html"

    def get_initial(self):
        found = publications.threshold()
        return {"value": found.value} if found else {}

    def form_valid(self, form):
        publications.set_threshold(**form.cleaned_data, by=self.request.user)
        messages.success(self.request, _("The threshold was set."))
        return redirect("review:statistics_desk")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=_("Smallest number that is published"),
            lead=_("Smaller counts are hidden, and others with them, so that none can be "
                   "worked out."),
            button=_("Save"),
            back_url=reverse("review:statistics_desk"),
        )  # fmt: skip


class PublishView(PermissionRequiredMixin, InvalidFormMixin, FormView):
    permission_required = "review.publish_statistics"
    form_class = PublishForm
    template_name = "people/action.html"

    def form_valid(self, form):
        try:
            publications.publish(
                year=form.cleaned_data["year"], at=timezone.now(), by=self.request.user
            )
        except PublicationError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The statistics are published."))
        return redirect("statistics:public")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=_("Publish the statistics of a year"),
            lead=_("Once a year is published it stays as it is: a second edition could be "
                   "compared with the first and give away what both hide."),
            button=_("Publish"),
            is_dangerous=True,
            back_url=reverse("review:statistics_desk"),
        )  # fmt: skip
