"""Addresses below `/api/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from amends.faces.api.app import api
from amends.faces.api.shell import around, nowhere

_patterns, _app_name, _namespace = api.urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(([around(one) for one in _patterns], _app_name), namespace=_namespace)),
    re_path(r"^(?P<rest>.*)$", nowhere, name="api-nowhere"),
]
