"""`python -m amends.base.operations.child COMMAND…`: becomes COMMAND, and ends when its parent does.

The supervisor stops its children itself; this is for the case that the supervisor is killed and cannot.
Linux only; elsewhere the command simply runs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> None:
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked to be told
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the supervisor's own command; no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
