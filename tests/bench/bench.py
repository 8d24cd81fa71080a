#!/usr/bin/env python3
"""Measures the gateway beside nginx, in one run, and prints one table.

CPU figures, if not said otherwise, are microseconds of the process under test per request, user and
system, read from /proc.
The machine is shared by what is measured, its upstream and the load: only ratios are meant to hold.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import time
from pathlib import Path

import load
import reports
import sqlite_alone
from processes import (Gateway, Nginx, Upstream, at_rest, cpu_seconds, first_answer,
                       resident_kib, scratch_folder)


class Bench:
    def __init__(self, build: Path, folder: Path, seconds: float, rounds: int):
        self.build = build
        self.folder = folder
        self.seconds = seconds
        self.rounds = rounds
        self.rows: list[tuple[str, str, str, str, str]] = []
        self.recordings: dict[bool, tuple[list[tuple[float, float]], Path]] = {}

    def row(self, workload: str, reference: str, ours: str, limit: str, good: bool) -> None:
        self.rows.append((workload, reference, ours, limit, "yes" if good else "**no**"))
        print(f"| {workload} | {reference} | {ours} | {limit} | {'yes' if good else '**no**'} |",
              flush=True)

    def cpu_per_request(self, process, connections: int, records: bool = False,
                        **options) -> float:
        """records: what it writes of the requests when they are over is part of their cost."""
        before = cpu_seconds(process.pid)
        result = load.run(process.port, connections, self.seconds, **options)
        if result.errors:
            raise RuntimeError(f"{result.errors} errors under load")
        spent = at_rest(process.pid) if records else cpu_seconds(process.pid)
        return (spent - before) * 1e6 / result.requests

    def against_nginx(self, workload: str, limit: float, connections: int, upstream: dict,
                      idle: int = 0, audit: bool = False, **options) -> None:
        mock = Upstream(self.build, **upstream)
        nginx = Nginx(self.folder, mock.port)
        ours = Gateway(self.build, self.folder, mock.port, usage=audit, audit=audit)
        idlers = [socket.create_connection(("127.0.0.1", ours.port)) for _ in range(idle)]
        try:
            for process in (nginx, ours):
                load.run(process.port, connections, 1, **options)
                at_rest(process.pid)
            pairs = [(self.cpu_per_request(nginx, connections, **options),
                      self.cpu_per_request(ours, connections, records=audit, **options))
                     for _ in range(self.rounds)]
        finally:
            for idler in idlers:
                idler.close()
            for process in (ours, nginx, mock):
                process.stop()
        reference = statistics.median(pair[0] for pair in pairs)
        mine = statistics.median(pair[1] for pair in pairs)
        ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
        self.row(workload, f"{reference:.1f} us", f"{mine:.1f} us = {ratio:.2f} x",
                 f"{limit:.1f} x", ratio <= limit)

    def recorded(self, audit: bool) -> tuple[list[tuple[float, float]], Path]:
        """Pairs of what a request costs without and with recording, and the rows' database. Measured
        once."""
        if audit not in self.recordings:
            self.recordings[audit] = self.record(audit)
        return self.recordings[audit]

    def record(self, audit: bool) -> tuple[list[tuple[float, float]], Path]:
        mock = Upstream(self.build, size=1024)
        without = Gateway(self.build, self.folder, mock.port, usage=False)
        database = self.folder / f"recorded-{without.port}.db"
        ours = Gateway(self.build, self.folder, mock.port, audit=audit, database=database)
        try:
            for process in (without, ours):
                load.run(process.port, 64, 1)
                at_rest(process.pid)
            pairs = [(self.cpu_per_request(without, 64),
                      self.cpu_per_request(ours, 64, records=True))
                     for _ in range(self.rounds)]
        finally:
            for process in (ours, without, mock):
                process.stop()
        return pairs, database

    def usage(self, limit: float) -> None:
        pairs, _ = self.recorded(audit=False)
        reference = statistics.median(pair[0] for pair in pairs)
        mine = statistics.median(pair[1] for pair in pairs)
        ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
        self.row("chat JSON, 1 KB, usage to SQLite beside no recording", f"{reference:.1f} us",
                 f"{mine:.1f} us = {ratio:.2f} x", f"{limit:.2f} x", ratio <= limit)

    def beside_sqlite(self, what: str, audit: bool, limit: float) -> None:
        """What recording adds to a request beside what SQLite takes for the same rows."""
        pairs, database = self.recorded(audit)
        alone = sqlite_alone.microseconds_per_request(database)
        added = statistics.median(pair[1] - pair[0] for pair in pairs)
        self.row(f"what {what} to a request, beside SQLite alone with the same rows",
                 f"{alone:.1f} us", f"{added:.1f} us = {added / alone:.2f} x", f"{limit:.1f} x",
                 added <= limit * alone)

    def reports(self) -> None:
        database = self.folder / "million.db"
        with_tables = Gateway(self.build, self.folder, 9, database=database)
        reports.wait_for_table(database)
        with_tables.stop()
        reports.fill(database)
        ours = Gateway(self.build, self.folder, 9, database=database)
        try:
            for name, path, limit in reports.REPORTS:
                took = reports.best_of(5, ours.port, path)
                self.row(f"a million rows of usage: {name}", "-", f"{took:.0f} ms",
                         f"{limit} ms", took <= limit)
        finally:
            ours.stop()

    def against_relay(self, workload: str, upstream: dict, stream: bool = False,
                      **translated: str) -> None:
        """A request that is translated beside one that goes through as it is: chat to a provider
        that speaks it, with the same sizes, on the same gateway."""
        limit, connections = 2.0, 64
        mock = Upstream(self.build, **upstream)
        ours = Gateway(self.build, self.folder, mock.port, usage=False)
        kinds = ({"stream": stream}, {"stream": stream, **translated})
        try:
            for options in kinds:
                load.run(ours.port, connections, 1, **options)
            pairs = [tuple(self.cpu_per_request(ours, connections, **options) for options in kinds)
                     for _ in range(self.rounds)]
        finally:
            ours.stop()
            mock.stop()
        relay, mine = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
        ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
        self.row(workload, f"{relay:.1f} us relayed", f"{mine:.1f} us = {ratio:.2f} x",
                 f"{limit:.1f} x", ratio <= limit)

    def added_latency(self) -> None:
        mock = Upstream(self.build)
        ours = Gateway(self.build, self.folder, mock.port, usage=False)
        try:
            load.run(ours.port, 1, 1)
            pairs = [(load.run(mock.port, 1, self.seconds), load.run(ours.port, 1, self.seconds))
                     for _ in range(self.rounds)]
        finally:
            ours.stop()
            mock.stop()
        for name, limit in (("p50", 60), ("p99", 250)):
            direct = statistics.median(getattr(pair[0], f"{name}_us") for pair in pairs)
            added = statistics.median(
                getattr(pair[1], f"{name}_us") - getattr(pair[0], f"{name}_us") for pair in pairs)
            self.row(f"added latency, 1 connection, {name}", f"{direct:.0f} us without",
                     f"+{added:.0f} us", f"+{limit} us", added <= limit)

    def ledger(self) -> None:
        """Timing the plugin's calls cannot be turned off: it is measured by itself, as a share of
        all that a request costs."""
        mock = Upstream(self.build, size=1024)
        ours = Gateway(self.build, self.folder, mock.port, usage=False)
        try:
            load.run(ours.port, 64, 1)
            request = statistics.median(
                self.cpu_per_request(ours, 64) for _ in range(self.rounds))
        finally:
            ours.stop()
            mock.stop()
        printed = subprocess.run([self.build / "bin/ledger_cost"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        timing = float(printed) / 1e3
        share = timing / request
        self.row("timing the plugin, of chat JSON, 1 KB", f"{request:.1f} us",
                 f"{timing:.2f} us = {share:.1%}", "1 %", 0 < share <= 0.01)

    def many_streams(self, streams: int) -> None:
        seconds = 20
        mock = Upstream(self.build, events=seconds, interval_us=1_000_000)
        ours = Gateway(self.build, self.folder, mock.port, usage=False)
        try:
            load.run(ours.port, 1, 1)
            before = resident_kib(ours.pid)
            sampled: list[int] = []
            import threading
            sampler_done = threading.Event()

            def sample() -> None:
                while not sampler_done.wait(1):
                    sampled.append(resident_kib(ours.pid))

            thread = threading.Thread(target=sample)
            thread.start()
            result = load.run(ours.port, streams, seconds + 5, stream=True)
            sampler_done.set()
            thread.join()
        finally:
            ours.stop()
            mock.stop()
        each = (max(sampled) - before) / streams
        good = result.errors == 0 and each <= 24 and result.requests >= streams
        self.row(f"{streams} concurrent streams, an event a second", "-",
                 f"{result.errors} errors, {result.requests} streams, {each:.1f} KiB each",
                 "0 errors, 24 KiB", good)

    def start(self) -> None:
        mock = Upstream(self.build)
        times, sizes = [], []
        try:
            for _ in range(max(5, self.rounds)):
                began = time.monotonic()
                ours = Gateway(self.build, self.folder, mock.port, wait=False)
                while not first_answer(ours.port, began + 10):
                    time.sleep(0.0005)
                times.append((time.monotonic() - began) * 1e3)
                ours.stop()
                idle = Gateway(self.build, self.folder, mock.port)
                time.sleep(1)
                sizes.append(resident_kib(idle.pid) / 1024)
                idle.stop()
        finally:
            mock.stop()
        cold, idle_mib = statistics.median(times), statistics.median(sizes)
        self.row("cold start to the first 200", "-", f"{cold:.0f} ms", "60 ms", cold <= 60)
        self.row("idle resident memory", "-", f"{idle_mib:.1f} MiB", "16 MiB", idle_mib <= 16)

    def grammar(self) -> None:
        """What looking at an event costs in the stream grammar: the dearest of three streams."""
        plugins = Path(__file__).resolve().parents[2] / "plugins" / "providers"
        streams = {"chat": "anthropic/fixtures/stream-tools",
                   "responses": "echo/fixtures/responses-stream",
                   "messages": "anthropic/fixtures/messages-stream"}
        dearest = 0.0
        for dialect, fixture in streams.items():
            text = (plugins / fixture / "expected.sse").read_bytes()
            ran = subprocess.run([self.build / "bin" / "stream-check", dialect, "--time", "100"],
                                 input=text, capture_output=True, check=True)
            if ran.stderr:
                raise RuntimeError(f"{fixture}: {ran.stderr.decode()}")
            dearest = max(dearest, float(ran.stdout))
        self.row("grammar: ns per event", "-", f"{dearest:.0f} ns", "1000 ns",
                 0 < dearest <= 1000)


JSON = {"size": 1024}
EVENTS = {"events": 34, "interval_us": 1000}
CLAUDE = {"model": "anthropic/claude-bench"}
ROWS = {
    "json": lambda b: b.against_nginx("chat JSON, 1 KB, 64 connections", 1.3, 64, {"size": 1024}),
    "stream": lambda b: b.against_nginx("chat stream, 34 events, 64 connections", 1.3, 64,
                                        {"events": 34, "interval_us": 1000}, stream=True),
    "prompt": lambda b: b.against_nginx("chat JSON, 400 KB prompt, 16 connections", 1.5, 16,
                                        {"size": 1024}, prompt_bytes=400_000),
    "audit": lambda b: b.against_nginx("chat JSON, 1 KB, usage and audit (headers and bodies) to "
                                       "SQLite", 1.6, 64, {"size": 1024}, audit=True),
    "usage": lambda b: b.usage(1.15),
    "usage-sqlite": lambda b: b.beside_sqlite("usage adds", False, 2.5),
    "audit-sqlite": lambda b: b.beside_sqlite("usage and audit add", True, 2.5),
    "claude": lambda b: b.against_relay("chat to Anthropic and back, JSON", JSON, **CLAUDE),
    "claude-stream": lambda b: b.against_relay("chat to Anthropic and back, stream of 34 events",
                                               EVENTS, stream=True, **CLAUDE),
    "messages": lambda b: b.against_relay("/v1/messages to OpenAI and back, JSON", JSON,
                                          api="messages"),
    "messages-stream": lambda b: b.against_relay(
        "/v1/messages to OpenAI and back, stream of 34 events", EVENTS, stream=True,
        api="messages"),
    "ledger": lambda b: b.ledger(),
    "latency": lambda b: b.added_latency(),
    "streams": lambda b: b.many_streams(5000),
    "idle": lambda b: b.against_nginx("chat JSON, with 2,000 idle connections", 1.3, 64,
                                      {"size": 1024}, idle=2000),
    "start": lambda b: b.start(),
    "grammar": lambda b: b.grammar(),
    "reports": lambda b: b.reports(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"which rows: {' '.join(ROWS)} (default: all)")
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--seconds", type=float, default=5, help="of load per measurement")
    parser.add_argument("--rounds", type=int, default=5, help="pairs; the median is shown")
    arguments = parser.parse_args()
    unknown = set(arguments.rows) - set(ROWS)
    if unknown:
        parser.error(f"unknown rows: {' '.join(sorted(unknown))}")
    print("| workload | reference | gateway | must reach | reached |\n|---|---|---|---|---|")
    with scratch_folder() as folder:
        bench = Bench(arguments.build.resolve(), Path(folder), arguments.seconds, arguments.rounds)
        for name in arguments.rows or ROWS:
            ROWS[name](bench)


if __name__ == "__main__":
    main()
