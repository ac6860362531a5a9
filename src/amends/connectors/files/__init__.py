"""Files as sellers download them: CSV, TSV, Excel, JSON lines, gzip and zip archives, folders, mailboxes."""

from __future__ import annotations

from amends.kernel.connectors import ConnectorInfo

METADATA = ConnectorInfo(
    name="files",
    kind="files",
    proof="A",  # of the connector itself; each layout carries its own
    can_receive=True,
    implements={"imports.reader": "amends.connectors.files.reader:READER"},
)
