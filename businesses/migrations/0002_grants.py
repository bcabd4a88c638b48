"""Let the application roles use the tables of the framework's own apps."""

from django.db import migrations

from core.tenancy.operations import GrantGlobal


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        GrantGlobal(
            "django_session",
            "django_admin_log",
            "account_emailaddress",
            "account_emailconfirmation",
            "mfa_authenticator",
        ),
        GrantGlobal(
            "auth_permission",
            "auth_group",
            "auth_group_permissions",
            "django_content_type",
            "django_migrations",
            verbs="SELECT",
        ),
    ]
