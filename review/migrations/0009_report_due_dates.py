"""A day ends with "_on"; "…_by" names a person."""

from django.db import migrations, models

NAME = "report_named_has_clock"


class Migration(migrations.Migration):
    dependencies = [("review", "0008_flag_desk")]

    operations = [
        migrations.RemoveConstraint(model_name="conflictreport", name=NAME),
        migrations.RenameField("conflictreport", "verify_by", "verify_due_on"),
        migrations.RenameField("conflictreport", "decide_by", "decide_due_on"),
        migrations.AddConstraint(
            model_name="conflictreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decide_due_on__isnull", False),
                    ("decide_limit__isnull", False),
                    ("is_named", True),
                )
                | models.Q(
                    ("decide_due_on__isnull", True),
                    ("decide_limit__isnull", True),
                    ("is_named", False),
                ),
                name=NAME,
            ),
        ),
    ]
