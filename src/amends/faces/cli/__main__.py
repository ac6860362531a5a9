"""`python -m amends.faces.cli`: the command line without its installed script."""

from amends.faces.cli import main

main()
