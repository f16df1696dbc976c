"""Forms of the door and of the personnel pages."""

from collections.abc import Iterator
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.mfa.base import forms as mfa_forms
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import (
    BusinessDateField,
    CleanCharField,
    Columns,
    NameField,
    YesNoField,
    clean_formfield,
    plain_helper,
)
from common.text import ascii_digits
from common.widgets import KeptSelect
from people import nip as nip_module
from people import services
from people.models import Assignment, Holiday, Opd, Post, RoleGrant, User
from people.models.organisation import OpdKind
from people.policies import GRANTED_BY
from people.roles import GRANTABLE, Role


class NipField(CleanCharField):
    """A NIP as people type it, with blanks, dots or hyphens; the value is 18 digits."""

    def __init__(self, *, strict: bool = True, **kwargs: Any) -> None:
        self.strict = strict
        kwargs.setdefault("label", _("NIP"))
        kwargs.setdefault("example", "19900101 201501 1 001")
        super().__init__(max_length=60, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        digits = nip_module.normalise(ascii_digits(text)) if text else text
        if digits and self.strict:
            nip_module.validate(digits)
        return digits

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"inputmode": "numeric", "spellcheck": "false"}


class HelperMixin:
    """A crispy helper whose <form>, token and buttons stand in the template."""

    @cached_property
    def helper(self) -> FormHelper:
        return plain_helper(self, *self.layout())

    def layout(self) -> tuple:
        return ()


# --- The door --------------------------------------------------------------------------------


class NoEchoMixin:
    """A label says what goes into a field; the same words inside look as if it were filled in."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ChangePasswordForm(NoEchoMixin, allauth_forms.ChangePasswordForm):
    pass


class ResetPasswordKeyForm(NoEchoMixin, allauth_forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(NoEchoMixin, allauth_forms.ReauthenticateForm):
    pass


class LoginForm(NoEchoMixin, HelperMixin, allauth_forms.LoginForm):
    """Says the same of an unknown, a malformed and a closed number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = NipField(
            strict=False,
            widget=forms.TextInput(attrs={"autocomplete": "username webauthn"}),
        )
        self.fields["password"].help_text = ""
        self.order_fields(["login", "password"])


class RecordsFailureMixin:
    """A wrong code of the second factor is an event, as a wrong password is."""

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        super()._emit_authentication_failed(authenticator)
        services.note_second_factor_failure(self.user)


class CodeOfFactorField(CleanCharField):
    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
        super().__init__(label=_("Code"), max_length=40, widget=widget)


class SecondFactorForm(RecordsFailureMixin, mfa_forms.AuthenticateForm):
    code = CodeOfFactorField()


class SecondFactorAgainForm(RecordsFailureMixin, mfa_forms.ReauthenticateForm):
    code = CodeOfFactorField()


class ResetPasswordForm(HelperMixin, forms.Form):
    """Asks for the NIP; the mail goes to the address on file, which the page never shows."""

    nip = NipField(strict=False, widget=forms.TextInput(attrs={"autocomplete": "username"}))

    def save(self, request: HttpRequest, **kwargs: Any) -> None:
        services.request_password_reset(nip_typed=self.cleaned_data["nip"])


class ActivationForm(NoEchoMixin, HelperMixin, forms.Form):
    nip = NipField(strict=False, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    code = CleanCharField(
        label=_("Activation code"),
        max_length=80,
        help_text=_("From the slip of the personnel office. Capitals and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    password1 = SetPasswordField(label=_("New password"))
    password2 = PasswordField(label=_("New password, once more"), autocomplete="new-password")

    def __init__(self, *args: Any, has_link: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_link:
            del self.fields["code"]

    def clean(self) -> dict:
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("Type the same password twice."))
        return cleaned


# --- People ----------------------------------------------------------------------------------


class ReasonForm(HelperMixin, forms.Form):
    """Why: the audit trail asks."""

    reason = CleanCharField(
        label=_("Reason"),
        max_length=200,
        example=_("Letter of BKD number 800/123/2026"),
    )


class PersonForm(HelperMixin, forms.ModelForm):
    nip = NipField()
    name = NameField(label=_("Name without titles"), max_length=150)

    class Meta:
        model = User
        formfield_callback = clean_formfield
        fields = ("nip", "name", "title_before", "title_after", "email", "employment", "grade")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["nip"]

    def layout(self) -> tuple:
        nip = () if self.instance._state.adding is False else ("nip",)
        return (
            *nip,
            "name",
            Columns("title_before", "title_after"),
            "email",
            Columns("employment", "grade"),
        )


class NipChangeForm(ReasonForm):
    nip = NipField(label=_("New NIP"))
    field_order = ("nip", "reason")


class LanguageForm(HelperMixin, forms.Form):
    language = forms.ChoiceField(
        label=_("Language of messages to you"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )


class CodeForm(HelperMixin, forms.Form):
    """A new way in for one person."""

    channel = forms.ChoiceField(
        label=_("How"),
        choices=[("link", _("Link by e-mail")), ("printed", _("Printed code"))],
        widget=forms.RadioSelect,
    )
    reason = CleanCharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed when the account was in use: its password stops working."),
    )


class RoleGrantForm(HelperMixin, forms.ModelForm):
    starts_on = BusinessDateField(label=_("From"), initial=timezone.localdate)
    ends_on = BusinessDateField(label=_("Until"), required=False)

    class Meta:
        model = RoleGrant
        formfield_callback = clean_formfield
        fields = ("role", "opd", "starts_on", "ends_on", "reason")
        labels = {"role": _("Role"), "opd": _("OPD (for an OPD officer)")}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (role.value, role.label) for role in GRANTABLE if by.has_any_role(*GRANTED_BY[role])
        ]
        self.fields["opd"].queryset = Opd.objects.in_force(on=timezone.localdate())

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("role") == Role.OPD_OFFICER and not cleaned.get("opd"):
            self.add_error("opd", _("Say for which OPD this officer works."))
        return cleaned


class PostChoiceField(forms.ModelChoiceField):
    """A post named by the code of its OPD and its own, typed: a list of thousands helps nobody."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Post.objects.none(), **kwargs)

    def to_python(self, value: Any) -> Post | None:
        if isinstance(value, Post) or value in self.empty_values:
            return value or None
        text = CleanCharField(max_length=80).clean(value)
        opd_code, _slash, code = text.partition("/")
        today = timezone.localdate()
        found = Post.objects.in_force(on=today).filter(
            opd__code=opd_code.strip(), code__iexact=code.strip()
        )
        post = found.select_related("opd").first()
        if post is None:
            raise forms.ValidationError(
                _("No post has this code. Write the code of the OPD, a slash, the post's code."),
                code="unknown_post",
            )
        return post

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Post.objects.select_related("opd").filter(pk=value).first()
        return f"{value.opd.code}/{value.code}" if isinstance(value, Post) else value

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)


class AssignmentForm(HelperMixin, forms.ModelForm):
    post = PostChoiceField(
        label=_("Post"), help_text=_("Code of the OPD, a slash, code of the post"), required=True
    )
    starts_on = BusinessDateField(label=_("From"), initial=timezone.localdate)
    ends_on = BusinessDateField(label=_("Until"), required=False)

    class Meta:
        model = Assignment
        formfield_callback = clean_formfield
        fields = ("post", "kind", "starts_on", "ends_on", "decree")


class EndForm(ReasonForm):
    ends_on = BusinessDateField(label=_("Last day"), initial=timezone.localdate)
    field_order = ("ends_on", "reason")


class OpdChoices(ModelChoiceIterator):
    """Keys and names alone: the select needs no more of fifty OPDs."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class OpdFilterField(forms.ModelChoiceField):
    iterator = OpdChoices
    widget = KeptSelect


class PersonFilterForm(forms.Form):
    q = CleanCharField(label=_("Name or NIP"), required=False, max_length=80)
    opd = OpdFilterField(
        label=_("OPD"), required=False, queryset=Opd.objects.none(), empty_label=_("All OPDs")
    )
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[
            ("", _("All accounts")),
            ("active", pgettext_lazy("account", "Open")),
            ("unactivated", _("Never used")),
            ("closed", _("Closed")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opd"].queryset = Opd.objects.in_force(on=timezone.localdate())


# --- Organisation ----------------------------------------------------------------------------


class OpdForm(HelperMixin, forms.ModelForm):
    valid_from = BusinessDateField(label=_("Valid from"))

    class Meta:
        model = Opd
        formfield_callback = clean_formfield
        fields = ("code", "name", "short_name", "kind", "parent", "valid_from")
        labels = {"parent": _("Belongs to")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Opd.objects.in_force(on=timezone.localdate()).exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = others.filter(parent__isnull=True)


class CloseOpdForm(ReasonForm):
    valid_until = BusinessDateField(label=_("Last day"), initial=timezone.localdate)
    successor = forms.ModelChoiceField(
        label=_("Successor"), required=False, queryset=Opd.objects.none()
    )
    field_order = ("valid_until", "successor", "reason")

    def __init__(self, *args: Any, opd: Opd, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = Opd.objects.in_force(on=timezone.localdate())
        self.fields["successor"].queryset = in_force.exclude(pk=opd.pk)


class OpdFilterForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *OpdKind.choices]
    )
    closed = forms.BooleanField(label=_("Closed ones too"), required=False)


class PostForm(HelperMixin, forms.ModelForm):
    superior = PostChoiceField(
        label=_("Superior post"),
        required=False,
        help_text=_("Code of the OPD, a slash, code of the post"),
    )
    valid_from = BusinessDateField(label=_("Valid from"))
    valid_until = BusinessDateField(label=_("Valid until"), required=False)

    class Meta:
        model = Post
        formfield_callback = clean_formfield
        fields = (
            "code", "title", "unit", "level", "superior", "is_opd_head", "is_single_seat",
            "valid_from", "valid_until",
        )  # fmt: skip


class ObligeForm(ReasonForm):
    is_obliged = YesNoField(label=_("Must the holder of this post declare?"))
    field_order = ("is_obliged", "reason")


class PostFilterForm(forms.Form):
    q = CleanCharField(label=_("Title or code"), required=False, max_length=80)
    obliged = forms.BooleanField(label=_("Obliged to declare only"), required=False)

    @staticmethod
    def condition(text: str) -> Q:
        return Q(title__icontains=text) | Q(code__icontains=text)


class HolidayForm(HelperMixin, forms.ModelForm):
    on = BusinessDateField(label=_("Date"))

    class Meta:
        model = Holiday
        formfield_callback = clean_formfield
        fields = ("on", "name", "kind", "is_confirmed")
