"""The official clients, each in a process of its own."""

from .client import AnthropicClient, NpmClient, PythonClient, SdkClient

__all__ = ["AnthropicClient", "NpmClient", "PythonClient", "SdkClient"]
