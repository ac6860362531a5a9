"""The pure part of answering: a language's texts, filling them, and choosing one."""
