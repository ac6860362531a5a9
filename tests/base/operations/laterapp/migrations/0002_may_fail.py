import os

from django.db import migrations


def fail_if_asked(_apps, _schema_editor):
    if os.environ.get("LATERAPP_FAILS"):
        raise RuntimeError("a migration that fails halfway")


class Migration(migrations.Migration):
    dependencies = [("laterapp", "0001_initial")]
    operations = [migrations.RunPython(fail_if_asked)]
