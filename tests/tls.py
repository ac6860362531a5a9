"""A real TLS handshake in memory: what a device that trusts one authority thinks of a server."""

from __future__ import annotations

import ssl
from pathlib import Path

from amends.base.operations.certificates import Pair


def handshake(pair: Pair, authority: Path, name: str) -> str:
    """`trusted`, or the reason the device gives."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pair.certificate, pair.key)
    device = ssl.create_default_context(cafile=str(authority))
    to_server, to_device = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = device.wrap_bio(to_device, to_server, server_hostname=name)
    there = server.wrap_bio(to_server, to_device, server_side=True)
    done = {"here": False, "there": False}
    while not all(done.values()):
        for side, connection in (("here", here), ("there", there)):
            try:
                connection.do_handshake()
                done[side] = True
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
    return "trusted"
