"""Public addresses."""

from django.urls import URLPattern, path

from feedback.web.survey import agree, survey

urlpatterns: list[URLPattern] = [
    path("s/<str:token>/", survey, name="survey"),
    path("s/<str:token>/news/", agree, name="survey-news"),
]
