"""Do once, while installing, what would make the first start slow: learn what does not ship learnt.

What is learnt is kept in AMENDS_HOME/cache under the hash of what it was learnt from; if that changes, the first use
learns again. `--ship` writes what takes minutes into `src/amends/language/learnt`, to be committed: run it after a
sentence or a word list of `language/statements` or `language/understand` has changed (a test says so).
"""

from __future__ import annotations

import sys

from amends.base.operations import home
from amends.base.settings import env
from amends.language.statements.meaning import default_meaning as statements
from amends.language.understand.classifier import default_classifier, keeping
from amends.language.understand.classifier.meaning import default_meaning as understanding

if __name__ == "__main__":
    home.make(env.home())
    default_classifier()
    guard, reader = statements(), understanding()
    if "--ship" in sys.argv[1:]:
        for name, key, arrays in (("statements", guard.key, guard.arrays), ("meaning", reader.key, reader.arrays)):
            if not keeping.keep(keeping.shipped(name), key, arrays):
                raise SystemExit(f"{keeping.shipped(name)} cannot be written")
            keeping.shipped(name).chmod(0o644)  # words of no buyer are in it
