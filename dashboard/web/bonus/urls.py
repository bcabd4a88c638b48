"""Addresses of staff bonuses."""

from django.urls import path

from dashboard.web import bonus

urlpatterns = [
    path("", bonus.bonuses, name="bonuses"),
    path("work-out/", bonus.bonus_freeze, name="bonus-freeze"),
    path("<uuid:bonus_run_id>/", bonus.bonus_run, name="bonus-run"),
    path("<uuid:bonus_run_id>/approve/", bonus.bonus_approve, name="bonus-approve"),
    path("<uuid:bonus_run_id>/pay/", bonus.bonus_pay, name="bonus-pay"),
    path("<uuid:bonus_run_id>/cancel/", bonus.bonus_cancel, name="bonus-cancel"),
    path("lines/<uuid:bonus_line_id>/", bonus.bonus_line, name="bonus-line"),
    path("objections/<uuid:bonus_objection_id>/", bonus.bonus_decide, name="bonus-decide"),
]
