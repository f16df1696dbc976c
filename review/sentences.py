"""What `review` does, in words for the audit trail; each continues "[who] …"."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {"nudge.send": _("reminded somebody of the register of interests of %(year)s")}
# The province's page, campaigns and publications.
SENTENCES |= {
    "summary.correct": _("put %(number)s counts of the province's page right"),
    "campaign.create": _("prepared the campaign for the registers of %(year)s"),
    "campaign.change": _("changed a campaign"),
    "campaign.start": _("started a campaign"),
    "campaign.pause": _("paused a campaign"),
    "campaign.resume": _("let a campaign go on"),
    "campaign.stop": _("stopped a campaign"),
    "campaign.plan": _("planned %(number)s reminders of a campaign"),
    "campaign.deliver": _("told %(number)s people in a campaign"),
    "monitoringreport.freeze": _("froze the numbers of a monitoring report"),
    "monitoringreport.sign": _("signed a monitoring report"),
    "monitoringreport.export": _("took a monitoring report out as a table"),
    "bundle.request": _("asked for a bundle of evidence of %(year)s"),
    "bundle.finish": _("made a bundle of evidence"),
    "bundle.fail": _("could not make a bundle of evidence"),
    "bundle.download": _("took a bundle of evidence"),
    "socialisationminutes.add": _("added the minutes %(file)s of a socialisation"),
    "socialisationminutes.remove": _("took the minutes %(file)s of a socialisation away"),
    "socialisationminutes.read_file": _("opened the minutes %(file)s of a socialisation"),
    "actfile.import": _("took in the register %(file)s of decrees and contracts"),
    "registeredact.remove": _("removed %(target)s from the register of acts: %(reason)s"),
    "threshold.set": _("set the smallest number that is published to %(value)s"),
    "statistics.publish": _("published the statistics of %(year)s"),
}
