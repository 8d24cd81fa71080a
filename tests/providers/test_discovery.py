"""Every provider is there once it is built or installed, and a variable is all it takes to use it."""

import os
import subprocess

from gateway import PLUGINS, run

# Type: default base URL; None: the operator must give one.
TYPES = {
    "azure": None,
    "deepseek": "https://api.deepseek.com",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
    "groq": "https://api.groq.com/openai/v1",
    "minimax": "https://api.minimax.io/v1",
    "ollama": "http://localhost:11434/v1",
    "openai": "https://api.openai.com/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "oracle": None,
    "vllm": "http://localhost:8000/v1",
    "xai": "https://api.x.ai/v1",
    "zai": "https://api.z.ai/api/paas/v4",
}
KEYLESS = {"ollama", "vllm"}


def providers(folder, **variables):
    """{name: (type, base URL)} of the instances these variables make."""
    file = folder / "config.yaml"
    file.write_text(f"plugins:\n  path: ['{PLUGINS}']\n")
    done = run("--config", file, "providers", "list", env=variables, cwd=folder)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: (kind, url) for name, kind, url in rows}


def test_a_key_makes_an_instance(tmp_path):
    variables = {f"{kind.upper()}_API_KEY": "key" for kind in TYPES}
    found = providers(tmp_path, **variables)
    for kind, url in TYPES.items():
        assert found.get(kind) == ((kind, url) if url else None), kind


def test_a_suffix_names_another(tmp_path):
    variables = {f"{kind.upper()}_EU_WEST_API_KEY": "key" for kind in TYPES}
    variables |= {f"{kind.upper()}_EU_WEST_BASE_URL": f"https://{kind}.example" for kind in TYPES}
    found = providers(tmp_path, **variables)
    for kind in TYPES:
        assert found[f"{kind}-eu-west"] == (kind, f"https://{kind}.example")


def test_without_a_key_there_is_none_but_for_those_that_need_none(tmp_path):
    variables = {f"{kind.upper()}_MODELS": "m" for kind in TYPES}
    variables |= {f"{kind.upper()}_BASE_URL": f"https://{kind}.example" for kind in TYPES}
    assert set(providers(tmp_path, **variables)) & set(TYPES) == KEYLESS


def test_other_variables_of_a_type_make_no_instance(tmp_path):
    found = providers(
        tmp_path, OPENROUTER_SITE_URL="https://s", OPENROUTER_APP_NAME="a", AZURE_API_VERSION="v"
    )
    assert not set(found) & set(TYPES)


def test_installed_plugins_are_found(tmp_path):
    subprocess.run(
        [os.environ["GOMODEL_CMAKE"], "--install", os.environ["GOMODEL_BUILD"]]
        + ["--prefix", tmp_path / "usr", "--component", "plugins"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    folders = {file.parent for file in tmp_path.rglob("libgomodel-provider-*.so")}
    assert len(folders) == 1
    file = tmp_path / "config.yaml"
    file.write_text(f"plugins:\n  path: ['{folders.pop()}']\n")
    done = run("--config", file, "plugins", "list", cwd=tmp_path)
    ids = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert ids >= {f"provider.{kind}" for kind in TYPES}, done.stderr
