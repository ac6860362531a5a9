from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(name="Later", fields=[("id", models.BigAutoField(primary_key=True, serialize=False))]),
        migrations.RunSQL("UPDATE accounts_organisation SET name = 'changed by 0001'"),
    ]
