"""Forms and their versions: look, compare, start, preview, publish, discard."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from declarations import builder, form_editing
from declarations.forms.configuration import NoteForm, ReasonForm
from declarations.models import FormVersion
from declarations.services import configuration
from declarations.views.configuration.base import (
    DraftOnlyMixin,
    EditorMixin,
    PageView,
    ReaderMixin,
    SavingFormView,
    VersionMixin,
    history_of,
)

LIST_TITLES = {
    "sumber": ("sources", gettext_lazy("Sources of conflict")),
    "pengendalian": ("measures", gettext_lazy("Control measures")),
    "jenis-keputusan": ("decision_kinds", gettext_lazy("Kinds of decision")),
}


class ConfigurationHomeView(ReaderMixin, PageView):
    template_name = "declarations/configuration/home.html"

    def get_context_data(self, **kwargs):
        versions = FormVersion.objects.exclude(state=FormVersion.State.RETIRED).defer("content")
        forms = {code: {"code": code, "label": label} for code, label in FormVersion.Code.choices}
        for version in versions:
            forms[version.code][version.state] = version
        lists = [(slug, title) for slug, (_name, title) in LIST_TITLES.items()]
        return super().get_context_data(forms=forms.values(), lists=lists, **kwargs)


class FormVersionListView(ReaderMixin, PageView):
    template_name = "declarations/configuration/versions.html"

    def get_context_data(self, **kwargs):
        code = self.kwargs["code"]
        if code not in FormVersion.Code.values:
            raise Http404
        versions = list(
            FormVersion.objects.filter(code=code)
            .select_related("created_by", "published_by")
            .defer("content")
            .order_by("-version")[:200]
        )
        return super().get_context_data(
            code=code,
            label=FormVersion.Code(code).label,
            versions=versions,
            has_draft=any(each.state == FormVersion.State.DRAFT for each in versions),
            **kwargs,
        )


class VersionStartView(EditorMixin, SavingFormView):
    form_class = NoteForm
    heading = gettext_lazy("New draft version")
    lead = gettext_lazy("The draft begins as a copy of the version in use. Nobody sees it yet.")
    button = gettext_lazy("Start the draft")

    def get_success_url(self):
        return reverse("declarations:configuration_versions", args=[self.kwargs["code"]])

    def dispatch(self, request, *args, **kwargs):
        if kwargs["code"] not in FormVersion.Code.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def save(self, form):
        configuration.start_version(
            self.kwargs["code"], note=form.cleaned_data["note"], by=self.request.user
        )


class VersionDetailView(ReaderMixin, VersionMixin, PageView):
    """The content at a glance; of a draft, the way to each part of it."""

    template_name = "declarations/configuration/version.html"

    def get_context_data(self, **kwargs):
        is_draft = self.version.state == FormVersion.State.DRAFT
        return super().get_context_data(
            content_form=configuration.read_version(self.version),
            content=self.version.content,
            statement="\n\n".join(self.version.content["statement"]["id"]),
            is_draft=is_draft,
            problems=configuration.publishing_problems(self.version) if is_draft else [],
            events=history_of(self.version),
            **kwargs,
        )


class VersionPreviewView(ReaderMixin, VersionMixin, PageView):
    """The section as the declarant sees it; nothing can be sent from here."""

    template_name = "declarations/configuration/preview.html"

    def get_context_data(self, **kwargs):
        form = configuration.read_version(self.version)
        language = get_language()
        wanted = self.request.GET.get("bagian", form.sections[0].key)
        try:
            section = form.section(wanted)
        except KeyError:
            raise Http404 from None
        return super().get_context_data(
            content_form=form,
            title=form.title.get(language),
            intro=form.intro.get(language),
            section_title=section.title.get(language),
            section_hint=section.hint.get(language),
            section_why=section.why.get(language) if section.why else "",
            section=section,
            page=builder.section_form(section, language=language),
            nil_page=builder.nil_form(section, language=language) if section.has_rows else None,
            tabs=self._tabs(form, section, language),
            statement=form.statement_for(language),
            legal_basis=form.legal_basis_for_screen(language),
            **kwargs,
        )

    def _tabs(self, form, current, language):
        return [
            {
                "label": section.title.get(language),
                "url": f"?bagian={section.key}",
                "active": section.key == current.key,
            }
            for section in form.sections
        ]


class VersionCompareView(ReaderMixin, VersionMixin, PageView):
    """Word for word against another version of the same form, by default the one before."""

    template_name = "declarations/configuration/compare.html"

    def get_context_data(self, **kwargs):
        others = FormVersion.objects.filter(code=self.version.code).exclude(pk=self.version.pk)
        wanted = self.request.GET.get("dengan", "")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
            other = get_object_or_404(others, version=int(wanted))
        elif wanted:
            raise Http404
        else:
            other = others.filter(version__lt=self.version.version).order_by("-version").first()
        changes = form_editing.changes(other.content, self.version.content) if other else []
        return super().get_context_data(
            other=other,
            others=others.order_by("-version").values_list("version", flat=True)[:50],
            changes=changes,
            **kwargs,
        )


class VersionPublishView(DraftOnlyMixin, SavingFormView):
    form_class = ReasonForm
    heading = gettext_lazy("Put this version into use")
    lead = gettext_lazy(
        "New declarations use this version from now on. Drafts and documents keep the version "
        "that they were made with."
    )
    button = gettext_lazy("Publish")

    def get_success_url(self):
        return self.version_url

    def save(self, form):
        configuration.publish_version(
            self.version, reason=form.cleaned_data["reason"], by=self.request.user
        )


class VersionDiscardView(DraftOnlyMixin, SavingFormView):
    form_class = ReasonForm
    heading = gettext_lazy("Discard this draft")
    lead = gettext_lazy("The draft is deleted; the version in use stays as it is.")
    button = gettext_lazy("Discard the draft")

    def get_success_url(self):
        return reverse("declarations:configuration_versions", args=[self.version.code])

    def save(self, form):
        configuration.discard_version(
            self.version, reason=form.cleaned_data["reason"], by=self.request.user
        )
