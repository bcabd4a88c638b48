"""Receivers of webhooks and what is told to them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.tenancy
from core.tenancy.operations import WallOff
from core.tenancy.together import Together


class Migration(Together):
    initial = True

    dependencies = [
        ("businesses", "0005_emptiable"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.TextField(verbose_name="address")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="what it hears"
                    ),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="is sent to")),
                ("secret", models.BinaryField()),
                ("previous_secret", models.BinaryField(null=True)),
                (
                    "previous_until",
                    models.DateTimeField(null=True, verbose_name="the earlier secret signs until"),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="removed")),
                ("next_at", models.DateTimeField(editable=False, null=True)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                ("failures", models.IntegerField(default=0, verbose_name="failures in a row")),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
            ],
            options={
                "verbose_name": "receiver of webhooks",
                "verbose_name_plural": "receivers of webhooks",
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(verbose_name="id for the receiver")),
                ("kind", models.TextField(verbose_name="what happened")),
                ("body", models.TextField(verbose_name="content")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("pending", "On its way"),
                            ("delivered", "Delivered"),
                            ("dead", "Given up"),
                        ],
                        default="pending",
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.IntegerField(default=0, verbose_name="tries")),
                ("next_at", models.DateTimeField(null=True, verbose_name="due")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("done_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("status", models.IntegerField(null=True, verbose_name="answer's status")),
                (
                    "answer",
                    models.TextField(blank=True, default="", verbose_name="answer, its beginning"),
                ),
                ("took_ms", models.IntegerField(null=True, verbose_name="took (ms)")),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webhooks.webhookendpoint",
                        verbose_name="receiver",
                    ),
                ),
            ],
            options={
                "verbose_name": "message to a receiver",
                "verbose_name_plural": "messages to receivers",
            },
        ),
        migrations.AddIndex(
            model_name="webhookendpoint",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["business", "next_at"],
                name="webhooks_endpoint_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous_secret", None), ("previous_until", None)),
                    models.Q(("previous_secret__isnull", False), ("previous_until__isnull", False)),
                    _connector="OR",
                ),
                name="webhooks_previous_secret_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["business", "endpoint", "next_at"],
                name="webhooks_message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                fields=["business", "endpoint", "-made_at"], name="webhooks_message_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                fields=["business", "state", "done_at"], name="webhooks_message_ended"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookmessage",
            constraint=core.tenancy.SameBusiness(
                "endpoint", name="webhooks_webhookmessage_endpoint_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookmessage",
            constraint=models.UniqueConstraint(
                fields=("business", "endpoint", "key"), name="webhooks_message_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("next_at__isnull", False), ("state", "pending")),
                    models.Q(
                        ("done_at__isnull", False),
                        ("next_at", None),
                        ("state__in", ["delivered", "dead"]),
                    ),
                    _connector="OR",
                ),
                name="webhooks_message_is_due_or_done",
            ),
        ),
        WallOff("webhookendpoint", queue=True),
        WallOff("webhookmessage"),
    ]
