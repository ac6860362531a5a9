"""Do once, while installing, what would make the first start slow: train the reader of buyers' words and the guard.

The result is kept in AMENDS_HOME/cache under the hash of what it was trained from; if that changes, the first use
trains again.
"""

from __future__ import annotations

from amends.base.operations import home
from amends.base.settings import env
from amends.language.statements.meaning import default_meaning
from amends.language.understand.classifier import default_classifier

if __name__ == "__main__":
    home.make(env.home())
    default_classifier()
    default_meaning()
