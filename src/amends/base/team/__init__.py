"""Organisations and the people in them: who is added, which role, which API tokens. Sits above the ledger."""
