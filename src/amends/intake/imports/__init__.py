"""Importing files: orders, lines, payments, shipments, messages, refunds, returns, reviews.

Public names live in `actions` (start, run, queue, save_mapping, accept_layout), `queries` (runs, get, rejects,
preview, list_layouts) and `rejects` (reject_file). They are not imported here, because models load this package.
"""
