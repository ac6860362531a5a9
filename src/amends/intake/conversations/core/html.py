"""HTML to text with the standard library: what a person would read, and what was quoted from earlier mails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

_LINK_LIMIT = 2000
HTML_LIMIT = 4_000_000  # characters read; far above any mail a person writes

_DROPPED = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "select"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "thead", "tr", "ul",
})  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])"
)
# How the usual clients mark the history they append: the element itself holds it…
_QUOTE_CLASS = re.compile(
    r"\b(gmail_quote(?:_container)?|gmail_attr|gmail_extra|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|"
    r"tutanota_quote|qt-|mail_quote|WordSection_quote)\b", re.IGNORECASE,
)  # fmt: skip
# …or everything after it does (Outlook on the web, Outlook, QQ Mail, NetEase).
_QUOTE_FOLLOWS = re.compile(
    r"^(x_)?(divRplyFwdMsg|appendonsend|origbody|isReplyContent|mail_?quote_?header)$", re.IGNORECASE
)
_OUTLOOK_RULE = re.compile(r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid\s+#(?:b5c4df|e1e1e1)", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^>]*>")
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_LINES = re.compile(r" ?\n ?")


@dataclass(frozen=True, slots=True)
class HtmlText:
    text: str
    quoted: str


def to_text(html: str) -> HtmlText:
    """Never raises. Scripts, styles and hidden elements are dropped; links keep their address when it differs."""
    reader = _Reader()
    reader.feed(_defuse(html[:HTML_LIMIT]))
    reader.close()
    return HtmlText(reader.visible(), reader.history())


def _defuse(html: str) -> str:
    """Without comments, declarations, scripts and styles, in linear time.

    What is left holds no construct for which the standard parser searches ahead again and again (unclosed comments
    and raw-text elements make it quadratic) or raises (broken declarations).
    """
    html = _without(html, "<!--", "-->")
    for tag in ("script", "style"):
        html = _without(html, f"<{tag}", f"</{tag}")
    last = html.rfind(">") + 1
    html = html[:last] + html[last:].replace("<", " ")
    return _DECLARATION.sub(" ", html)


def _without(html: str, start: str, end: str) -> str:
    """Cuts every stretch from `start` to the `>` at or after the next `end`; an unclosed one runs to the end."""
    lower, kept, position = html.lower(), [], 0
    if len(lower) != len(html):  # a few letters change length in lower case; offsets must not
        lower = html
    while (opening := lower.find(start, position)) >= 0:
        kept.append(html[position:opening])
        closing = lower.find(end, opening + len(start))
        stop = lower.find(">", closing) if closing >= 0 else -1
        if stop < 0:
            return "".join(kept)
        position = stop + 1
    kept.append(html[position:])
    return "".join(kept)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._visible: list[str] = []
        self._quoted: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # tag, dropped, quoted
        self._dropped = 0
        self._quoting = 0
        self._rest_is_history = False
        self._preformatted = 0
        self._link = ""
        self._link_text: list[str] = []

    def visible(self) -> str:
        return _tidy("".join(self._visible))

    def history(self) -> str:
        return _tidy("".join(self._quoted))

    def write(self, text: str) -> None:
        (self._quoted if self._quoting or self._rest_is_history else self._visible).append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        dropped = tag in _DROPPED or _is_hidden(facts)
        if tag not in _VOID:
            quoted = tag == "blockquote" or bool(_QUOTE_CLASS.search(facts.get("class", "")))
            self._open.append((tag, dropped, quoted))
            self._dropped += dropped
            self._quoting += quoted
            self._preformatted += tag == "pre"
        if self._dropped:
            return
        if _QUOTE_FOLLOWS.match(facts.get("id", "")) or _OUTLOOK_RULE.search(facts.get("style", "")):
            self._rest_is_history = True
        self._start_visible(tag, facts)

    def _start_visible(self, tag: str, facts: dict[str, str]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.write("\n")
        if tag == "li":
            self.write("- ")
        elif tag in ("td", "th"):
            self.write(" ")
        elif tag == "img" and facts.get("alt", "").strip():
            self.write(f"[{facts['alt'].strip()[:200]}]")
        elif tag == "a":
            self._link, self._link_text = facts.get("href", "").strip(), []

    def handle_endtag(self, tag: str) -> None:
        if not any(open_tag == tag for open_tag, _, _ in self._open[-50:]):
            return  # a stray end tag closes nothing
        while self._open:
            open_tag, dropped, quoted = self._open.pop()
            self._dropped -= dropped
            self._quoting -= quoted
            self._preformatted -= open_tag == "pre"
            if open_tag == tag:
                break
        if self._dropped:
            return
        if tag == "a":
            self._close_link()
        if tag in _BLOCKS:
            self.write("\n")

    def _close_link(self) -> None:
        said = "".join(self._link_text).strip()
        if self._link.lower().startswith(("http://", "https://")) and said and len(self._link) <= _LINK_LIMIT:
            bare = self._link.split("://", 1)[1].rstrip("/")
            if bare not in said and said not in self._link:
                self.write(f" ({self._link})")
        self._link, self._link_text = "", []

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if self._link:
            self._link_text.append(data)
        self.write(data if self._preformatted else _SPACES.sub(" ", data))


def _is_hidden(facts: dict[str, str]) -> bool:
    return "hidden" in facts or bool(_HIDDEN.search(facts.get("style", "").lower()))


def _tidy(text: str) -> str:
    lines = [line.strip() for line in _LINES.split(text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
