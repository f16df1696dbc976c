"""What is done with flags and rules, in words for the audit trail; each continues "[who] …"."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "flag.raise": _("raised a flag"),
    "flag.change": _("noted that the facts of a flag changed"),
    "flag.reopen": _("opened a flag again, because its facts changed"),
    "flag.restore": _("noted that a flag judged before is back"),
    "flag.clear": _("cleared a flag, because its facts are gone"),
    "flag.dismiss": _("dismissed a flag: %(reason)s"),
    "flag.confirm": _("confirmed a flag: %(reason)s"),
    "flag.ask": _("asked the declarant about a flag"),
    "flag.take_up": _("took a flag into the case %(case)s"),
    "flag.answer": _("answered a question of the Inspectorate"),
    "rule.change": _("changed the rule %(rule)s: %(reason)s"),
    "nilsample.seed": _("fixed the seed %(seed)s of a random sample"),
    "nilsample.export": _("took out what a random sample was drawn from"),
    "nilsample.draw": _("drew a random sample of %(number)s nil registers"),
}
