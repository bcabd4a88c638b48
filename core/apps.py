"""The kernel as a Django application (it owns the tenancy functions in the database)."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy


class CoreConfig(AppConfig):
    """Plain kernel: no business rules live here."""

    name = "core"

    def ready(self) -> None:
        """Let names that fields got from their attribute be translated like those given to them.

        Migrations keep what a field was given, so they know nothing of this.
        """
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.local_fields:
                if type(field.verbose_name) is str:
                    field.verbose_name = gettext_lazy(field.verbose_name)
