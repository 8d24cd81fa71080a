"""Promise: with config.watch and plugins.watch a change of a file is enough, whether an editor
replaces it, a script writes into it, or Kubernetes swaps the folder behind it."""

from __future__ import annotations

import os

from gateway import OPENAI, wait_until

WATCH = "config: {watch: true}\n"


def settings(number: int) -> str:
    return WATCH + f"budgets: {{enabled: {'false' if number % 2 else 'true'}}}\n"


def wait_for_generation(gateway, number: int) -> dict:
    wait_until(lambda: gateway.generations()["current"] >= number, f"generation {number}")
    generation = gateway.generations()["generations"][0]
    assert generation["number"] == number, "one change, one generation"
    assert generation["trigger"] == "file change"
    return generation


def test_an_edited_configuration_is_noticed_however_it_is_written(start):
    gateway = start(settings=WATCH)
    gateway.write_config(settings(1))
    assert wait_for_generation(gateway, 2)["changes"] == ["setting budgets.enabled"]

    gateway.config.write_text(gateway.config_text(settings(2)))
    wait_for_generation(gateway, 3)

    backup = gateway.config.with_suffix(".bak")
    gateway.config.rename(backup)
    gateway.config.write_text(gateway.config_text(settings(3)))
    wait_for_generation(gateway, 4)

    (gateway.folder / ".env").write_text("METRICS_ENABLED=true\n")
    assert wait_for_generation(gateway, 5)["changes"] == ["setting metrics.enabled"]


def test_a_broken_edit_is_reported_and_the_next_one_is_noticed(start):
    gateway = start(settings=WATCH)
    gateway.write_config(WATCH + "metrics: {enabled: perhaps}\n")
    wait_until(lambda: "refresh failed" in gateway.log(), "the failure")
    assert "config.yaml:10: metrics.enabled" in gateway.log()
    gateway.write_config(settings(1))
    wait_for_generation(gateway, 2)


def test_a_replaced_plugin_is_noticed(start):
    gateway = start(settings=WATCH)
    gateway.swap_plugin("build 1")
    assert "provider openai runs new plugin code" in wait_for_generation(gateway, 2)["changes"]
    # A copy over the file: it is longer than one write, and cut off meanwhile.
    bytes_now = OPENAI.read_bytes() + b"build 2"
    with gateway.plugin.open("wb") as file:
        for begin in range(0, len(bytes_now), 65536):
            file.write(bytes_now[begin:begin + 65536])
            file.flush()
    wait_for_generation(gateway, 3)
    assert gateway.chat("question").status == 200


def test_a_kubernetes_mount_is_noticed(start, tmp_path):
    mount = tmp_path / "mount"
    (mount / "..1").mkdir(parents=True)
    (mount / "..data").symlink_to("..1")
    (mount / "config.yaml").symlink_to("..data/config.yaml")
    gateway = start(settings=WATCH, config=mount / "config.yaml")
    for number in (2, 3, 4):
        fresh = mount / f"..{number}"
        fresh.mkdir()
        (fresh / "config.yaml").write_text(gateway.config_text(settings(number + 1)))
        swap = mount / "..data_tmp"
        swap.symlink_to(fresh.name)
        os.rename(swap, mount / "..data")
        wait_for_generation(gateway, number)


def test_watching_can_be_turned_on_and_off(start):
    gateway = start()
    gateway.write_config(WATCH)
    assert gateway.refresh()["outcome"] == "published"
    gateway.write_config(settings(1))
    wait_for_generation(gateway, 3)
    gateway.write_config()
    wait_for_generation(gateway, 4)
    gateway.write_config("budgets: {enabled: false}\n")
    assert gateway.refresh()["generation"] == 5, "nobody else has noticed"
    assert gateway.generations()["generations"][0]["trigger"] == "admin"
