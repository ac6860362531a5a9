"""Failures an operator can do something about."""

from __future__ import annotations


class OperationError(Exception):
    """`code` for programs, the message for people, `where` the setting, file or table it is about."""

    def __init__(self, code: str, message: str, where: str = "", **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.where = where
        self.params = params
