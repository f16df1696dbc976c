"""Editing a draft version, one part at a time; every save is checked as a whole."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from declarations import form_editing
from declarations.forms.content import (
    TYPES,
    GeneralForm,
    LegalBasisForm,
    LegalBasisFormSet,
    NewQuestionForm,
    QuestionForm,
    RowSectionTextsForm,
    SectionTextsForm,
)
from declarations.services import configuration
from declarations.views.configuration.base import (
    DraftOnlyMixin,
    PageView,
    ReaderMixin,
    SavingFormView,
    VersionMixin,
)


class ContentMixin(DraftOnlyMixin):
    """`edited(form)` gives the new content; the page says on which revision it was built."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(revision=self.version.revision, **kwargs)

    def save(self, form):
        self.store(self.edited(form))

    def store(self, content):
        revision = self.request.POST.get("revision", "")
        is_number = revision.isascii() and revision.isdigit() and len(revision) < 10
        configuration.save_content(
            self.version,
            content,
            revision=int(revision) if is_number else -1,
            by=self.request.user,
        )

    @cached_property
    def section(self):
        try:
            return form_editing.section_of(self.version.content, self.kwargs["section"])
        except KeyError:
            raise Http404 from None

    @property
    def section_url(self):
        address = "declarations:configuration_section"
        return reverse(address, args=[self.version.pk, self.kwargs["section"]])


class GeneralEditView(ContentMixin, SavingFormView):
    form_class = GeneralForm
    heading = gettext_lazy("Title, introduction and statement")

    def get_success_url(self):
        return self.version_url

    def get_initial(self):
        return GeneralForm.initial_of(self.version.content)

    def edited(self, form):
        return form_editing.with_general(self.version.content, **form.changes())


class LegalBasisEditView(ContentMixin, SavingFormView):
    """One line a rule; leave the last one empty, tick what is to go."""

    template_name = "declarations/configuration/legal_basis.html"
    form_class = LegalBasisFormSet
    heading = gettext_lazy("Legal basis")
    lead = gettext_lazy(
        "Only confirmed rules are printed in documents. The others are shown as “to be confirmed”."
    )

    def get_success_url(self):
        return self.version_url

    def get_initial(self):
        return [
            LegalBasisForm.initial_texts(basis)
            | {"status": basis["status"], "source": basis["source"]}
            for basis in self.version.content["legal_basis"]
        ]

    def form_valid(self, form):
        try:
            self.save(form)
        except (configuration.ConfigurationError, ValidationError) as error:
            lines = error.messages if isinstance(error, ValidationError) else [str(error)]
            for line in lines:
                messages.error(self.request, line)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.get_success_url())

    def edited(self, formset):
        kept = [
            form.changes()
            for form in formset.forms
            if form.has_changed() or form.initial
            if not formset._should_delete_form(form)
        ]
        return form_editing.with_general(self.version.content, legal_basis=kept)


class SectionView(ReaderMixin, VersionMixin, PageView):
    """The questions of a section, in their order."""

    template_name = "declarations/configuration/section.html"

    def get_context_data(self, **kwargs):
        try:
            section = form_editing.section_of(self.version.content, self.kwargs["section"])
        except KeyError:
            raise Http404 from None
        names = dict(TYPES)
        questions = [
            {
                "words": each,
                "type": names[each["type"]],
                "removable": form_editing.is_removable(each),
            }
            for each in section["questions"]
        ]
        return super().get_context_data(
            section=section,
            questions=questions,
            is_draft=self.version.state == self.version.State.DRAFT,
            **kwargs,
        )


class SectionEditView(ContentMixin, SavingFormView):
    heading = gettext_lazy("Texts of the section")

    def get_success_url(self):
        return self.section_url

    def get_form_class(self):
        return RowSectionTextsForm if self.section["kind"] == "rows" else SectionTextsForm

    def get_initial(self):
        return self.get_form_class().initial_of(self.section)

    def edited(self, form):
        return form_editing.with_section_texts(
            self.version.content, self.section["key"], **form.changes()
        )


class QuestionEditView(ContentMixin, SavingFormView):
    form_class = QuestionForm
    heading = gettext_lazy("Question")

    def get_success_url(self):
        return self.section_url

    @cached_property
    def question(self):
        try:
            return form_editing.question_of(
                self.version.content, self.section["key"], self.kwargs["question"]
            )
        except KeyError:
            raise Http404 from None

    def get_initial(self):
        return QuestionForm.initial_of(self.question)

    def get_form_kwargs(self):
        kind = "" if "choices_from" in self.question else self.question["type"]
        return super().get_form_kwargs() | {"question_type": kind or "list"}

    def edited(self, form):
        return form_editing.with_question(
            self.version.content, self.section["key"], self.question["key"], **form.changes()
        )


class QuestionAddView(ContentMixin, SavingFormView):
    form_class = NewQuestionForm
    heading = gettext_lazy("New question")

    def get_success_url(self):
        return self.section_url

    def edited(self, form):
        return form_editing.with_new_question(
            self.version.content, self.section["key"], form.changes()
        )


class QuestionChangeView(ContentMixin, View):
    """A button beside a question: one POST, back to the section."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            self.store(self.edited())
        except KeyError:
            raise Http404 from None
        except configuration.ConfigurationError as error:
            messages.error(request, str(error))
        except ValidationError as error:
            for line in error.messages:
                messages.error(request, line)
        return redirect(self.section_url)

    def edited(self):
        raise NotImplementedError


class QuestionUpView(QuestionChangeView):
    step = -1

    def edited(self):
        return form_editing.with_question_moved(
            self.version.content, self.section["key"], self.kwargs["question"], by=self.step
        )


class QuestionDownView(QuestionUpView):
    step = 1


class QuestionRemoveView(QuestionChangeView):
    def edited(self):
        key = self.kwargs["question"]
        question = form_editing.question_of(self.version.content, self.section["key"], key)
        if not form_editing.is_removable(question):
            raise configuration.ConfigurationError(
                _("This question feeds the register and may not be removed.")
            )
        return form_editing.without_question(self.version.content, self.section["key"], key)
