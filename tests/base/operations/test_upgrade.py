"""Upgrading: a backup first, and back to it when a step fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.base.operations.conftest import House
from tests.base.operations.test_backup import census, needs_client


def _names(house: House) -> list[str]:
    return sorted(o["name"] for o in house.run("organisation", "list")["organisations"])


def _drill(house: House) -> None:
    before = census(house)
    house.further = {"DJANGO_SETTINGS_MODULE": "tests.base.operations.later_settings", "LATERAPP_FAILS": "1"}
    error = house.refuses("upgrade")
    assert error["code"] == "upgrade_failed"
    assert Path(error["params"]["backup"]).exists()
    assert census(house) == before
    assert _names(house) == ["Acme", "Rival"]  # 0001 had committed its change; it is undone too

    del house.further["LATERAPP_FAILS"]
    done = house.run("upgrade")
    assert done["applied"] == ["laterapp.0001_initial", "laterapp.0002_may_fail"]
    assert _names(house) == ["changed by 0001", "changed by 0001"]
    assert house.run("upgrade") == {"applied": [], "backup": None}


@pytest.mark.once
def test_a_failed_upgrade_is_undone_and_a_good_one_stays(house):
    _drill(house)


@needs_client
def test_the_same_on_postgresql(postgres_url, tmp_path):
    house = House(tmp_path / "home", postgres_url)
    house.fill()
    _drill(house)
