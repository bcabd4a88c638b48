"""What a history holds of a person may be emptied, and nothing else about it changed (rule R59)."""

from django.db import migrations

from core.tenancy.operations import Emptiable


class Migration(migrations.Migration):
    dependencies = [("core", "0004_emptiable"), ("businesses", "0004_devices")]
    operations = [Emptiable("auditentry", "subject", "data")]
