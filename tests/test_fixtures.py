"""The shared fixtures themselves: that they build, and that the network fence stands."""

from __future__ import annotations

import socket

import pytest


def test_an_order_is_whole(make_order, organisation):
    order = make_order(total_minor=41_80)
    assert order.organisation_id == organisation.pk
    assert [(line.quantity, line.unit_price_minor) for line in order.lines.all()] == [(1, 41_80)]
    assert [(p.kind, p.amount_minor) for p in order.payments.all()] == [("paid", 41_80)]


def test_only_loopback_can_be_reached():
    from pytest_socket import SocketConnectBlockedError

    with (
        pytest.warns(UserWarning, match="socket.connect"),
        pytest.raises(SocketConnectBlockedError),
        socket.socket() as outside,
    ):
        outside.connect(("192.0.2.1", 80))
