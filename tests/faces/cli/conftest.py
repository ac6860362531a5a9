"""The same installations as the drills of `tests/base/operations` use."""

from __future__ import annotations

from tests.base.operations.conftest import empty_house, filled_home, house

__all__ = ["empty_house", "filled_home", "house"]
