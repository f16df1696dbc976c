"""The form of a report: the sections of F4 in use, the files, the word of good faith."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from declarations import builder
from declarations.content import Choice, Form, Text, with_lists
from declarations.models import FormVersion
from declarations.services.configuration import form_in_use, read_version
from people.models import Opd
from review.report_forms import EvidenceForm, GoodFaithForm
from review.services import report_codes
from review.services.reports import Told

CODE = "F4"
IDENTITY = "identity"


@dataclass
class Asked:
    """Everything on the page, bound or not."""

    version: FormVersion
    form: Form
    language: str
    parts: list[tuple[Any, builder.AnswerForm]]
    evidence: EvidenceForm
    good_faith: GoodFaithForm

    def is_valid(self) -> bool:
        """All of it is checked, so that all faults are told at once."""
        return all([*(form.is_valid() for form in self.forms)])

    @property
    def forms(self) -> list[Any]:
        return [*(form for _section, form in self.parts), self.evidence, self.good_faith]

    @property
    def summarised(self) -> list[Any]:
        """For the summary of faults, whose tag takes a fixed number; None is no form."""
        return [*self.forms, *[None] * 6][:6]

    @cached_property
    def errors(self) -> bool:
        return any(form.errors for form in self.forms)

    @property
    def statement(self) -> tuple[str, ...]:
        return self.form.statement_for(self.language)

    @property
    def legal_basis(self) -> list[tuple[str, bool]]:
        return self.form.legal_basis_for_screen(self.language)

    @property
    def title(self) -> str:
        return self.form.title.get(self.language)

    @property
    def intro(self) -> str:
        return self.form.intro.get(self.language)

    def renew_token(self) -> None:
        data = self.good_faith.data.copy()
        data["token"] = report_codes.new_token()
        self.good_faith.data = data


def read(
    *, data: Any, files: Any, is_named: bool, language: str, initial: dict[str, Any]
) -> Asked:
    version = form_in_use(CODE)
    form = form_of(version)
    parts = [
        (
            {"key": each.key, "title": each.title.get(language), "hint": each.hint.get(language),
             "why": each.why.get(language) if each.why else ""},
            builder.section_form(
                each, language=language, data=data,
                initial=initial if each.key == IDENTITY else None,
            ),
        )
        for each in form.sections
        if is_named or each.key != IDENTITY
    ]  # fmt: skip
    return Asked(
        version=version,
        form=form,
        language=language,
        parts=parts,
        evidence=EvidenceForm(data, files) if data is not None else EvidenceForm(),
        good_faith=GoodFaithForm(data)
        if data is not None
        else GoodFaithForm(initial={"token": report_codes.new_token()}),
    )


def form_of(version: FormVersion) -> Form:
    """With the OPDs in the list: all, since a report may be about the past."""
    names = Opd.objects.filter(valid_until__isnull=True).order_by("name").values_list("pk", "name")
    opds = [Choice(str(pk), Text(name, name)) for pk, name in names]
    return with_lists(read_version(version), {"opds": opds})


def told(asked: Asked) -> Told:
    """What was said, from a page that was found valid."""
    answers: dict[str, dict[str, Any]] = {}
    for section, form in asked.parts:
        values = builder.as_typed(form.section, form.cleaned_data)
        answers[section["key"]] = {key: value for key, value in values.items() if value}
    identity = answers.pop(IDENTITY, None)
    opd = _mapped(asked.form, "reported_opd", answers)
    return Told(
        answers=answers,
        version=asked.version,
        name=_mapped(asked.form, "reported_name", answers) or "",
        opd=Opd.objects.filter(pk=int(opd)).first() if opd else None,
        identity=identity,
        files=asked.evidence.prepared,
    )


def _mapped(form: Form, column: str, answers: dict[str, dict[str, Any]]) -> Any:
    """The answer to whichever question says that it fills `column`."""
    for section in form.sections:
        for question in section.questions:
            if question.maps_to == column:
                return answers.get(section.key, {}).get(question.key)
    return None
