"""Promise: clients see every provider's models under names that they can ask for."""

from __future__ import annotations

from samples import CREATE, HELLO
from upstream.api import MODELS


def test_the_list_names_provider_and_model(client):
    models = client.call("models.list")["data"]["data"]
    assert [model["id"] for model in models] == sorted(f"main/{model}" for model in MODELS)
    assert {model["object"] for model in models} == {"model"}
    assert {model["owned_by"] for model in models} == {"main"}
    assert {model["id"]: model["created"] for model in models} == {
        f"main/{model}": created for model, created in MODELS.items()}


def test_every_listed_model_answers(client):
    for model in client.call("models.list")["data"]["data"]:
        found = client.call("models.retrieve", model["id"])["data"]
        assert found == model
        answer = client.call(CREATE, model=model["id"], messages=HELLO)["data"]
        assert answer["object"] == "chat.completion"


def test_a_model_is_found_without_its_provider(client):
    assert client.call("models.retrieve", "gpt-4o-mini")["data"]["id"] == "main/gpt-4o-mini"
    slashed = client.call("models.retrieve", "vendor/slashed-model")["data"]
    assert slashed["id"] == "main/vendor/slashed-model"


def test_an_unknown_model_names_the_nearest(client):
    for asked, nearest in (("gpt-4o-mni", "gpt-4o-mini"), ("main/gpt-4", "main/gpt-4o")):
        error = client.error("models.retrieve", asked)
        assert (error["class"], error["type"]) == ("NotFoundError", "not_found_error")
        assert f'"{nearest}"' in error["message"]
