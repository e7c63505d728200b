"""The ledger's tests run on both kinds of database that a ledger can be on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from make_ledger import Kind


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "embedded: only about a ledger that is a file")
    config.addinivalue_line("markers", "server: only on a PostgreSQL server")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of the ledger twice, save those about its file."""
    if metafunc.module.__name__.rpartition(".")[2].startswith("test_ledger_"):
        if any(metafunc.definition.iter_markers("embedded")):
            return
        kinds = ["file", "server"]
        if any(metafunc.definition.iter_markers("server")):
            kinds = ["server"]
        metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """On what the test's fresh ledgers are: ``file`` or ``server``."""
    marked = request.node.get_closest_marker("server") is not None
    kind = getattr(request, "param", "server" if marked else "file")
    if kind == "server":
        pytest.importorskip("psycopg")
        Kind.choose_server()
    yield kind
    Kind.choose_files()
