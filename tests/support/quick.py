"""`pytest --quick`: what is worth running at each save, in two minutes on two cores (`make quick`).

It leaves out the files of `SLOW` (those of single sources among them: who works on one runs its own), and
every test that needs what not every machine has (`NEEDS`). So that the choice cannot rot, each file's
processor time is counted, child processes included: one that costs more than `MOST` seconds fails the run
until it is made cheaper or written into `SLOW`. Elapsed time is not looked at: a machine may be busy.
"""

import os
from collections import Counter

import pytest

SLOW = (
    "tests/eval/test_floors_dev.py",
    "tests/service/serve/scheduler/test_simulated.py",
    "tests/e2e/",
    "tests/service/pipeline/index/test_kill.py",
    "tests/test_package.py",
    "tests/reports/delivery/test_delivery_kills.py",
    "tests/eval/",
    "tests/service/pipeline/index/test_commit.py",
    "tests/service/pipeline/index/test_ingest.py",
    "tests/service/pipeline/index/test_rebuild.py",
    "tests/service/pipeline/index/test_reenrich.py",
    "tests/service/pipeline/keep/test_backup.py",
    "tests/service/pipeline/keep/test_forget.py",
    "tests/service/pipeline/report/test_kept_measures.py",
    "tests/service/pipeline/test_losses.py",
    "tests/faults/",
    "tests/crawlers/engine/test_site_faults.py",
    "tests/ouidire/measures/test_simulated.py",
    "tests/reports/builders/test_digest_sections.py",
    "tests/enrichment/training/",
    "tests/ouidire/measures/test_drivers.py",
    "tests/crawlers/engine/test_addresses.py",
    "tests/reports/rendering/test_render.py",
    "tests/reports/rendering/test_mail.py",
    "tests/reports/rendering/test_same_numbers.py",
    "tests/reports/rendering/test_lengths.py",
    "tests/reports/test_editions.py",
    "tests/crawlers/engine/test_tokens.py",
    "tests/crawlers/engine/test_robots.py",
    "tests/reports/builders/test_digest.py",
    "tests/reports/builders/test_levels.py",
    "tests/service/pipeline/keep/test_recover.py",
    "tests/service/pipeline/report/test_coverage_matrix.py",
    "tests/test_patterns.py",
    "tests/crawlers/test_adding_a_source.py",
    "tests/service/pipeline/index/readings/",
    "tests/service/pipeline/collect/test_believed.py",
    "tests/service/serve/web/test_connections.py",
    "tests/service/pipeline/keep/test_rename_brands.py",
    "tests/crawlers/engine/test_secrets.py",
    "tests/enrichment/models/test_encoder.py",
    "tests/service/pipeline/report/test_alerts.py",
    "tests/crawlers/test_page_process.py",
    "tests/search/conformance/test_writes.py",
    "tests/ouidire/measures/test_measures_properties.py",
    "tests/service/pipeline/index/test_check_index.py",
    "tests/crawlers/sources/",
    "tests/reports/builders/test_simulated_digests.py",
    "tests/reports/builders/test_actions.py",
    "tests/service/pipeline/collect/test_try_source.py",
    "tests/service/serve/web/test_login.py",
    "tests/test_sources.py",
    "tests/search/conformance/test_queries.py",
    "tests/enrichment/models/test_runtime.py",
    "tests/service/pipeline/index/test_partial_searches.py",
    "tests/reports/alerts/test_find.py",
    "tests/service/serve/web/test_server.py",
    "tests/enrichment/analysers/test_sentiment.py",
    "tests/reports/rendering/test_mail_words.py",
    "tests/test_docs.py",
    "tests/reports/builders/reasons/",
    "tests/service/pipeline/collect/test_known_again.py",
)
"""Files and folders that take long, the longest first: `make test` begins with them, `--quick` omits them."""
NEEDS = ("browser", "elastic", "kill", "postgres", "real", "wheel")
"""Markers of what a quick run leaves out wherever it stands."""
MOST = 25.0
"""Seconds of processor that one file may cost in a quick run."""
SHOWN = 12
_COST = "processor_seconds"


def place_of(path):
    """Where a file comes in `SLOW`, by its path from the root; None when it is not slow."""
    return next((place for place, name in enumerate(SLOW) if path.startswith(name)), None)


def used():
    """Seconds of processor that this process and its ended children have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Quick:
    """The plugin that `--quick` registers."""

    def __init__(self):
        self.costs = Counter()
        self.began = 0.0

    def pytest_ignore_collect(self, collection_path, config):
        inside = collection_path.relative_to(config.rootpath).as_posix()
        return True if place_of(inside + "/" * collection_path.is_dir()) is not None else None

    def pytest_collection_modifyitems(self, items, config):
        kept = [item for item in items if not any(item.get_closest_marker(name) for name in NEEDS)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self):
        self.began = used()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        try:
            return (yield)
        finally:
            item.user_properties.append((_COST, used() - self.began))

    def pytest_runtest_logreport(self, report):
        if report.when == "teardown":
            self.costs[report.location[0]] += dict(report.user_properties).get(_COST, 0.0)

    def dear(self):
        """The files that cost too much, with their seconds."""
        return {file: cost for file, cost in self.costs.items() if cost > MOST}

    def pytest_sessionfinish(self, session):
        if self.dear() and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.section("processor time")
        for file, cost in self.costs.most_common(SHOWN):
            terminalreporter.write_line(f"{cost:6.1f} s  {file}")
        terminalreporter.write_line(f"{self.costs.total():6.1f} s  all {len(self.costs)} files")
        for file, cost in self.dear().items():
            terminalreporter.write_line(
                f"{file} cost {cost:.0f} s of processor; a quick run allows a file {MOST:.0f}: "
                "make it cheaper, or write it into SLOW in tests/support/quick.py",
                red=True,
            )
