"""The services' side of the wire: strict about what they are sent, and answering as the real ones do."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

from tests.language.translate.fake_server import Request, Service, Wrong, need

KEY = "s3cret-Key-0123456789"
ACCESS = "AKIAIOSFODNN7EXAMPLE"
REGION = "eu-west-1"
TERMINOLOGY = "house-terms"
GLOSSARY = "0a1b2c3d-1111-2222-3333-444455556666"
PROJECT, LOCATION = "desk-1", "us-central1"


def said(target: str, text: str) -> str:
    return f"«{target}» {text}"


class FakeDeepL(Service):
    KEYS = (
        *("text", "source_lang", "target_lang", "split_sentences", "preserve_formatting", "formality", "glossary_id"),
        *("tag_handling", "tag_handling_version", "ignore_tags", "enable_beta_languages"),
    )
    FORMAL = frozenset(("DE", "ES", "FR", "IT", "JA", "NL", "PL", "PT-BR", "PT-PT", "RU"))
    TARGETS = frozenset(("AR", "DE", "EN-GB", "EN-US", "FR", "JA", "NB", "PT-BR", "PT-PT", "RU", "ZH-HANS", "ZH-HANT"))
    SOURCES = frozenset(("AR", "DE", "EN", "FR", "JA", "NB", "PT", "RU", "ZH"))
    BETA = frozenset(("HI", "FA"))

    def answer(self, request: Request) -> Any:
        need(request.headers.get("authorization") == f"DeepL-Auth-Key {KEY}", 403, {"message": "Forbidden"}, "key")
        need(request.headers.get("user-agent"), 400, {"message": "User-Agent header missing."}, "agent")
        need((request.method, request.path) == ("POST", "/v2/translate"), 404, b"", "path")
        need(request.headers.get("content-type") == "application/json", 415, {"message": "media type"}, "type")
        body = request.json
        need(set(body) <= set(self.KEYS), 400, {"message": "Bad request"}, f"unknown {set(body)}")
        texts = body["text"]
        need(1 <= len(texts) <= 50, 400, {"message": "Too many texts"}, "count")
        need(len(request.raw) <= 128 * 1024, 413, b"", "size")
        beta = self.BETA if body.get("enable_beta_languages") is True else frozenset()
        target = body["target_lang"]
        bad = {"message": "Value for 'target_lang' not supported."}
        need(target in self.TARGETS | beta, 400, bad, f"target {target}")
        need(body["source_lang"] in self.SOURCES | beta, 400, bad, "source")
        need(body.get("split_sentences") in {"0", "1", "nonewlines"}, 400, {"message": "split"}, "split")
        formality = body.get("formality", "default")
        formalities = {"default", "prefer_more", "prefer_less"} | ({"more", "less"} if target in self.FORMAL else set())
        need(formality in formalities, 400, {"message": "'formality'"}, "formality")
        need(body.get("glossary_id") in {None, GLOSSARY}, 404, {"message": "Glossary not found"}, "glossary")
        xml = body.get("tag_handling") == "xml"
        return {"translations": [self._row(text, body, target, xml=xml) for text in texts]}

    @staticmethod
    def _row(text: str, body: dict[str, Any], target: str, *, xml: bool) -> dict[str, Any]:
        if xml:
            need(body.get("ignore_tags") == ["x"], 400, {"message": "tags"}, "ignore_tags")
            try:
                ET.fromstring(f"<r>{text}</r>")
            except ET.ParseError:
                raise Wrong(400, {"Message": "Tag handling parsing failed, please check input."}) from None
        return {"detected_source_language": body["source_lang"], "text": said(target, text)}


class FakeGoogle(Service):
    def answer(self, request: Request) -> Any:
        need(request.method == "POST", 405, b"", "method")
        need(request.headers.get("content-type", "").startswith("application/json"), 400, b"", "type")
        need("key" not in request.query, 400, b"", "the key is in the address")
        if request.path == "/language/translate/v2":
            return self._v2(request)
        parent = f"projects/{PROJECT}/locations/{LOCATION}"
        need(request.path == f"/v3/{parent}:translateText", 404, b"", f"path {request.path}")
        need(
            request.headers.get("authorization") == f"Bearer {KEY}",
            401,
            {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Request had invalid credentials."}},
            "token",
        )
        need(request.headers.get("x-goog-user-project") == PROJECT, 403, b"", "project")
        body = request.json
        allowed = {"contents", "mimeType", "sourceLanguageCode", "targetLanguageCode", "model", "glossaryConfig"}
        need(set(body) <= allowed, 400, self._invalid("unknown name"), f"unknown {set(body) - allowed}")
        need(body["mimeType"] in {"text/plain", "text/html"}, 400, self._invalid("mime"), "mime")
        need(len(body["contents"]) <= 1024, 400, self._invalid("too many"), "count")
        self._languages(body["sourceLanguageCode"], body["targetLanguageCode"])
        model = f"{parent}/models/general/nmt"
        rows = [{"translatedText": said(body["targetLanguageCode"], text), "model": model} for text in body["contents"]]
        answer: dict[str, Any] = {"translations": rows}
        if "glossaryConfig" in body:
            name = f"{parent}/glossaries/{GLOSSARY}"
            need(body["glossaryConfig"] == {"glossary": name, "ignoreCase": True}, 404, b"", "glossary")
            texts = [f"[glossary] {text}" for text in body["contents"]]
            answer["glossaryTranslations"] = [{"translatedText": text, "model": model} for text in texts]
        return answer

    def _v2(self, request: Request) -> Any:
        body = request.json
        bad_key = {"error": {"code": 400, "message": "API key not valid.", "details": [{"reason": "API_KEY_INVALID"}]}}
        need(request.headers.get("x-goog-api-key") == KEY, 400, bad_key, "key")
        need(set(body) == {"q", "source", "target", "format"}, 400, self._invalid("fields"), "fields")
        need(body["format"] in {"text", "html"} and len(body["q"]) <= 128, 400, self._invalid("q"), "q")
        self._languages(body["source"], body["target"])
        return {"data": {"translations": [{"translatedText": said(body["target"], text)} for text in body["q"]]}}

    def _languages(self, *codes: str) -> None:
        known = {"en", "de", "zh-CN", "no", "fil", "pt", "ru", "fr"}
        need(set(codes) <= known, 400, self._invalid("Invalid target language."), f"language {codes}")

    @staticmethod
    def _invalid(message: str) -> Any:
        return {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": message}}


class FakeAzure(Service):
    KNOWN = frozenset(("en", "de", "fr", "zh-Hans", "zh-Hant", "fil", "sr-Latn", "sr-Cyrl", "mn-Cyrl", "nb", "pt"))

    def answer(self, request: Request) -> Any:
        need((request.method, request.path) == ("POST", "/translate"), 404, b"", "path")
        key = request.headers.get("ocp-apim-subscription-key")
        need(key == KEY, 401, self._error(401000, "The request is not authorized."), "key")
        need(request.headers.get("ocp-apim-subscription-region") == REGION, 401, self._error(401000, "-"), "region")
        need(request.headers.get("content-type", "").lower() == "application/json; charset=utf-8", 415, b"", "type")
        query = request.query
        need(
            set(query) <= {"api-version", "from", "to", "textType", "category"}, 400, self._error(400000, "-"), "query"
        )
        need(query.get("api-version") == "3.0", 400, self._error(400021, "version"), "version")
        need(query.get("from") in self.KNOWN, 400, self._error(400035, "The source language is not valid."), "from")
        need(query.get("to") in self.KNOWN, 400, self._error(400036, "The target language is not valid."), "to")
        rows = request.json
        need(
            len(rows) <= 1000 and sum(len(row["Text"]) for row in rows) <= 50_000, 400, self._error(400077, "-"), "size"
        )
        need(all(set(row) == {"Text"} for row in rows), 400, self._error(400074, "body"), "body")
        html = query.get("textType") == "html"
        return [
            {"translations": [{"text": self._text(row["Text"], query, html=html), "to": query["to"]}]} for row in rows
        ]

    def _text(self, text: str, query: dict[str, str], *, html: bool) -> str:
        if html:
            try:
                ET.fromstring(f'<r xmlns:mstrans="m">{text}</r>')
            except ET.ParseError:
                raise Wrong(400, self._error(400000, "markup"), "markup") from None
        if "mstrans:dictionary" in text:
            need("en" in {query["from"], query["to"]}, 400, self._error(400000, "dictionary"), "dictionary")
            text = re.sub(r'<mstrans:dictionary translation="([^"]*)">[^<]*</mstrans:dictionary>', r"\1", text)
        return said(query["to"], text)

    @staticmethod
    def _error(code: int, message: str) -> Any:
        return {"error": {"code": code, "message": message}}


class FakeAmazon(Service):
    """Recomputes the signature from what arrived, by the published recipe and apart from our own code."""

    def answer(self, request: Request) -> Any:
        need((request.method, request.path, request.query) == ("POST", "/", {}), 404, b"", "path")
        need(
            request.headers.get("content-type") == "application/x-amz-json-1.1",
            400,
            self._error("SerializationException"),
            "",
        )
        target = "AWSShineFrontendService_20170701.TranslateText"
        need(request.headers.get("x-amz-target") == target, 400, self._error("UnknownOperationException"), "target")
        need(self._signature_fits(request), 400, self._error("InvalidSignatureException"), "signature")
        body = request.json
        allowed = {"Text", "SourceLanguageCode", "TargetLanguageCode", "TerminologyNames", "Settings"}
        need(set(body) <= allowed, 400, self._error("ValidationException"), "fields")
        size = len(body["Text"].encode())
        need(1 <= size <= 10_000, 400, self._error("TextSizeLimitExceededException"), "size")
        known = {"en", "de", "fr", "no", "tl", "zh", "pt"}
        codes = {body["SourceLanguageCode"], body["TargetLanguageCode"]}
        need(codes <= known, 400, self._error("UnsupportedLanguagePairException"), f"{codes}")
        need(
            body.get("TerminologyNames", [TERMINOLOGY]) == [TERMINOLOGY],
            400,
            self._error("ResourceNotFoundException"),
            "",
        )
        need(
            body.get("Settings", {}).get("Formality") in {None, "FORMAL", "INFORMAL"},
            400,
            self._error("X"),
            "formality",
        )
        answer = {
            "TranslatedText": said(body["TargetLanguageCode"], body["Text"]),
            "SourceLanguageCode": body["SourceLanguageCode"],
            "TargetLanguageCode": body["TargetLanguageCode"],
        }
        if "TerminologyNames" in body:
            terms = [{"SourceText": "refund", "TargetText": "Rückzahlung"}]
            answer["AppliedTerminologies"] = [{"Name": TERMINOLOGY, "Terms": terms}]
        return answer

    @staticmethod
    def _error(kind: str) -> Any:
        return {"__type": f"com.amazonaws.translate#{kind}", "message": kind}

    @staticmethod
    def _signature_fits(request: Request) -> bool:
        given = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/translate/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
            request.headers.get("authorization", ""),
        )
        if given is None or given[1] != ACCESS or given[3] != REGION:
            return False
        names = given[4].split(";")
        if not {"host", "x-amz-date", "x-amz-target", "content-type"} <= set(names):
            return False
        lines = "".join(f"{name}:{request.headers[name]}\n" for name in names)
        canonical = f"POST\n/\n\n{lines}\n{given[4]}\n{hashlib.sha256(request.raw).hexdigest()}"
        stamp = request.headers["x-amz-date"]
        scope = f"{given[2]}/{REGION}/translate/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = b"AWS4" + KEY.encode()
        for part in (given[2], REGION, "translate", "aws4_request", text):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex() == given[5] and stamp.startswith(given[2])


class FakeLibre(Service):
    LANGUAGES = (
        {"code": "en", "name": "English", "targets": ["de", "en", "pb", "pt", "zh-Hans", "zh-Hant"]},
        {"code": "de", "name": "German", "targets": ["en"]},
        {"code": "zh-Hant", "name": "Chinese (traditional)", "targets": ["en"]},
        {"code": "zh-Hans", "name": "Chinese", "targets": ["en"]},
        {"code": "eo", "name": "Esperanto", "targets": ["en"]},
    )
    needs_key = True

    def answer(self, request: Request) -> Any:
        if (request.method, request.path) == ("GET", "/languages"):
            return list(self.LANGUAGES)
        need((request.method, request.path) == ("POST", "/translate"), 404, {"error": "Not found"}, "path")
        need(request.headers.get("content-type") == "application/json", 400, {"error": "Invalid JSON format"}, "type")
        body = request.json
        if self.needs_key:
            need("api_key" in body, 400, {"error": "Please contact the server operator to get an API key"}, "no key")
            need(body["api_key"] == KEY, 403, {"error": "Invalid API key"}, "key")
        need(set(body) <= {"q", "source", "target", "format", "alternatives", "api_key"}, 400, {"error": "-"}, "fields")
        need(body["format"] in {"text", "html"}, 400, {"error": "format is not supported"}, "format")
        rows = {row["code"]: row["targets"] for row in self.LANGUAGES}
        fits = body["target"] in rows.get(body["source"], ())
        need(fits, 400, {"error": f"{body['target']} is not supported"}, f"pair {body['source']}-{body['target']}")
        if isinstance(body["q"], str):
            return {"translatedText": said(body["target"], body["q"])}
        need(
            sum(len(text) for text in body["q"]) <= 5000,
            400,
            {"error": "request (6000) exceeds text limit (5000)"},
            "size",
        )
        return {"translatedText": [said(body["target"], text) for text in body["q"]]}


class FakeOpenAI(Service):
    """`speaks` is the model: it is given the texts and gives back the content of its message."""

    def __init__(self) -> None:
        super().__init__()
        self.speaks = lambda asked: json.dumps(
            {"segments": [said(asked["target"], text) for text in asked["segments"]]}
        )
        self.finish = "stop"
        self.extra: dict[str, Any] = {}

    def answer(self, request: Request) -> Any:
        need((request.method, request.path) == ("POST", "/v1/chat/completions"), 404, b"", f"path {request.path}")
        refused = {"error": {"message": f"Incorrect API key provided: {KEY[:4]}", "code": "invalid_api_key"}}
        need(request.headers.get("authorization") == f"Bearer {KEY}", 401, refused, "key")
        need(request.headers.get("content-type") == "application/json", 400, b"", "type")
        body = request.json
        need(set(body) == {"model", "temperature", "response_format", "messages"}, 400, b"", f"fields {set(body)}")
        need(body["temperature"] == 0, 400, b"", "temperature")
        form = body["response_format"]
        if form["type"] == "json_schema":
            schema = form["json_schema"]
            need(set(schema) == {"name", "strict", "schema"} and schema["strict"] is True, 400, b"", "schema")
            need(schema["schema"]["additionalProperties"] is False, 400, b"", "strict schemas are closed")
            need(schema["schema"]["required"] == list(schema["schema"]["properties"]), 400, b"", "all are required")
        else:
            need(form == {"type": "json_object"}, 400, b"", "form")
        need([row["role"] for row in body["messages"]] == ["system", "user"], 400, b"", "roles")
        message = {
            "role": "assistant",
            "content": self.speaks(json.loads(body["messages"][1]["content"])),
            "refusal": None,
        }
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": "tiny-2026-01-01",
            "choices": [{"index": 0, "message": message | self.extra, "finish_reason": self.finish}],
            "usage": {"prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42},
        }
