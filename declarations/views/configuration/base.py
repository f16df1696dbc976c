"""What the pages of the configuration share: who may open them, how a refusal is shown."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from rules.contrib.views import PermissionRequiredMixin

from audit import presentation
from audit import services as trail
from common.views import InvalidFormMixin
from declarations.models import FormVersion
from declarations.services.configuration import CHANGE, ConfigurationError

VIEW = "declarations.view_configuration"


def history_of(target):
    """What happened to a version or an entry, in words."""
    return [presentation.describe(event) for event in trail.history(target)]


class PageView(TemplateView):
    """A page to read; the parts of the address stay in `kwargs` and out of the context."""

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data())


class ReaderMixin(PermissionRequiredMixin):
    permission_required = VIEW

    def get_permission_object(self):
        return None

    def get_context_data(self, **kwargs):
        may_change = self.request.user.has_perm(CHANGE)
        return super().get_context_data(may_change=may_change, **kwargs)


class EditorMixin(ReaderMixin):
    permission_required = CHANGE


class VersionMixin:
    """The version of the address."""

    @cached_property
    def version(self):
        return get_object_or_404(
            FormVersion.objects.select_related("created_by", "published_by"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(version=self.version, **kwargs)

    @property
    def version_url(self):
        return reverse("declarations:configuration_version", args=[self.version.pk])


class DraftOnlyMixin(EditorMixin, VersionMixin):
    """Published versions are read, never edited."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.has_permission():
            return self.handle_no_permission()
        if self.version.state != FormVersion.State.DRAFT:
            messages.warning(request, _("This version is in use or replaced: start a new draft."))
            return redirect(self.version_url)
        return super().dispatch(request, *args, **kwargs)


class SavingFormView(InvalidFormMixin, FormView):
    """A form whose service may refuse; every refusal is shown with what was typed."""

    template_name = "declarations/configuration/edit.html"
    heading = ""
    lead = ""
    button = ""
    saved = ""
    refused_status = 422

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            heading=self.get_heading(),
            lead=self.lead,
            button=self.button or _("Save"),
            back_url=self.get_success_url(),
            **kwargs,
        )

    def get_heading(self):
        return self.heading

    def save(self, form):
        raise NotImplementedError

    def form_valid(self, form):
        try:
            self.save(form)
        except ConfigurationError as error:
            form.add_error(None, str(error))
            self.refused_status = 409
        except ValidationError as error:
            form.add_error(None, error.messages)
        except KeyError:
            raise Http404 from None
        if form.errors:
            response = self.form_invalid(form)
            response.status_code = self.refused_status
            return response
        messages.success(self.request, self.saved or _("Saved."))
        return redirect(self.get_success_url())
