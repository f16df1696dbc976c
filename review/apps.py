from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "review"

    def ready(self) -> None:
        # Models must be loaded before policies and sentences can be.
        from audit import presentation  # noqa: PLC0415 -- see above
        from notices import kinds  # noqa: PLC0415 -- see above
        from people import navigation  # noqa: PLC0415 -- see above
        from review import act_policies, audit_kinds, menu, policies, sentences  # noqa: F401, PLC0415 -- see above

        presentation.name_kinds(audit_kinds.KINDS)
        presentation.register_namer(audit_kinds.names)
        presentation.register_all(sentences.SENTENCES)
        kinds.register("review.reminded", _("The head of your OPD reminds you"))
        navigation.register(menu.items)

        from mapping import happenings  # noqa: PLC0415 -- see above
        from review.services import since  # noqa: PLC0415 -- see above

        happenings.register(since.conflicts)

        from declarations.seeding import afterwards  # noqa: PLC0415 -- see above
        from review import (  # noqa: PLC0415 -- see above
            case_wiring,
            flag_wiring,
            publication_wiring,
            report_wiring,
        )
        from review.seeding_acts import seed_acts  # noqa: PLC0415 -- see above
        from review.seeding_reports import seed_reports  # noqa: PLC0415 -- see above

        publication_wiring.wire()
        # Before the cases, which the rules open.
        afterwards.register(seed_acts)
        afterwards.register(seed_reports)
        case_wiring.wire()
        report_wiring.wire()
        flag_wiring.wire()

    @staticmethod
    def load_reference() -> None:
        from review import case_reference  # noqa: PLC0415 -- models are not ready at import
        from review.services import publications, rule_settings  # noqa: PLC0415 -- as above

        publications.load_threshold()
        case_reference.load_recipients()
        rule_settings.load()
