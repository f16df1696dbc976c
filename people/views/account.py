"""The door: activation, a forgotten password, one's own profile."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, RedirectView

from common.errors import too_many_requests
from common.views import InvalidFormMixin
from people import services
from people.forms import ActivationForm, LanguageForm, ResetPasswordForm

LINK_CODE_KEY = "activation_code"


@method_decorator(login_not_required, name="dispatch")
class PasswordResetView(InvalidFormMixin, FormView):
    """Says the same whatever the number."""

    form_class = ResetPasswordForm
    template_name = "account/password_reset.html"
    success_url = reverse_lazy("account_reset_password_done")

    def form_valid(self, form):
        if not ratelimit.consume(
            self.request, action="reset_password", key=form.cleaned_data["nip"]
        ):
            return too_many_requests(self.request)
        form.save(self.request)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class ActivationLinkView(RedirectView):
    """Takes the code out of the address before anything else is loaded with it."""

    def get_redirect_url(self, *args, **kwargs):
        self.request.session[LINK_CODE_KEY] = kwargs["code"]
        return reverse("activation")


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class ActivationView(InvalidFormMixin, FormView):
    form_class = ActivationForm
    template_name = "account/activation.html"
    success_url = reverse_lazy("account_login")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"has_link": self._has_link()}

    def _has_link(self):
        return LINK_CODE_KEY in self.request.session and "kode" not in self.request.GET

    def form_valid(self, form):
        data = form.cleaned_data
        if not ratelimit.consume(self.request, action="activate", key=data["nip"]):
            return too_many_requests(self.request)
        code = data.get("code") or self.request.session.get(LINK_CODE_KEY, "")
        try:
            services.activate(nip_typed=data["nip"], code=code, password=data["password1"])
        except services.ServiceError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        except ValidationError as error:
            form.add_error("password1", error)
            return self.form_invalid(form)
        self.request.session.pop(LINK_CODE_KEY, None)
        messages.success(self.request, _("Your account is open. Sign in with your new password."))
        return super().form_valid(form)


class ProfileView(InvalidFormMixin, FormView):
    """What the portal knows of oneself; only the language is one's own to change."""

    form_class = LanguageForm
    template_name = "people/profile.html"
    success_url = reverse_lazy("profile")

    def get_initial(self):
        return {"language": self.request.user.language}

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            person=user,
            assignments=user.assignments.select_related("post__opd").order_by("-starts_on"),
            grants=user.role_grants.select_related("opd"),
            nip_changes=user.nip_changes.all(),
            **kwargs,
        )

    def form_valid(self, form):
        user = self.request.user
        services.change_language(user, language=form.cleaned_data["language"], by=user)
        messages.success(self.request, _("Your choice was saved."))
        return redirect(self.get_success_url())
