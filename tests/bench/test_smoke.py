"""Every benchmark runs at a tiny size; what it measures there is no figure to go by."""

import shutil
from pathlib import Path

import pytest

from bench import (
    __main__,
    bulk_bench,
    busy_bench,
    console_pages_bench,
    create_group_bench,
    growth_bench,
    many_users_bench,
    percipio_bench,
    reads_bench,
    reads_cases,
    reads_postgres_bench,
    scale_bench,
    scale_cases,
    site_info_bench,
    start_bench,
    workers_bench,
)
from bench.measuring import Figure, show
from coursewire.functions.catalogue import BUILT_IN
from tests.support.served import COMMAND

pytestmark = pytest.mark.slow


def test_site_info() -> None:
    assert site_info_bench.measure(24, tokens=20, calls=400, rounds=2).value > 0
    assert site_info_bench.measure(1, tokens=20, calls=200, rounds=2, bare=True).is_kept


def test_many_users() -> None:
    assert many_users_bench.measure(400, few=20, calls=200, rounds=2).value > 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="counts what strace sees")
def test_one_group_is_one_commit_and_one_sync() -> None:
    commits, syncs, cpu = create_group_bench.measure(calls=40, rounds=2, counted=10)
    assert (commits.value, syncs.value) == (1, 1)
    assert cpu.value > 0


def test_bulk() -> None:
    sizes = bulk_bench.Sizes(
        users=400, members=60, courses=5, new_groups=10, new_courses=3, people_at_once=20
    )
    assert len(bulk_bench.measure(sizes, rounds=1)) == 10


def test_start() -> None:
    cpu, memory = start_bench.measure(COMMAND, rounds=1, settled_after=0.1)
    assert cpu.value > 0
    assert memory.value > 10


def test_a_read_during_writes() -> None:
    figures = busy_bench.measure(groups=50, least=0.5)
    assert figures[1].value > 10
    assert figures[4].value > 10
    assert figures[5].value >= 0.5


def test_a_figure_over_its_limit_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    kept = Figure(name="a", value=1.0, unit="s", most=1.0)
    over = Figure(name="b", value=1.1, unit="s", most=1.0)
    assert show([kept]) == 0
    assert show([kept, over]) == 1
    assert "OVER" in capsys.readouterr().out


def test_every_benchmark_is_found() -> None:
    names = ["bulk", "busy", "create_group", "many_users", "site_info", "start"]
    assert set(names) <= set(__main__.available())
    assert __main__.main(["no-such-benchmark"]) == 2


def test_percipio() -> None:
    (figure,) = percipio_bench.measure(percipio_bench.Sizes(assets=2, users=3, documents=20))
    assert figure.value > 0


def test_console_pages() -> None:
    sizes = console_pages_bench.Sizes(users=60, courses=3, tokens=60, calls=200, rounds=1)
    figures = console_pages_bench.measure(sizes)
    assert figures[-1].value > 0
    assert len(list(console_pages_bench.pages())) >= 15


def test_scale(tmp_path: Path) -> None:
    small = scale_bench.loaded(tmp_path / "small", 0.0002)
    large = scale_bench.loaded(tmp_path / "large", 0.0004)
    assert len(scale_bench.measure(small, large, calls=2)) == len(scale_cases.CASES)
    picture = tmp_path / "growth.svg"
    growth = growth_bench.measure([small, large], picture, calls=1)
    assert len(growth) == 2 * len(growth_bench.FUNCTIONS)
    assert picture.read_text().count("<polyline") == len(growth_bench.FUNCTIONS)
    alone = growth_bench.along(tmp_path, "courses", (200, 10, 100), picture, times=(1, 2), calls=1)
    assert [figure.name.split(", ")[1] for figure in alone[:2]] == ["10 courses", "20 courses"]


def test_every_read_function_is_measured_at_scale() -> None:
    reads = {each.contract.name for each in BUILT_IN if each.contract.kind == "read"}
    assert reads == {*scale_cases.CASES, *scale_cases.NOT_MEASURED}


def test_workers() -> None:
    *costs, wait = workers_bench.measure(calls=80, rounds=1)
    assert all(cost.value > 0 for cost in costs)
    assert wait.value >= 0


def test_reads() -> None:
    costs = reads_bench.measure(4, rounds=1)
    assert [cost.function for cost in costs] == list(reads_cases.CASES)
    assert all(cost.statements and cost.sql > 0 and cost.encoding > 0 for cost in costs)


def test_reads_on_postgresql() -> None:
    costs = reads_postgres_bench.measure(4, rounds=1)
    assert [cost.function for cost in costs] == list(reads_cases.CASES)
    assert all(cost.statements and cost.sql > 0 and cost.encoding > 0 for cost in costs)


def test_every_read_function_is_measured_against_its_statements() -> None:
    reads = {each.contract.name for each in BUILT_IN if each.contract.kind == "read"}
    assert reads == {*reads_cases.CASES, *reads_cases.NOT_LONG}
