"""Write the reference pages that are made from the code; `--check` only says which differ, with exit code 1."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def pages() -> dict[Path, str]:
    """Path → text. Imported late: the settings read AMENDS_HOME when first imported."""
    from amends.connectors.files import reference as imports
    from amends.faces.api import snapshot
    from amends.faces.cli import reference, settings_cmd, taxonomy_page
    from amends.judgement.rules import reference as facts

    folder = ROOT / "docs" / "reference"
    return {
        folder / "settings.md": settings_cmd.reference_page(),
        folder / "cli.md": reference.page(),
        folder / "facts.md": facts.page(),
        folder / "import-template.md": imports.page(),
        folder / "taxonomy.md": taxonomy_page.page(),
        **snapshot.pages(),
    }


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    with tempfile.TemporaryDirectory(prefix="amends-docs-") as home:
        os.environ |= {"AMENDS_HOME": home, "AMENDS_SECRET_KEY": "only-for-pages", "DATABASE_URL": ""}
        differing = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
        for path in differing:
            print(f"{path.relative_to(ROOT)} {'differs: run `make docs`' if check else 'written'}")
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(pages()[path])
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
