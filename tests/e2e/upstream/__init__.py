"""An upstream that behaves as the OpenAI API documents, and tells what it was asked."""

from .behaviour import ApiError, Behaviour
from .server import Exchange, Upstream

__all__ = ["ApiError", "Behaviour", "Exchange", "Upstream"]
