"""The models a vendor lists, in whatever shape and however many pages, are those of GET /v1/models."""

import json
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gateway import PATIENCE, Gateway, config_for, request
from upstream import Upstream, response

PROVIDERS = Path(__file__).parents[2] / "plugins" / "providers"


def read(file):
    return json.loads(file.read_text())


def listings():
    for op in sorted(PROVIDERS.glob("*/fixtures/*/op.json")):
        folder = op.parent
        of_upstream = (folder / "steps").exists() and (folder / "expected.json").exists()
        if read(op)["kind"] == "models" and of_upstream:
            vendor = folder.parents[1].name
            yield pytest.param(vendor, folder, id=f"{vendor}/{folder.name}")


class Pages:
    """Answers each request with the step that asks for the same; keeps what nobody expected."""

    def __init__(self, folder):
        self.answers = {}
        self.unexpected = []
        for file in sorted((folder / "steps").glob("*.json")):
            step = read(file)
            place = urlsplit(step["request"]["url"])
            target = place.path + (f"?{place.query}" if place.query else "")
            headers = [f"{name}: {value}" for name, value in step["response"]["headers"].items()]
            self.answers[target] = response(step["response"]["body"], headers=headers)

    def __call__(self, peer):
        while True:
            target = peer.read_request().line.split(" ")[1]
            if target not in self.answers:
                self.unexpected.append(target)
            peer.send(self.answers.get(target) or response({}, "404 Not Found"))


def listed(gateway, count):
    """The answer to GET /v1/models once it has that many."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with gateway.connect() as client:
            # 503 while there is none.
            data = client.send(request("GET", "/v1/models")).answer().json().get("data", [])
        if len(data) == count:
            return data
        assert time.monotonic() < deadline, data


@pytest.mark.parametrize("vendor,folder", list(listings()))
def test_models_are_listed(vendor, folder):
    pages = Pages(folder)
    with Upstream(pages) as upstream:
        server = upstream.url.removesuffix("/v1")
        options = read(folder / "config.json") if (folder / "config.json").exists() else {}
        properties = read(PROVIDERS / vendor / "schema.json")["properties"]
        place = urlsplit(options.get("base_url", properties["base_url"].get("default", "")))
        options["base_url"] = server + place.path
        config = config_for(server, models={"configured_provider_models_mode": "fallback"})
        config["providers"] = {"one": {"type": vendor, **options}}
        expected = read(folder / "expected.json")["data"]
        with Gateway(config) as gateway:
            data = listed(gateway, len(expected))
    assert not pages.unexpected
    assert [model["id"] for model in data] == sorted(f"one/{model['id']}" for model in expected)
    dates = {f"one/{model['id']}": model.get("created", 0) for model in expected}
    assert {model["id"]: model["created"] for model in data} == dates
