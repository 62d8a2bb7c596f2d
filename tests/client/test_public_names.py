"""What the package exports, and that asking for it is what loads the client."""

import subprocess
import sys

import pytest

import coursewire
from coursewire import client

WITHOUT = """
import sys

BLOCKED = {"sqlalchemy", "alembic", "psycopg", "nh3", "markdown", "typer", "rich", "starlette",
    "uvicorn", "jinja2", "yaml", "structlog", "prometheus_client", "cryptography", "libpass",
    "passlib", "python_multipart", "httptools", "uvloop"}


class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is not part of the base installation")


sys.meta_path.insert(0, Block())
import coursewire.client
import pkgutil
import importlib
import coursewire.contracts

for found in pkgutil.walk_packages(coursewire.contracts.__path__, "coursewire.contracts."):
    importlib.import_module(found.name)
from coursewire.client._contracts import plan_of_name

plan_of_name("core_group_create_groups").fields({"groups": [
    {"courseid": 1, "name": "a b", "description": ""}]})
"""


def test_exported_is_the_sorted_list() -> None:
    assert coursewire.__all__ == sorted(coursewire.__all__) == client.__all__
    for name in coursewire.__all__:
        assert getattr(coursewire, name) is getattr(client, name)
    with pytest.raises(AttributeError, match="no attribute 'Moodel'"):
        coursewire.__getattr__("Moodel")


def test_the_base_installation_is_enough_for_the_client() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_package_alone_does_not_load_httpx() -> None:
    code = "import coursewire, sys; raise SystemExit('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0
