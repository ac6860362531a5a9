"""What a message is about: its wording and its meaning, weighed together."""

from amends.language.understand.classifier.mixed import MixedClassifier, default_classifier

__all__ = ["MixedClassifier", "default_classifier"]
