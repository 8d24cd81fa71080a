#!/usr/bin/env python3
"""Runs a command with a PostgreSQL server of its own, which is gone afterwards.

    with_postgres.py COMMAND [ARGUMENT...]     "{config}" becomes a file with a plugin's configuration
    with_postgres.py --restart FOLDER          stops the server in FOLDER and starts it again

The command finds the server in GOMODEL_TEST_POSTGRES (a URL), and what restarts it in
GOMODEL_TEST_POSTGRES_RESTART.
"""
import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from ports import free_port

PASSWORD = "s3cret-canary"


def programs():
    """The folder of initdb and postgres: Debian keeps them off the path, one a version."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        sys.exit("with_postgres.py: no PostgreSQL server is installed (scripts/setup.sh test)")
    return (found[-1] if found else pathlib.Path(on_path)).parent


def as_server_user(command):
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["runuser", "-u", "postgres", "--", *command]


class Server:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"

    def create(self):
        port = free_port()
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (self.folder, secret):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            as_server_user([programs() / "initdb", "-D", self.data, "-U", "gomodel", "-N",
                            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
                            f"--pwfile={secret}"]),
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {port}\nfsync = off\n"
                           "unix_socket_directories = ''\n")
        self.start()

    @property
    def port(self):
        lines = (self.data / "postgresql.conf").read_text().splitlines()
        return int([line for line in lines if line.startswith("port = ")][-1].split(" = ")[1])

    @property
    def url(self):
        return f"postgres://gomodel:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def start(self):
        path = self.folder / "log"
        with open(path, "a") as log:
            started = subprocess.run(
                as_server_user([programs() / "pg_ctl", "-D", self.data, "-w", "-t", "60", "start"]),
                stdout=log, stderr=log, cwd=self.folder)
        if started.returncode != 0:
            raise RuntimeError(f"PostgreSQL does not start: {path.read_text()[-2000:]}")

    def stop(self, how=signal.SIGINT):
        """Returns once it can be started again. SIGQUIT: at once, like a crash."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        os.kill(int(pid_file.read_text().split()[0]), how)
        deadline = time.monotonic() + 60
        while pid_file.exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL in {self.folder} does not end")
            time.sleep(0.02)


@contextlib.contextmanager
def running():
    """A server of the caller's own."""
    with tempfile.TemporaryDirectory(prefix="gomodel-postgres-") as folder:
        os.chmod(folder, 0o755)
        server = Server(folder)
        try:
            server.create()
            yield server
        finally:
            server.stop()


def run(command):
    with running() as server:
        config = server.folder / "config.json"
        config.write_text(json.dumps({"url": server.url}))
        environment = {
            **os.environ,
            "GOMODEL_TEST_POSTGRES": server.url,
            "GOMODEL_TEST_POSTGRES_RESTART": f"'{sys.executable}' '{__file__}' "
                                             f"--restart '{server.folder}'",
        }
        command = [part.replace("{config}", str(config)) for part in command]
        return subprocess.run(command, env=environment).returncode


def main():
    if sys.argv[1:2] == ["--restart"]:
        server = Server(sys.argv[2])
        server.stop()
        server.start()
        return 0
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
