"""Apertium as it is called: a small program of ours stands in its place, since it is not installed everywhere."""

from __future__ import annotations

import shutil

import pytest

from amends.language.translate.core.engine import Ask, EngineFailed
from amends.language.translate.engines.apertium import Apertium
from amends.language.translate.ports import MTEngine

PROGRAM = """#!/bin/sh
if [ "$1" = "-l" ]; then printf '  spa-eng\\n  eng-spa\\n  hbs-eng\\n  spa-eng-x\\n  xxx-eng\\n'; exit 0; fi
[ "$1 $2 $3" = "-u -f txt" ] || exit 9
case "$4" in
  spa-eng) tr 'a-z' 'A-Z' ;;
  hbs-eng) echo one ;;
esac
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    path = tmp_path / "apertium"
    path.write_text(PROGRAM)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


def test_directions_are_what_the_program_tells_and_english_is_only_read(program):
    assert Apertium().pairs() == {("es", "en"), ("sr", "en"), ("hr", "en"), ("bs", "en")}
    assert isinstance(Apertium(), MTEngine)


def test_one_call_translates_a_batch(program):
    done = Apertium().translate(Ask(("mi pedido\nno llega", "roto \ud83d"), "es", "en"))
    assert done.segments == ("MI PEDIDO NO LLEGA", "ROTO ?")
    assert done.model == "apertium spa-eng"


def test_another_number_of_paragraphs_is_refused(program):
    with pytest.raises(EngineFailed) as failed:
        Apertium().translate(Ask(("jedan", "dva"), "hr", "en"))
    assert failed.value.code == "bad_answer"


def test_without_the_program_there_is_no_direction(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert Apertium().pairs() == frozenset()
    with pytest.raises(EngineFailed) as failed:
        Apertium().translate(Ask(("x",), "es", "en"))
    assert failed.value.code == "no_pair"
