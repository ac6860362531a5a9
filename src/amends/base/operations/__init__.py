"""Running an installation: preparing it, supervising its processes, keeping and moving its data, checking its health.

The commands in `amends.faces.cli` parse and print; what they do is here.
"""
