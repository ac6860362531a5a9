"""Thin views: parse, call one query or action, render."""
