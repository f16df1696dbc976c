"""The public check of documents, and the pages of a document for those who may see it."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, FormView
from django.views.generic.detail import SingleObjectMixin
from rules.contrib.views import PermissionRequiredMixin

from common.errors import too_many_requests
from common.keyset import KeysetListView
from common.views import InvalidFormMixin, PartMixin
from people.lists import PreparedListView
from statements import files, limits, registry, services, verification
from statements.forms import VerifyForm
from statements.models import Document
from statements.services import DocumentError

PUBLIC = (login_not_required, never_cache, transaction.non_atomic_requests)


@method_decorator(PUBLIC, name="dispatch")
class VerifyView(InvalidFormMixin, FormView):
    """A form for a code or a file. The file is judged in the POST itself and not kept."""

    form_class = VerifyForm
    template_name = "statements/verify.html"

    def form_valid(self, form):
        upload = form.cleaned_data.get("file")
        if upload is None:
            return self._by_code(form)
        if not limits.may_ask(self.request, "verify_file"):
            return too_many_requests(self.request)
        data = upload.read()
        result = verification.verify_hash(hashlib.sha256(data).hexdigest())
        if result is None:
            with limits.place_to_check() as is_free:
                if not is_free:
                    return too_many_requests(self.request)
                result = verification.verify_file(data)
        return render(self.request, "statements/verified.html", {"result": result})

    def _by_code(self, form):
        code = verification.normal_code(form.cleaned_data["code"])
        if not code:
            form.add_error("code", _("A code has 26 letters and digits from 2 to 7."))
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("statements:verify_code", args=[code]))


@method_decorator(PUBLIC, name="dispatch")
class VerifyCodeView(View):
    """What the register says of one code; unknown codes all get the same answer."""

    http_method_names = ["get", "head"]

    def get(self, request, code):
        if not limits.may_ask(request, "verify_code"):
            return too_many_requests(request)
        result = verification.verify_code(code)
        status = 200 if result.document else 404
        return render(request, "statements/verified.html", {"result": result}, status=status)


class DocumentMixin(PermissionRequiredMixin):
    """404 for what the user can't see, 403 for what they can see but not do."""

    model = Document
    context_object_name = "document"
    permission_required = "statements.view_document"
    raise_exception = True

    def get_queryset(self):
        return Document.objects.visible_to(self.request.user).for_detail()

    @cached_property
    def _document(self):
        return super().get_object()

    def get_object(self, queryset=None):
        """Once a request: the permission and the page both ask."""
        return self._document


class DocumentListView(PreparedListView):
    """Every document that the person may see, newest first."""

    model = Document
    template_name = "statements/list.html"
    context_object_name = "documents"
    ordering = ("-created_at", "-pk")

    @staticmethod
    def rows(user, _viewers, ties):
        return Document.objects.visible_to(user, ties=ties).for_list()

    @property
    def facts(self):
        return registry.viewers(), registry.ties_of(self.request.user)


class DocumentDetailView(DocumentMixin, PartMixin, DetailView):
    template_name = "statements/detail.html"
    part = "status"


class DocumentDownloadView(DocumentMixin, SingleObjectMixin, View):
    permission_required = "statements.download_document"
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        document = self.get_object()
        try:
            data = services.open_document(document, by=request.user)
        except DocumentError as error:
            messages.info(request, str(error))
            return redirect(document)
        except files.DamagedFileError as error:
            raise Http404 from error
        response = HttpResponse(data, content_type="application/pdf")
        # The name is made of our own number: letters, digits, dots and dashes.
        response["Content-Disposition"] = f'attachment; filename="{document.download_name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class FailedListView(PermissionRequiredMixin, KeysetListView):
    """Documents that could not be made, for the system administrator: numbers, not contents."""

    model = Document
    permission_required = "statements.list_failed_documents"
    raise_exception = True
    template_name = "statements/failed.html"
    context_object_name = "documents"
    ordering = ("-created_at", "-pk")

    def get_permission_object(self):
        return None

    def get_queryset(self):
        return Document.objects.failed().select_related("opd")


class DocumentRetryView(PermissionRequiredMixin, SingleObjectMixin, View):
    model = Document
    permission_required = "statements.retry_document"
    raise_exception = True
    http_method_names = ["post"]

    def get_queryset(self):
        return Document.objects.failed()

    def post(self, request, *args, **kwargs):
        try:
            services.retry_document(self.get_object(), by=request.user)
        except DocumentError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The document will be tried again now."))
        return redirect("statements:failed")
