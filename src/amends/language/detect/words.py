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
        "af": "nie het is die my bestelling waar pakkie asseblief dankie jy hy was wat om 'n ek ons dit",
        "sv": "är inte mitt paket var har jag och det beställning pengar tack kommit den att för",
        "da": "er ikke min pakke hvor jeg har og det bestilling penge tak ikke af til hvad ikke noget blev",
        "nb": "er ikke pakken min hvor jeg har og det bestilling penger takk av til hva noe ble ikke etter",
        "fi": "on ei minun paketti missä olen ja se tilaus rahat kiitos tullut en mutta",
        "cs": "je není můj balík kde jsem objednávka peníze děkuji zboží přišel se že ale jako",
        "sk": "je nie môj balík kde som objednávka peniaze ďakujem tovar prišiel sa že ale ako",
        "sl": "je ni moj paket kje sem naročilo denar hvala izdelek prišel se da ampak kot",
        "hr": "je nije moj paket gdje sam narudžba novac hvala proizvod stigao se da ali kao nisam što",
        "ro": "este nu meu coletul unde am comanda bani mulțumesc produs ajuns sunt că și pentru care",
        "hu": "nem az csomag hol van rendelés pénz köszönöm termék érkezett egy hogy és de meg",
        "et": "ei on minu pakk kus ma tellimus raha aitäh kaup saabunud see ja et aga",
        "lv": "nav ir mans sūtījums kur es pasūtījums nauda paldies prece atnācis un ka bet",
        "lt": "nėra yra mano siunta kur aš užsakymas pinigai ačiū prekė atvyko ir kad bet",
        "id": "tidak saya pesanan di mana paket uang terima kasih barang belum yang dan ini itu dengan untuk",
        "vi": "không tôi đơn hàng ở đâu gói tiền cảm ơn chưa nhận được là và của",
        "tl": "hindi ang aking order nasaan pera salamat produkto dumating ng mga sa na ko po",
        "sq": "nuk është porosia ime ku unë para faleminderit produkti ka dhe një të që",
        "ca": "no és la meva comanda on paquet diners gràcies producte ha arribat i amb els les",
        "gl": "non o meu pedido onde está paquete cartos grazas produto chegou unha ao coa",
        "eu": "ez da nire eskaera non pakete dirua eskerrik asko produktua iritsi eta dut bat",
        "is": "er ekki pakkinn minn hvar ég hef og það pöntun peningar takk vara kom að",
        "sw": "si oda yangu wapi kifurushi pesa asante bidhaa haijafika na ya wa kwa ni",
        "az": "mənim sifarişim harada bağlama pul təşəkkür məhsul gəlmədi və bu bir deyil",
        "uz": "mening buyurtmam qayerda posilka pul rahmat mahsulot kelmadi va bu bir emas",
        "be": "дзе мой заказ не калі дзякуй грошы вярніце пасылка тавар гэта што як і ў",
        "bg": "къде е поръчката ми не кога благодаря парите върнете пратка продукт това че как съм",
        "mk": "каде е нарачката моја не кога благодарам парите вратете пратка производ ова дека како сум",
        "kk": "менің тапсырысым қайда жоқ қашан рахмет ақша қайтарыңыз сәлемдеме тауар бұл және",
        "mn": "миний захиалга хаана үгүй хэзээ баярлалаа мөнгө буцаа илгээмж бараа энэ ба байна",
        "hi": "है मेरा मेरी नहीं कहाँ कब ऑर्डर पैसे वापस धन्यवाद का की में से और हैं",
        "mr": "आहे माझे माझी नाही कुठे कधी ऑर्डर पैसे परत धन्यवाद चा ची मध्ये आणि आहेत मला",
        "ne": "छ मेरो छैन कहाँ कहिले अर्डर पैसा फिर्ता धन्यवाद को मा बाट र हुन् मलाई",
        "fa": "سفارش من کجا است نیست کی پول برگردانید ممنون کالا این که از در و را",
        "ur": "میرا آرڈر کہاں ہے نہیں کب پیسے واپس شکریہ سامان یہ کہ کا کی میں اور",
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
    "sr": "ћђ",
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
    "vi": "đơưạảấầẩậắằặẹẻếềểệịọỏốồổộớờởợụủứừửựỳỵ",
    "is": "ðþ",
    "et": "õ",
    "lv": "āēīķļņģ",
    "lt": "ėįųū",
    "sk": "ľĺŕô",
    "sq": "ë",
    "az": "ə",
    "be": "ў",
    "uz": "ҳ",
    "mn": "өү",
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
