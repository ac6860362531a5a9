"""Parting what the buyer wrote now from the history and the signature below it, in nine languages.

Nothing is thrown away: the parts come back side by side, and a mail that is all quotation keeps it as its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ATTRIBUTION_LINES = 4  # mail clients wrap "On … wrote:" over at most this many lines
_ATTRIBUTION_LENGTH = 400
_HEADER_BLOCK_LINES = 8
_LINE_READ = 1000  # characters of a line that are looked at; markers are short

# "On <date>, <somebody> wrote:" - the whole sentence, after its lines are joined with blanks.
_ATTRIBUTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"on\b.{6,300}\bwrote ?[:：]$",  # en
        r".{4,300}<[^<>\s]+@[^<>\s]+> ?wrote ?[:：]$",
        r"el\b.{6,300}\bescribi[óo] ?[:：]$",  # es
        r".{4,300}\bescribi[óo] ?[:：]$",
        r"(em|a|no dia)\b.{6,300}\bescreveu ?[:：]$",  # pt
        r".{4,300}\bescreveu ?[:：]$",
        r"(am|den)\b.{6,300}\bschrieb\b.{0,200}[:：]$",  # de
        r".{4,300}\bschrieb ?[:：]$",
        r"le\b.{6,300}\ba [ée]crit ?[:：]$",  # fr
        r".{4,300}\ba [ée]crit ?[:：]$",
        r".{4,300}(написал\(?а?\)?|пишет) ?[:：]$",  # ru
        r".{4,300}(写道|寫道) ?[:：]$",  # zh
        r"(在|于|於).{4,300}(写道|寫道|写了|寫了) ?[:：]$",
        r"(?=.*\d{4}).{4,300}<[^<>\s]+@[^<>\s]+> ?[:：]$",  # a date, an address: Gmail in ru, ja, ar …
        r".{4,300}(さん)?(は|が)?(のメール|書きました|のメッセージ|書き込みました) ?[:：]$",  # ja
        r"(في|بتاريخ|يوم).{4,300}(كتب|كتبت)\b.{0,200}[:：]$",  # ar
        r".{4,300}(كتب|كتبت) ?[:：]$",
    )
)
_ENDS_ATTRIBUTION = re.compile(r"[:：]\s*$")
_HAS_DATE_OR_ADDRESS = re.compile(r"\d{1,4}[./年-]|\d{1,2}:\d{2}|@|\b(19|20)\d{2}\b")

# "----- Original Message -----" and its cousins, and the line forwarders write.
_SEPARATOR = re.compile(
    r"^[\s>]*[-_=*—–―]{2,}\s*("
    r"original (message|e-?mail)|forwarded message|reply message|mensaje (original|reenviado)|"
    r"mensagem (original|encaminhada)|urspr(ü|ue)ngliche (nachricht|e-?mail|mail)|original-?nachricht|"
    r"weitergeleitete nachricht|message (d['’]origine|original|transf[ée]r[ée])|"
    r"(исходное|пересылаемое|пересланное|переадресованное) (сообщение|письмо)|"
    r"原始邮件|原始郵件|原邮件|转发邮件|轉寄郵件|转发的邮件|回复的原邮件|回复的邮件|元のメッセージ|転送メッセージ|"
    r"الرسالة الأصلية|رسالة معاد توجيهها|رسالة محولة"
    r")\s*[-_=*—–―]{2,}\s*$",
    re.IGNORECASE,
)
_FORWARD_START = re.compile(
    r"^\s*(begin forwarded message|inicio del mensaje reenviado|in[íi]cio da mensagem reencaminhada|"
    r"anfang der weitergeleiteten (nachricht|e-?mail)|d[ée]but du message (transf[ée]r[ée]|r[ée]exp[ée]di[ée])|"
    r"начало переадресованного сообщения|以下是转发的邮件|開始轉寄郵件|転送されたメッセージ|"
    r"بدء الرسالة المعاد توجيهها)\s*[:：]\s*$",
    re.IGNORECASE,
)
# Outlook writes a block of header lines. One name for the sender's line, one of the others within the next lines.
_FROM_LINE = re.compile(
    r"^\*?(from|de|von|от(?: кого)?|发件人|發件人|寄件者|寄件人|差出人|送信者|من|"
    r"absender|remitente|remetente|exp[ée]diteur)\*?\s*[:：]\s*\*?\s*\S",
    re.IGNORECASE,
)
_OTHER_LINE = re.compile(
    r"^\*?(sent|date|to|subject|cc|enviado(?: el| em)?|fecha|para|asunto|data|assunto|gesendet|datum|an|betreff|"
    r"envoy[ée]|[àa]|objet|отправлено|дата|кому|тема|发送时间|日期|收件人|主题|發送時間|寄件日期|收件者|主旨|主題|送信日時|日時|宛先|件名|"
    r"تاريخ الإرسال|التاريخ|إلى|الموضوع)\*?\s*[:：]\s*\*?\s*\S",
    re.IGNORECASE,
)
_OUTLOOK_RULE = re.compile(r"^[_-]{20,}\s*$")
_QUOTED_LINE = re.compile(r"^\s?(>|&gt;|\|\s|｜|＞)")

# A signature: the dashes of RFC 3676, or what phones and apps append to every mail.
_SIGNATURE_DASHES = re.compile(r"^(-- ?|--\s*|—|——|__)$")
_SIGNATURE_LINE = re.compile(
    r"^\s*[*_(（]?("
    r"(sent|get) (from|with|via|using) .{2,60}|get outlook for .{2,30}|sent from yahoo mail.{0,60}|"
    r"enviado (desde|con|do|pelo|de|a partir do?) .{2,60}|obtener outlook para .{2,30}|obter o outlook para .{2,30}|"
    r"(von meinem|gesendet (von|mit|aus)|diese nachricht wurde von meinem) .{2,80}|"
    r"outlook f(ü|ue)r .{2,20} (beziehen|herunterladen)|"
    r"envoy[ée] (de(puis)?|à partir d[e'’]|via|avec) ?.{2,60}|t[ée]l[ée]charge[rz] outlook pour .{2,30}|"
    r"отправлено (с|из|через) .{2,60}|"
    r"(发自|發自|來自我的).{2,30}|(从|由).{2,30}(发送|傳送|寄出)|获取 ?outlook.{0,30}|"
    r"(iphone|android|私の.{1,20})(から|より)送信.{0,20}|outlook ?for ?.{2,20}を(入手|取得)|"
    r"(أُ?رسلت?|تم الإرسال|مُ?رسل(ة)?) من .{2,60}"
    r")[*_)）]?\s*$",
    re.IGNORECASE,
)
_SIGNATURE_KEYS = re.compile(
    r"iphone|ipad|android|outlook|galaxy|samsung|huawei|xiaomi|yahoo|gmail|mail|mobile|phone|handy|t[ée]l[ée]phone|"
    r"m[óo]vil|celular|telem[óo]vel|айфон|телефон|почт|手机|手機|邮箱|郵箱|邮件|스마트폰|スマートフォン|メール|هاتف|آيفون|أندرويد|بريد|جوال",
    re.IGNORECASE,
)
_SIGNATURE_MOST = 15  # lines below dashes; a longer tail is text, not a signature


@dataclass(frozen=True, slots=True)
class Parts:
    """`text`: the new words. `signature` and `quoted`: what was below them. `only_quoted`: there were no new
    words, and `text` is the quotation itself (somebody forwarded a mail without a word)."""

    text: str
    quoted: str = ""
    signature: str = ""
    only_quoted: bool = False


def split(text: str, history: str = "") -> Parts:
    """`history` is what the HTML already marked as quoted; it ends up at the end of `quoted`."""
    lines = text.split("\n")
    cut = _history_start(lines)
    fresh, old = lines[:cut], lines[cut:]
    fresh, inline = _without_quoted_lines(fresh)
    quoted = "\n\n".join(part for part in ("\n".join(inline).strip(), "\n".join(old).strip(), history.strip()) if part)
    body, signature = _split_signature(fresh)
    new = "\n".join(body).strip()
    if new or not (quoted or signature):
        return Parts(new, quoted, "\n".join(signature).strip())
    if quoted:
        return Parts(quoted, "", "\n".join(signature).strip(), only_quoted=True)
    return Parts("\n".join(fresh).strip())


def _history_start(lines: list[str]) -> int:
    """Index of the first line of the history that runs to the end; len(lines) when there is none."""
    for index, line in enumerate(lines):
        seen = line[:_LINE_READ].strip()
        if not seen:
            continue
        if _SEPARATOR.match(seen) or _FORWARD_START.match(seen) or _is_header_block(lines, index):
            return index
        length = _attribution_length(lines, index)
        if length and _rest_is_quotation(lines, index + length):
            return index
    return len(lines)


def _attribution_length(lines: list[str], index: int) -> int:
    """How many lines from `index` make an "On … wrote:"; 0 for none."""
    if _QUOTED_LINE.match(lines[index]):
        return 0
    joined = ""
    for length in range(1, _ATTRIBUTION_LINES + 1):
        if index + length > len(lines):
            return 0
        piece = lines[index + length - 1].strip()
        if not piece:
            return 0
        joined = f"{joined} {piece}".strip()
        if len(joined) > _ATTRIBUTION_LENGTH:
            return 0
        if _ENDS_ATTRIBUTION.search(joined):
            # Without a date or an address it may be the buyer's own sentence: "my wife wrote:".
            good = _HAS_DATE_OR_ADDRESS.search(joined) and any(p.match(joined) for p in _ATTRIBUTIONS)
            return length if good else 0
    return 0


def _rest_is_quotation(lines: list[str], index: int) -> bool:
    """After an attribution comes quotation to the end (`>` or bare), unless the buyer answers between the lines."""
    rest = [line for line in lines[index:] if line.strip()]
    if not rest or not _QUOTED_LINE.match(rest[0]):
        return True
    quoted = [bool(_QUOTED_LINE.match(line)) for line in rest]
    return all(quoted) or (
        quoted.index(False) >= len(quoted) - 1 and _SIGNATURE_DASHES.match(rest[-1].strip()) is not None
    )


def _is_header_block(lines: list[str], index: int) -> bool:
    first = lines[index][:_LINE_READ].strip()
    if _OUTLOOK_RULE.match(first):
        index = next((i for i in range(index + 1, min(index + 3, len(lines))) if lines[i].strip()), index)
        first = lines[index][:_LINE_READ].strip()
    if not _FROM_LINE.match(first):
        return False
    near = [line[:_LINE_READ].strip() for line in lines[index + 1 : index + _HEADER_BLOCK_LINES]]
    return sum(bool(_OTHER_LINE.match(line)) for line in near) >= 2  # noqa: PLR2004 - two more header lines


def _without_quoted_lines(lines: list[str]) -> tuple[list[str], list[str]]:
    """New lines and `>` lines apart. An attribution just above a quoted stretch goes with it."""
    fresh: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        length = _attribution_length(lines, index) if lines[index].strip() else 0
        follows = next((line for line in lines[index + length : index + length + 2] if line.strip()), "")
        if length and _QUOTED_LINE.match(follows):
            quoted.extend(lines[index : index + length])
            index += length
        elif _QUOTED_LINE.match(lines[index]):
            quoted.append(lines[index])
            index += 1
        else:
            fresh.append(lines[index])
            index += 1
    return fresh, quoted


def _split_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    filled = [i for i, line in enumerate(lines) if line.strip()]
    for index in filled:
        if index and _SIGNATURE_DASHES.match(lines[index].strip() or "x") and len(lines) - index <= _SIGNATURE_MOST:
            return lines[:index], lines[index:]
    if filled and _is_app_line(lines[filled[-1]]):
        return lines[: filled[-1]], lines[filled[-1] :]
    return lines, []


def _is_app_line(line: str) -> bool:
    short = line.strip()[:120]
    return bool(_SIGNATURE_LINE.match(short) and _SIGNATURE_KEYS.search(short))
