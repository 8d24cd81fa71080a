"""The official clients, each in a process of its own."""

from .client import NpmClient, PythonClient, SdkClient

__all__ = ["NpmClient", "PythonClient", "SdkClient"]
