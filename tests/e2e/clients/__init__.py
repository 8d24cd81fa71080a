"""The clients, each in a process of its own."""

from .client import AnthropicClient, NpmClient, PythonClient, SdkClient, VercelClient

__all__ = ["AnthropicClient", "NpmClient", "PythonClient", "SdkClient", "VercelClient"]
