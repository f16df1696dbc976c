"""The page on which files are added to a thing and taken away, whichever app the thing is of.

A view names the app's services (`of`, `add`, `remove`) and its template, which extends
`common/files.html`; who may do so is said by the app's own mixin.
"""

from collections.abc import Callable
from typing import Any, Protocol

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from common.attachments import AttachmentClosedError, rules_in_words
from common.errors import conflict as conflict_page
from common.forms import UploadForm


class FileServices(Protocol):
    of: Callable[..., Any]
    add: Callable[..., Any]
    remove: Callable[..., Any]


class FilesPageView(View):
    """One file at a time; who comes too late is sent to the thing."""

    services: FileServices
    template_name: str
    # The name of the thing in the template.
    owner_name: str

    def owner(self) -> Any:
        raise NotImplementedError

    def is_open(self) -> bool:
        """Files can be added now."""
        raise NotImplementedError

    def more(self) -> dict[str, Any]:
        """What the template shows beyond that."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(UploadForm()) if self.is_open() else redirect(self.owner())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            self.services.add(self.owner(), form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.page(form, status=422)
        except AttachmentClosedError as error:
            return conflict_page(request, text=str(error), url=self.owner().get_absolute_url())
        messages.success(request, _("The file was added."))
        return redirect(request.path)

    def page(self, form: UploadForm, *, status: int = 200) -> HttpResponse:
        context = {
            self.owner_name: self.owner(),
            "form": form,
            "files": list(self.services.of(self.owner())),
            "rules": rules_in_words(),
        } | self.more()
        return render(self.request, self.template_name, context, status=status)


class FileRemovePageView(View):
    http_method_names = ("post",)
    services: FileServices
    # The address of the page with the files.
    files_page: str

    def owner(self) -> Any:
        raise NotImplementedError

    def stored_file(self) -> Any:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.services.remove(self.stored_file(), by=request.user)
        except AttachmentClosedError as error:
            return conflict_page(request, text=str(error), url=self.owner().get_absolute_url())
        messages.success(request, _("The file was taken away."))
        return redirect(self.files_page, self.owner().pk)
