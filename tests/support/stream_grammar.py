"""Holds event streams to the grammar of their dialect, with the checker that runs in the gateway."""

import os
import subprocess

PROGRAM = os.environ["GOMODEL_STREAM_CHECK"]


def broken_rules(dialect, stream, upstream=False):
    """The rules that a whole stream breaks ("missing-role mended"). dialect: "chat", "responses",
    "messages". upstream: held to what upstreams are held to, else to what we write ourselves."""
    command = [PROGRAM, dialect] + (["--upstream"] if upstream else [])
    ran = subprocess.run(command, input=stream, capture_output=True, timeout=60)
    assert ran.returncode in (0, 1), ran.stderr.decode()
    return ran.stdout.decode().splitlines()
