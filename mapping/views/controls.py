"""Controls: the list of what is to be done, one control, and its steps."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict as conflict_page
from common.keyset import KeysetListView
from mapping import workflow
from mapping.forms import ControlForm, EffectForm, ReasonForm, ReportForm
from mapping.models import Control, RiskArea
from mapping.services import MapError, evidence, save_control
from mapping.states import CANCEL, CONFIRM, REFUSE, REPORT
from mapping.views.base import AreaMixin, ControlMixin, StepView, add_errors


class ControlListView(PermissionRequiredMixin, KeysetListView):
    """What is planned and one may see, the most urgent first."""

    permission_required = "mapping.list_riskmap"
    template_name = "mapping/control_list.html"
    context_object_name = "controls"
    ordering = ("due_on", "pk")

    def get_permission_object(self) -> None:
        return None

    def get_queryset(self):
        rows = Control.objects.visible_to(self.request.user).filter(state__in=["planned", "done"])
        return rows.select_related("opd", "owner_post")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, today=timezone.localdate())


class ControlDetailView(ControlMixin, View):
    def get(self, request, *args, **kwargs):
        control, user = self.control, request.user
        areas = RiskArea.objects.visible_to(user).filter(
            row_key=control.row_key, map__opd=control.opd_id
        )
        context = {
            "control": control,
            "area": areas.select_related("map").order_by("-map__year", "-map__version").first(),
            "is_late": control.state == "planned" and control.due_on < timezone.localdate(),
            "steps": [
                name
                for name, step in (
                    ("report", REPORT), ("confirm", CONFIRM), ("refuse", REFUSE),
                    ("cancel", CANCEL),
                )
                if control.state in step.sources and user.has_perm(step.permission, control)
            ],
            "files": list(evidence.of(control)),
            "may_add_files": control.state in REPORT.sources
            and user.has_perm(REPORT.permission, control),
            "may_change": control.state == "planned"
            and user.has_perm("mapping.change_control", control),
        }  # fmt: skip
        return render(request, "mapping/control_detail.html", context)


class ControlWriteMixin:
    def page(self, form, *, status=200):
        context = {"form": form, "title": self.title, "button": _("Save"), "back_url": self.back()}
        return render(self.request, "people/action.html", context, status=status)

    def save(self, form):
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            control = save_control(form.instance, area=self.area_of(), by=self.request.user)
        except MapError as error:
            return conflict_page(self.request, text=str(error), url=self.back())
        except ValidationError as error:
            add_errors(form, error)
            return self.page(form, status=422)
        messages.success(self.request, _("The control was saved."))
        return redirect(control)


class ControlCreateView(ControlWriteMixin, AreaMixin, View):
    """Also for a map in force: what is done about a risk need not wait for the next map."""

    permission_required = "mapping.change_riskmap"
    title = gettext_lazy("Add a control")

    def back(self):
        return self.area.get_absolute_url()

    def area_of(self):
        return self.area

    def get(self, request, *args, **kwargs):
        initial = {"owner_post": self.area.owner_post_id, "due_on": self.area.due_on}
        return self.page(ControlForm(opd=self.map.opd, initial=initial))

    def post(self, request, *args, **kwargs):
        blank = Control(opd=self.map.opd)
        return self.save(ControlForm(request.POST, opd=self.map.opd, instance=blank))


class ControlEditView(ControlWriteMixin, ControlMixin, View):
    permission_required = "mapping.change_control"
    title = gettext_lazy("Change the control")

    def back(self):
        return self.control.get_absolute_url()

    def area_of(self):
        return None

    def get(self, request, *args, **kwargs):
        return self.page(ControlForm(opd=self.control.opd, instance=self.control))

    def post(self, request, *args, **kwargs):
        form = ControlForm(request.POST, opd=self.control.opd, instance=self.control)
        return self.save(form)


class ControlStepView(ControlMixin, StepView):
    def subject(self):
        return self.control


class ReportView(ControlStepView):
    permission_required = REPORT.permission
    template_name = "mapping/control_report.html"
    title = gettext_lazy("Report the control as done")
    done = gettext_lazy("The control was reported as done.")

    def form_class(self, data=None):
        """After a refusal the former words come back."""
        return ReportForm(
            data,
            has_files=evidence.of(self.control).exists(),
            initial={"evidence": self.control.evidence},
        )

    def more(self):
        return {"control": self.control, "files": list(evidence.of(self.control))}

    def perform(self, values):
        return workflow.report_control(self.control, by=self.request.user, **values)


class ConfirmView(ControlStepView):
    permission_required = CONFIRM.permission
    form_class = EffectForm
    title = gettext_lazy("Confirm the control")
    done = gettext_lazy("The control was confirmed.")

    def perform(self, values):
        return workflow.confirm_control(self.control, by=self.request.user, **values)


class RefuseView(ControlStepView):
    permission_required = REFUSE.permission
    form_class = ReasonForm
    title = gettext_lazy("Do not accept the report")
    done = gettext_lazy("The control is open again.")

    def perform(self, values):
        return workflow.refuse_control(self.control, by=self.request.user, **values)


class CancelView(ControlStepView):
    permission_required = CANCEL.permission
    form_class = ReasonForm
    title = gettext_lazy("Cancel the control")
    done = gettext_lazy("The control was cancelled.")
    is_dangerous = True

    def perform(self, values):
        return workflow.cancel_control(self.control, by=self.request.user, **values)
