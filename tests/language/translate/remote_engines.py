"""Every remote engine with its fake service, for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from amends.language.translate.core.engine import Ask
from amends.language.translate.engines import amazon, azure, deepl, google, libre, openai
from amends.language.translate.engines.http import Limits
from amends.language.translate.engines.remote import Remote
from tests.language.translate import fake_services as fake
from tests.language.translate.fake_server import running

QUICK = Limits(connect=5.0, read=10.0, whole=10.0, tries=3, most_wait=10.0, most_bytes=64 * 1024)
HASTY = Limits(connect=5.0, read=0.3, whole=0.4)  # for answers that do not come in time
WORDS = "Where is my Zanzibar parcel?"  # `Zanzibar` must show up in no message
ASK = Ask((WORDS, "  It was blue.\n", ""), "en", "de")

FAKES = {
    "deepl": fake.FakeDeepL,
    "google": fake.FakeGoogle,
    "google_key": fake.FakeGoogle,
    "azure": fake.FakeAzure,
    "amazon": fake.FakeAmazon,
    "libre": fake.FakeLibre,
    "openai": fake.FakeOpenAI,
}
GERMAN = {"deepl": "DE", "openai": "German"}  # how each is told the target


def engine(name: str, url: str, naps: list[float] | None = None, limits: Limits = QUICK, **more) -> Remote:
    nap = (naps if naps is not None else []).append
    key = fake.KEY
    match name:
        case "deepl":
            return deepl.DeepL(deepl.Settings(**{"key": key, "address": url, **more}), limits, nap)
        case "google":
            given = {"token": key, "project": fake.PROJECT, "location": fake.LOCATION, "address": url, **more}
            return google.Google(google.Settings(**given), limits, nap)
        case "google_key":
            return google.Google(google.Settings(**{"key": key, "address": url, **more}), limits, nap)
        case "azure":
            given = {"key": key, "region": fake.REGION, "address": url, **more}
            return azure.Azure(azure.Settings(**given), limits, nap)
        case "amazon":
            given = {"access_key": fake.ACCESS, "secret_key": key, "region": fake.REGION, "address": url, **more}
            return amazon.Amazon(amazon.Settings(**given), limits, nap)
        case "libre":
            return libre.Libre(libre.Settings(**{"address": url, "key": key, **more}), limits, nap)
        case _:
            return openai.OpenAI(openai.Settings(**{"model": "tiny", "address": url, "key": key, **more}), limits, nap)


@contextmanager
def desk(name: str, naps: list[float] | None = None, limits: Limits = QUICK, **more) -> Iterator[tuple]:
    """(engine, its service). A LibreTranslate has been asked for its languages already."""
    with running(FAKES[name]()) as service:
        made = engine(name, service.url, naps, limits, **more)
        if name == "libre":
            assert made.pairs()
            service.got.clear()
        yield made, service
