"""Addresses as QR codes that cameras read from paper."""

import io

import segno
from django.http import HttpResponse


def qr_picture(address: str) -> HttpResponse:
    """Return an address as an SVG picture."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=8, border=3, xmldecl=True)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
