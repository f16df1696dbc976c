"""The public side of reports: making one, and coming back with the code.

Nobody is recognised here (`common.middleware.UntracedMiddleware`); a code travels in the body of a
POST, never in an address. Outside a transaction, so that the counters don't wait for each other.
"""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from common import rates
from common.errors import too_many_requests
from review import reporting_form
from review.report_forms import AnswerForm, CodeForm
from review.report_presentation import standing_for_reporter
from review.services import report_codes, report_files, reports
from review.services.report_errors import ReportError

PUBLIC = (login_not_required, never_cache, transaction.non_atomic_requests)
# At most so many in so many seconds, for one address; behind an office stand many people.
RATES = {
    "send": ((15, 3600), (60, 86_400)),
    "code": ((20, 60), (200, 3600)),
}


def may_ask(request, action):
    address = rates.blurred(get_adapter().get_client_ip(request) or "")
    return rates.may_happen(f"reports:{action}:{address}", RATES[action])


@method_decorator(PUBLIC, name="dispatch")
class StartView(TemplateView):
    template_name = "review/reporting/start.html"


@method_decorator(PUBLIC, name="dispatch")
class AnonymousView(View):
    """The form; after sending, the code, in the answer to the POST and nowhere else."""

    http_method_names = ["get", "post"]
    is_named = False

    def get(self, request):
        return self._page(self._read(data=None))

    def post(self, request):
        if not may_ask(request, "send"):
            return too_many_requests(request)
        asked = self._read(data=request.POST, files=request.FILES)
        if not asked.is_valid():
            return self._page(asked, status=422)
        told = reporting_form.told(asked)
        try:
            code = reports.receive(
                told, token=asked.good_faith.cleaned_data["token"], at=timezone.now()
            )
        except report_codes.InvalidTokenError:
            asked.renew_token()
            asked.good_faith.add_error(
                None, _("This page was open for too long. Check your answers and send again.")
            )
            return self._page(asked, status=422)
        except ValidationError as error:
            asked.evidence.add_error(None, error)
            return self._page(asked, status=422)
        context = {"code": code, "is_named": self.is_named}
        return render(request, "review/reporting/receipt.html", context)

    def _read(self, *, data, files=None):
        return reporting_form.read(
            data=data, files=files, is_named=self.is_named,
            language=get_language() or "id", initial=self._known(),
        )  # fmt: skip

    def _known(self):
        return {}

    def _page(self, asked, *, status=200):
        context = {
            "asked": asked,
            "is_named": self.is_named,
            "rules": report_files.RULES,
            "most": report_files.MOST_FILES,
        }
        return render(self.request, "review/reporting/form.html", context, status=status)


class NamedView(AnonymousView):
    """With an identity; whoever is signed in finds the name filled in and may change it."""

    is_named = True

    def _known(self):
        user = self.request.user
        if not user.is_authenticated:
            return {}
        post = user.standing.post
        return {"name": user.full_name, "contact": user.email, "work": post.title if post else ""}


@method_decorator(PUBLIC, name="dispatch")
class CodeView(View):
    """The way back: state, questions, answers, further files."""

    http_method_names = ["get", "post"]

    def get(self, request):
        return self._ask(CodeForm())

    def post(self, request):
        if not may_ask(request, "code"):
            return too_many_requests(request)
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        report = reports.find(form.cleaned_data["code"])
        if report is None:
            form.add_error("code", _("No report belongs to this code."))
            return self._ask(form, status=404)
        if "answer" in request.POST:
            return self._answer(report, form)
        return self._show(report, form, AnswerForm())

    def _answer(self, report, form):
        answer = AnswerForm(self.request.POST, self.request.FILES)
        if not answer.is_valid():
            return self._show(report, form, answer, status=422)
        try:
            reports.add_answer(
                report, answer.cleaned_data["text"], once=answer.cleaned_data["once"],
                files=answer.prepared, at=timezone.now(),
            )  # fmt: skip
        except (ReportError, ValidationError) as error:
            answer.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self._show(report, form, answer, status=422)
        return self._show(report, form, AnswerForm(), is_sent=True)

    def _ask(self, form, *, status=200):
        return render(self.request, "review/reporting/code.html", {"form": form}, status=status)

    def _show(self, report, form, answer, *, status=200, is_sent=False):
        context = {
            "standing": standing_for_reporter(report),
            "code": report_codes.display(form.cleaned_data["code"]),
            "form": answer,
            "is_sent": is_sent,
        }
        return render(self.request, "review/reporting/status.html", context, status=status)
