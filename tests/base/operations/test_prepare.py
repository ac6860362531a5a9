"""Preparing: translations are compiled when older, static files are collected when changed."""

from __future__ import annotations

import gettext
import os
import threading

import pytest

from amends.base.operations import home, prepare
from amends.base.operations.errors import OperationError

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Case"
msgstr "案件"
"""


def test_a_catalogue_is_compiled_once_and_again_when_changed(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    assert prepare.compile_catalogues([tmp_path]) == [folder / "django.mo"]
    with (folder / "django.mo").open("rb") as handle:
        assert gettext.GNUTranslations(handle).gettext("Case") == "案件"
    assert prepare.compile_catalogues([tmp_path]) == []
    later = (folder / "django.mo").stat().st_mtime + 5
    os.utime(folder / "django.po", (later, later))
    assert prepare.compile_catalogues([tmp_path]) == [folder / "django.mo"]


def test_static_files_are_collected_when_they_change(tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path / "root"
    from django.contrib.staticfiles import finders, storage

    finders.get_finder.cache_clear()
    storage.staticfiles_storage._setup()
    try:
        assert prepare.collect_static() is True
        assert prepare.collect_static() is False
        (source / "a.css").write_text("a{color:red}")
        assert prepare.collect_static() is True
        assert (tmp_path / "root" / "a.css").read_text() == "a{color:red}"
    finally:
        finders.get_finder.cache_clear()


def test_a_lock_is_held_by_one(tmp_path):
    home.make(tmp_path / "home")
    order = []

    def second():
        with home.locked(tmp_path / "home", "prepare"):
            order.append("second")

    with home.locked(tmp_path / "home", "prepare"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_only_one_runs_on_a_home(tmp_path):
    folder = tmp_path / "home"
    home.make(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not home.is_running(folder)
    with home.running(folder):
        home.note_run(folder, {"pid": 7, "url": "http://x"})
        assert home.is_running(folder)
        with pytest.raises(OperationError, match="process 7, http://x"), home.stopped(folder):
            pass
    assert not home.is_running(folder)
    assert home.read_run(folder) == {}
