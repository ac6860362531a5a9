"""The API as one object: its routes, its errors, its schema."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import BaseRenderer

import amends
from amends.faces.api import problems
from amends.faces.api.documents.common import ProblemDocument
from amends.faces.api.reading import Parser
from amends.faces.api.rendering import to_json
from amends.faces.api.routes import ROUTERS

DESCRIPTION = (
    "Cases, messages, orders, judgements, imports and the ledger of one organisation. Send an API token as "
    "`Authorization: Bearer amk_…`; a token belongs to one organisation and has the rights it was made with. "
    "Lists are `{items, next}`: pass `next` as `cursor`. Errors are RFC 9457 problem documents. Amounts are text "
    "with their currency (`41.80 USD`), times are ISO 8601 with a zone."
)


class Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:  # noqa: ARG002 - ninja's signature
        return to_json(data)


class Api(NinjaAPI):
    """Operation ids are the names of the functions, and every operation may end in a problem document."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,  # noqa: ARG002 - ninja's signature; the address is always the same
        path_params: dict[str, Any] | None = None,  # noqa: ARG002 - the same
    ) -> OpenAPISchema:
        return _schema(self)


@lru_cache(maxsize=1)
def _schema(api: NinjaAPI) -> OpenAPISchema:
    schema = OpenAPISchema(api, path_prefix="api/v1/")
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"description": "Any refusal", "content": content}
    return schema


def build() -> NinjaAPI:
    made = Api(
        title="Amends", version=amends.__version__, description=DESCRIPTION, docs_url=None, urls_namespace="api-v1",
        parser=Parser(), renderer=Renderer(),
    )  # fmt: skip
    problems.install(made)
    for router in ROUTERS:
        made.add_router("", router)
    return made


api = build()
