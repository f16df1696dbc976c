"""What the personnel pages share: 404 for the invisible, one form with a reason, a message."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView
from django.views.generic.detail import SingleObjectMixin
from rules.contrib.views import PermissionRequiredMixin as RulesPermissionRequiredMixin

from common.views import InvalidFormMixin
from people.services import ServiceError


class PermissionRequiredMixin(RulesPermissionRequiredMixin):
    """403 for what one may see but not do; anonymous visitors are sent to login before."""

    raise_exception = True


class FoundOnceMixin:
    """The permission and the page ask for the object; the database is asked once."""

    object = None

    def get_object(self, queryset=None):
        if self.object is None:
            self.object = super().get_object(queryset)
        return self.object


class ServiceFormMixin(InvalidFormMixin):
    """A valid form is handed to a service (`perform`); what it refuses stands in the form."""

    success_message = ""

    def form_valid(self, form):
        try:
            result = self.perform(form)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        except IntegrityError:  # Another request was quicker; the service's savepoint is undone.
            form.add_error(None, _("Somebody was quicker with the same thing. Look, then repeat."))
            return self.form_invalid(form)
        if self.success_message:
            messages.success(self.request, self.success_message)
        return redirect(self.get_success_url_of(result))

    def get_success_url_of(self, result):
        return self.get_success_url()


def add_errors(form, error):
    """Errors of a model, beside their field where the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


class ActionView(
    PermissionRequiredMixin, ServiceFormMixin, FoundOnceMixin, SingleObjectMixin, FormView
):
    """One deed on one thing: words, a small form, a button."""

    template_name = "people/action.html"
    title = ""
    lead = ""
    button = ""
    is_dangerous = False

    def dispatch(self, request, *args, **kwargs):
        self.get_object()  # 404 comes before 403.
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title=self.title,
            lead=self.lead,
            button=self.button or self.title,
            is_dangerous=self.is_dangerous,
            back_url=self.get_success_url(),
            subject=str(self.object),
            **kwargs,
        )
