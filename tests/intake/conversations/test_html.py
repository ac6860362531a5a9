from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.conversations.core import html

SIZE = 400_000


@pytest.mark.parametrize(
    ("source", "text", "quoted"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb", ""),
        ("a<br>b", "a\nb", ""),
        ("<b>a</b> <i>b</i>", "a b", ""),
        ("a&nbsp;&amp;&nbsp;b &lt;tag&gt;", "a & b <tag>", ""),
        ("<!-- c --><![if !mso]>a<![endif]><!--[if mso]>no<![endif]-->", "a", ""),
        ("<script>if (a<b) {}</script>a<style>p>q{}</style>", "a", ""),
        ("<span hidden>no</span><span style='FONT-SIZE:0px'>no</span>a", "a", ""),
        ("<span style='font-size:0.9em'>a</span>", "a", ""),
        ("<img alt='broken mug' src=x>", "[broken mug]", ""),
        ("<a href='https://x.example/p'>x.example/p</a>", "x.example/p", ""),
        ("<a href='javascript:alert(1)'>click</a>", "click", ""),
        ("<pre>a\n  b</pre>", "a\nb", ""),
        ("<td>a</td><td>b</td>", "a b", ""),
        ("new<blockquote>old</blockquote>newer", "new\nnewer", "old"),
        ("new<div id='divRplyFwdMsg'>From: x</div><div>old</div>", "new", "From: x\n\nold"),
        (
            "new<div style='border:none;border-top:solid #E1E1E1 1.0pt'>From: x</div>old",
            "new",
            "From: x\nold",
        ),
        ("new<div class='moz-cite-prefix'>On x:</div><blockquote>old</blockquote>", "new", "On x:\nold"),
        ("</div></p>a<p", "a p", ""),
        ("a < b and c > d", "a < b and c > d", ""),
        ("<p>İstanbul<!-- x -->a</p>", "İstanbula", ""),
        ("", "", ""),
    ],
)
def test_reading(source: str, text: str, quoted: str) -> None:
    assert html.to_text(source) == html.HtmlText(text, quoted)


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        "<",
        "<!--",
        "<?",
        "</",
        "<script>",
        "<div>",
        '<a b="',
        "<blockquote>",
        "&#",
        "<![CDATA[",
        "<textarea>",
        "<title></",
    ],
)
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    """Without the preparation some of these take minutes; the limit leaves room for a slow machine."""
    started = time.perf_counter()
    html.to_text(unit * (SIZE // len(unit)) + ">")
    assert time.perf_counter() - started < 10


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["<p>", "</p>", "<a href='x'>", "</a>", "<!--", "-->", "<script>", "&amp;", "<"]),
            st.text(max_size=5),
        )
    )
)
def test_never_raises(pieces: list[str]) -> None:
    html.to_text("".join(pieces))
