"""A third vote for texts too short for statistics: words and letters that give a language away.

Only words that are not also ordinary words of a neighbour are listed; accents are kept, since they help here.
"""

from __future__ import annotations

import re
from typing import Final

from .core import Vote

_WORDS: Final[dict[str, frozenset[str]]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the is are was where my not your you with have has this that when please order refund received thanks "
        "thank arrived broken item hello money back still want package size",
        "es": "el los las mi pedido dónde donde está esta llegó llego gracias quiero reembolso paquete roto hola "
        "cuándo cuando dinero tengo recibido muy devolver y ustedes talla producto",
        "pt": "meu minha não nao pedido cadê onde está chegou obrigado obrigada quero reembolso dinheiro vocês voces "
        "ainda encomenda olá ola oi boa tamanho veio quebrado e uma recebi produto",
        "de": "der die das ist nicht mein meine ich wo wann bitte bestellung paket danke geld zurück kaputt und "
        "habe noch ware angekommen erhalten hallo größe",
        "fr": "le la les est mon ma je ne pas où colis commande merci remboursement bonjour cassé reçu toujours "
        "vous avec veux argent taille une svp",
        "ru": "где мой заказ не я когда спасибо деньги верните возврат посылка товар это что как здравствуйте пришел "
        "пришёл пришла размер получил получила хочу или если иначе руб рублей нет уже мне",
        "ar": "أين طلبي لم الطلب من في على شكرا استرداد المنتج وصل متى أريد مكسور الشحنة المال مرحبا",
        "it": "il mio ordine dove non è arrivato grazie rimborso pacco rotto voglio soldi ciao sono della",
        "nl": "het een mijn bestelling waar niet bedankt pakket geld terug kapot wanneer ik is nog hallo",
        "pl": "moje zamówienie gdzie jest nie paczka dziękuję zwrot pieniądze kiedy dzień dobry",
        "tr": "siparişim nerede iade ürün kargo teşekkürler para gelmedi kırık istiyorum",
        "uk": "де моє замовлення коли дякую гроші поверніть посилка що це прийшло",
    }.items()
}
_LETTERS: Final[dict[str, str]] = {
    "es": "ñ¿¡",
    "pt": "ãõ",
    "de": "ß",
    "fr": "œùêî",
    "ru": "ыэё",
    "uk": "іїєґ",
    "sr": "јљњћђ",
    "mk": "ѓќѕ",
    "kk": "қәңғүұһө",
    "fa": "پچگژکی",
    "ur": "ٹڈڑےں",
    "ar": "ةيكى",
    "pl": "łąęśżź",
    "tr": "ğış",
    "ro": "țșă",
    "cs": "ěřů",
    "hu": "őű",
    "vi": "đơư",
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_STRENGTH: Final = 0.3


def words_vote(text: str) -> Vote:
    """Hits of each language over all hits, damped while they are few. Empty when nothing was recognised."""
    found = [word.lower() for word in _WORD.findall(text)]
    hits = {code: sum(word in words for word in found) for code, words in _WORDS.items()}
    for code, letters in _LETTERS.items():
        hits[code] = hits.get(code, 0) + sum(any(char in letters for char in word) for word in found)
    total = sum(hits.values())
    if not total:
        return Vote("words", ())
    ranked = sorted(((code, n) for code, n in hits.items() if n), key=lambda pair: -pair[1])
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        return Vote("words", ())
    strength = min(1.0, 0.4 + _STRENGTH * ranked[0][1])
    return Vote("words", tuple((code, strength * n / total) for code, n in ranked))
