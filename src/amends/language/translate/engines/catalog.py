"""The remote engines that can be switched on: what each needs to be told, and what its user should know before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from amends.kernel.languages import BY_CODE
from amends.language.translate.engines import amazon, azure, deepl, google, libre, openai
from amends.language.translate.engines.http import address_problem
from amends.language.translate.ports import MTEngine

LONGEST_SECRET: Final = 4096


class Leaves(StrEnum):
    """Whether a buyer's words leave the machine."""

    ALWAYS = "always"
    UNLESS_LOOPBACK = "unless_loopback"  # not where the address is this very machine


class BadField(ValueError):
    """A setting that cannot be used. `field` names it; the message does not repeat its value, which may be secret."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}.")
        self.field = field


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    secret: bool = False
    required: bool = False
    form: str = r"\S{1,200}"  # the whole value must match; secrets and addresses are checked in their own way
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    label: str
    fields: tuple[Field, ...]
    leaves: Leaves
    homepage: str
    trap: str
    make: Callable[[dict[str, str]], MTEngine]


def build(kind: str, values: Mapping[str, str]) -> MTEngine:
    """An engine of these settings, empty ones counting as not given. BadField names the field that is wrong."""
    row = ENGINES.get(kind)
    if row is None:
        raise BadField("kind", "is no engine that is known")
    known = {field.name: field for field in row.fields}
    for name in values:
        if name not in known:
            raise BadField(name, f"is not a setting of {row.label}")
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    for name, field in known.items():
        problem = _problem(field, given.get(name, ""))
        if problem:
            raise BadField(name, problem)
    return row.make(given)


def _problem(field: Field, value: str) -> str:
    if not value:
        return "is missing" if field.required else ""
    if field.secret:
        plain = value.isascii() and value.isprintable() and " " not in value and len(value) <= LONGEST_SECRET
        return "" if plain else "must be one word of plain characters"
    if field.name == "address":
        return address_problem(value)
    return "" if re.fullmatch(field.form, value) else "has not the form that is expected"


def _on(given: dict[str, str], name: str) -> bool:
    return given.get(name, "") == "yes"


def _pair(given: dict[str, str]) -> str:
    """A direction such as `en-de`, both of our table."""
    pair = given.get("glossary_pair", "")
    source, _, target = pair.partition("-")
    if pair and (source not in BY_CODE or target not in BY_CODE or source == target):
        raise BadField("glossary_pair", "must name two languages, such as en-de")
    if pair and not given.get("glossary"):
        raise BadField("glossary", "is missing, though its languages are named")
    return pair


def _deepl(given: dict[str, str]) -> MTEngine:
    return deepl.DeepL(
        deepl.Settings(
            key=given["key"],
            address=given.get("address", ""),
            glossary=given.get("glossary", ""),
            glossary_pair=_pair(given),
            more_languages=_on(given, "more_languages"),
        )
    )


def _google(given: dict[str, str]) -> MTEngine:
    token, key = given.get("token", ""), given.get("key", "")
    if bool(token) == bool(key):
        raise BadField("key", "is needed, or an access token instead of it, and not both")
    if token and not given.get("project"):
        raise BadField("project", "is missing: an access token is used within a project")
    location = given.get("location", "global")
    if given.get("glossary") and (not token or location == "global"):
        raise BadField("glossary", "needs an access token and a location other than global")
    return google.Google(
        google.Settings(
            token=token,
            project=given.get("project", ""),
            key=key,
            location=location,
            model=given.get("model", ""),
            glossary=given.get("glossary", ""),
            glossary_pair=_pair(given),
            address=given.get("address", google.ADDRESS),
        )
    )


def _azure(given: dict[str, str]) -> MTEngine:
    return azure.Azure(
        azure.Settings(
            key=given["key"],
            region=given.get("region", ""),
            category=given.get("category", ""),
            address=given.get("address", azure.ADDRESS),
        )
    )


def _amazon(given: dict[str, str]) -> MTEngine:
    return amazon.Amazon(
        amazon.Settings(
            access_key=given["access_key"],
            secret_key=given["secret_key"],
            region=given["region"],
            session_token=given.get("session_token", ""),
            terminology=given.get("terminology", ""),
            address=given.get("address", ""),
        )
    )


def _libre(given: dict[str, str]) -> MTEngine:
    return libre.Libre(libre.Settings(address=given["address"], key=given.get("key", "")))


def _openai(given: dict[str, str]) -> MTEngine:
    languages = tuple(dict.fromkeys(given.get("languages", "").replace(",", " ").split()))
    if any(code not in BY_CODE for code in languages):
        raise BadField("languages", "must be codes of languages that are known, such as en, de, zh")
    return openai.OpenAI(
        openai.Settings(
            model=given["model"],
            address=given.get("address", openai.ADDRESS),
            key=given.get("key", ""),
            schema=given.get("schema", "yes") == "yes",
            languages=languages,
        )
    )


_YES_NO: Final = "yes|no"
_ADDRESS: Final = Field("address", "Address", hint="Only for another address than the service's own.")
_GLOSSARY_PAIR: Final = Field(
    "glossary_pair", "Direction of the glossary", form=r"[a-z]{2}-[a-z]{2}", hint="Empty for one of many directions."
)

_KINDS: Final = (
    Kind(
        "deepl",
        "DeepL",
        (
            Field("key", "API key", secret=True, required=True),
            _ADDRESS,
            Field("glossary", "Glossary id", form=r"[0-9A-Za-z-]{1,100}"),
            _GLOSSARY_PAIR,
            Field("more_languages", "Languages that DeepL calls beta", form=_YES_NO),
        ),
        Leaves.ALWAYS,
        "https://developers.deepl.com/",
        "The free plan ends at its monthly count of characters, and DeepL's terms let it keep the texts of that plan.",
        _deepl,
    ),
    Kind(
        "google",
        "Google Cloud Translation",
        (
            Field("key", "API key", secret=True),
            Field("token", "Access token", secret=True, hint="Instead of a key; it ends after about an hour."),
            Field("project", "Project", form=r"[0-9A-Za-z][0-9A-Za-z.:-]{0,62}"),
            Field("location", "Location", form=r"[a-z0-9-]{1,40}"),
            Field("model", "Model", form=r"[0-9A-Za-z/_-]{1,100}"),
            Field("glossary", "Glossary id", form=r"[0-9A-Za-z_-]{1,255}"),
            _GLOSSARY_PAIR,
            _ADDRESS,
        ),
        Leaves.ALWAYS,
        "https://cloud.google.com/translate",
        "Every character is billed, and a glossary must be made beforehand in a location other than global.",
        _google,
    ),
    Kind(
        "azure",
        "Azure Translator",
        (
            Field("key", "Key", secret=True, required=True),
            Field("region", "Region", form=r"[a-z0-9]{1,40}", hint="Not needed by a global resource."),
            Field("category", "Category of a custom model", form=r"[0-9A-Za-z._-]{1,100}"),
            _ADDRESS,
        ),
        Leaves.ALWAYS,
        "https://learn.microsoft.com/azure/ai-services/translator/",
        "The dictionary inside a text is meant for names and nouns; other terms may come out unnatural.",
        _azure,
    ),
    Kind(
        "amazon",
        "Amazon Translate",
        (
            Field("access_key", "Access key id", required=True, form=r"[0-9A-Z]{16,128}"),
            Field("secret_key", "Secret access key", secret=True, required=True),
            Field("region", "Region", required=True, form=r"[a-z]{2,4}(-[a-z]+)+-\d"),
            Field("session_token", "Session token", secret=True),
            Field("terminology", "Custom terminology", form=r"[0-9A-Za-z_-]{1,256}"),
            _ADDRESS,
        ),
        Leaves.ALWAYS,
        "https://aws.amazon.com/translate/",
        "Amazon may keep texts to improve its service unless the account opts out, and it does not promise to use a "
        "terminology every time.",
        _amazon,
    ),
    Kind(
        "libre",
        "LibreTranslate",
        (
            Field("address", "Address", required=True, hint="Such as http://localhost:5000"),
            Field("key", "API key", secret=True, hint="Only where the server asks for one."),
        ),
        Leaves.UNLESS_LOOPBACK,
        "https://libretranslate.com/",
        "The server is free software under the AGPL, the public one needs a paid key, and models differ in licence.",
        _libre,
    ),
    Kind(
        "openai",
        "A language model (OpenAI-compatible)",
        (
            Field("model", "Model", required=True),
            Field("address", "Address", hint="Such as http://localhost:11434/v1; empty for OpenAI's own."),
            Field("key", "API key", secret=True),
            Field("schema", "The server takes a JSON schema", form=_YES_NO, hint="Yes, unless told otherwise."),
            Field("languages", "Languages it is trusted with", form=r"[a-z, ]{2,400}"),
        ),
        Leaves.UNLESS_LOOPBACK,
        "https://platform.openai.com/docs/api-reference/chat",
        "It is paid by the token, instructions and glossary included, and a model's own licence may forbid business "
        "use.",
        _openai,
    ),
)
ENGINES: Final[dict[str, Kind]] = {kind.id: kind for kind in _KINDS}
