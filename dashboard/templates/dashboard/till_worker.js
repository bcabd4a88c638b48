{% load static %}self.till = {{ particulars|safe }};
importScripts("{% static "dashboard/js/till_worker.js" %}");
