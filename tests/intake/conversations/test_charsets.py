from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.conversations.core import charsets

CHINESE = "您好，我的包裹还没有收到，请帮我查一下物流信息。"
RUSSIAN = "Здравствуйте, посылка до сих пор не пришла, верните деньги."


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb2312"),
        ("镕㐀 is not in GB2312", "gb18030", "gb2312"),
        (CHINESE, "gb18030", ""),
        (CHINESE, "gb18030", "x-no-such-charset"),
        (CHINESE, "gb18030", "us-ascii"),
        (CHINESE, "utf-8", "gb2312"),
        (CHINESE, "utf-8", "iso-8859-1"),
        ("訂單尚未收到", "big5", "big5"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "cp1251", ""),
        (RUSSIAN, "koi8-r", "koi8-r"),
        ("まだ届きません①", "cp932", "shift_jis"),
        ("まだ届きません", "iso2022_jp", "iso-2022-jp"),
        ("Größe – “falsch”", "cp1252", "iso-8859-1"),
        ("Größe", "utf-8", "unknown-8bit"),
        ("لم يصل الطرد", "cp1256", "windows-1256"),
        ("ยังไม่ได้รับ", "cp874", "tis-620"),
        (CHINESE, "utf-16", ""),
    ],
)
def test_the_label_may_lie(text: str, codec: str, declared: str) -> None:
    assert charsets.decode(text.encode(codec), declared) == text


def test_a_short_gbk_word_that_happens_to_be_utf8_keeps_its_label() -> None:
    assert charsets.decode("联通".encode("gbk"), "gb2312") == "联通"


def test_a_character_cut_in_transit_costs_one_character() -> None:
    assert charsets.decode(CHINESE.encode("utf-8")[:-1], "utf-8") == CHINESE[:-1] + "\ufffd"
    assert charsets.decode(CHINESE.encode("utf-8")[:-1], "") == CHINESE[:-1] + "\ufffd"


@pytest.mark.parametrize(
    "label", ["rot13", "base64", "hex", "zlib", "\x00", "utf-8\x00", "'utf-8'", "  UTF-8 ", "idna"]
)
def test_odd_labels_do_no_harm(label: str) -> None:
    assert charsets.decode(b"plain", label) == "plain"


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "gb2312", "utf-7", "iso-2022-jp", "utf-16", "punycode", "cp932"]),
)
def test_never_raises(data: bytes, declared: str) -> None:
    assert isinstance(charsets.decode(data, declared), str)
