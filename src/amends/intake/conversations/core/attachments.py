"""Files that came with a mail: hostile until proven otherwise. Names are sanitised, contents are looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from amends.intake.conversations.core.clean import clean_line

NAME_LIMIT = 120
_EXTENSION_LIMIT = 12
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)", re.IGNORECASE)

# What a double click would run, by the last extension. From the lists mail providers block.
EXECUTABLE = frozenset({
    "ade", "adp", "apk", "app", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget", "hta",
    "img", "inf", "ins", "iso", "isp", "jar", "js", "jse", "lib", "lnk", "mde", "msc", "msi", "msix", "msp", "mst",
    "nsh", "pif", "ps1", "psm1", "reg", "scf", "scr", "sct", "sh", "shb", "sys", "url", "vb", "vbe", "vbs", "vhd",
    "vhdx", "vxd", "wsc", "wsf", "wsh", "xll",
})  # fmt: skip
# What carries code or a page that runs in a viewer.
ACTIVE = frozenset({
    "docm", "dotm", "htm", "html", "mht", "mhtml", "one", "potm", "ppam", "pptm", "shtml", "slk", "svg", "swf",
    "xhtml", "xlam", "xlsm", "xltm",
})  # fmt: skip
ARCHIVE = frozenset({
    "7z", "ace", "arj", "bz2", "cab", "gz", "lzh", "rar", "tar", "tgz", "xz", "z", "zip", "zst",
})  # fmt: skip

# First bytes of what it really is: (magic, offset, media type).
_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"MZ", 0, "application/x-dosexec"),
    (b"\x7fELF", 0, "application/x-elf"),
    (b"\xca\xfe\xba\xbe", 0, "application/java-vm"),
    (b"\xcf\xfa\xed\xfe", 0, "application/x-mach-binary"),
    (b"#!", 0, "text/x-shellscript"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypheic", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
    (b"ftypqt", 4, "video/quicktime"),
    (b"ftyp", 4, "video/mp4"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PK\x03\x04", 0, "application/zip"),
    (b"Rar!\x1a\x07", 0, "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", 0, "application/x-7z-compressed"),
    (b"\x1f\x8b", 0, "application/gzip"),
    (b"\xd0\xcf\x11\xe0", 0, "application/x-ole-storage"),
    (b"\x78\x9f\x3e\x22", 0, "application/ms-tnef"),
)
_RUNNABLE = frozenset({
    "application/x-dosexec", "application/x-elf", "application/java-vm", "application/x-mach-binary",
    "text/x-shellscript",
})  # fmt: skip
_EXTENSION_OF = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "video/mp4": "mp4", "video/quicktime": "mov", "application/pdf": "pdf", "application/zip": "zip",
    "text/plain": "txt", "text/html": "html", "text/csv": "csv", "text/calendar": "ics", "message/rfc822": "eml",
    "application/ms-tnef": "dat",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """`media_type` is what the bytes say when they say something, else what the mail said. `flags`: executable,
    active, archive, tnef, type_differs, double_extension, bad_encoding, empty."""

    name: str
    media_type: str
    content: bytes
    inline: bool = False
    flags: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def make(
    *, name: str, media_type: str, content: bytes, position: int, inline: bool = False, broken: bool = False
) -> Attachment:
    """`position` is 1-based and names the nameless; `broken`: the transfer encoding could not be undone cleanly."""
    declared = re.sub(r"[^a-z0-9!#$&^_.+/-]", "", media_type.lower())[:100]
    actual = sniff(content)
    kind = actual or declared or "application/octet-stream"
    safe = safe_name(name) or f"attachment-{position}.{_EXTENSION_OF.get(kind, 'bin')}"
    return Attachment(safe, kind, content, inline, _flags(safe, declared, actual, content, broken=broken))


def sniff(content: bytes) -> str:
    """Media type by the first bytes, or empty."""
    for magic, offset, kind in _MAGIC:
        if content[offset : offset + len(magic)] == magic:
            return kind
    head = content[:512].lstrip().lower()
    return "text/html" if head.startswith((b"<!doctype html", b"<html", b"<script")) else ""


def safe_name(name: str) -> str:
    """A name fit for a download header and for any file system; empty when nothing is left of it."""
    base = re.split(r"[\\/]", name)[-1]
    cleaned = _FORBIDDEN.sub("_", clean_line(base, 1000)).strip(" .")
    if _RESERVED.match(cleaned):
        cleaned = f"_{cleaned}"
    if len(cleaned) <= NAME_LIMIT:
        return cleaned
    stem, dot, extension = cleaned.rpartition(".")
    if not dot or len(extension) > _EXTENSION_LIMIT:
        return cleaned[:NAME_LIMIT].rstrip(" .")
    return f"{stem[: NAME_LIMIT - len(extension) - 1].rstrip(' .')}.{extension}"


def _flags(name: str, declared: str, actual: str, content: bytes, *, broken: bool) -> tuple[str, ...]:
    extensions = name.lower().split(".")[1:]
    last = extensions[-1].strip() if extensions else ""
    checks = {
        "executable": last in EXECUTABLE or actual in _RUNNABLE,
        "active": last in ACTIVE or actual == "text/html" or declared in ("text/html", "image/svg+xml"),
        "archive": last in ARCHIVE,
        "tnef": actual == "application/ms-tnef" or name.lower() == "winmail.dat",
        "type_differs": _differs(declared, actual),
        "double_extension": len(extensions) > 1 and last in EXECUTABLE | ACTIVE,
        "bad_encoding": broken,
        "empty": not content,
    }
    return tuple(flag for flag, raised in checks.items() if raised)


def _differs(declared: str, actual: str) -> bool:
    """True when a thing shown as a picture, film or document is something else. Office files are zips: fine."""
    if (
        not actual
        or declared == actual
        or not declared.startswith(("image/", "video/", "audio/", "application/pdf", "text/"))
    ):
        return False
    return declared.split("/", maxsplit=1)[0] != actual.split("/", maxsplit=1)[0] or actual in _RUNNABLE
