"""The child process: reads one JSON line, translates, writes one JSON line, until its parent is gone."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from amends.language.translate.core.engine import Ask, EngineFailed
from amends.language.translate.store import BadModel

_MOST_MODELS = 6  # kept loaded; the one used longest ago is dropped


def _answer(request: dict[str, Any], loaded: dict[str, Any]) -> dict[str, Any]:
    from amends.language.translate.local import engine_of

    name = request["model"]
    if name not in loaded:
        while len(loaded) >= _MOST_MODELS:
            del loaded[next(iter(loaded))]
        loaded[name] = engine_of(name)
    else:
        loaded[name] = loaded.pop(name)
    done = loaded[name].translate(Ask(tuple(request["segments"]), request["source"], request["target"]))
    return {"segments": list(done.segments), "model": done.model}


def main() -> None:
    loaded: dict[str, Any] = {}
    # Nothing an engine prints may stand between the lines, not even what its C code prints.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request: dict[str, Any] = {}
        try:
            request = json.loads(line)
            answer = _answer(request, loaded)
        except EngineFailed as failed:
            loaded.pop(str(request.get("model", "")), None)  # after a panic it is not to be trusted
            answer = {"error": failed.code, "message": str(failed)}
        except BadModel as bad:
            answer = {"error": "crashed", "message": str(bad)}
        except (KeyError, ValueError, OSError) as error:
            answer = {"error": "bad_answer", "message": type(error).__name__}
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
