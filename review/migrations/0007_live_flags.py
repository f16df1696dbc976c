from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0006_socialisation_minutes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "confirmed"))),
                fields=["-weight", "-changed_at", "-id"],
                name="flag_live_by_weight",
            ),
        ),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "confirmed"))),
                fields=["case", "-weight", "id"],
                name="flag_live_of_case",
            ),
        ),
    ]
