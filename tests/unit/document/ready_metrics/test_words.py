"""Which ready metric a document's words name."""

import pytest

from gonogo.document.ready_metrics import CATALOGUE, named, ready
from gonogo.document.ready_metrics.words import tokens


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("error rate", "error rate"),
        ("Error rate (%)", "error rate"),
        ("HTTP 5xx rate", "error rate"),
        ("p99 latency", "latency p99"),
        ("Latency P99", "latency p99"),
        ("99th percentile latency", "latency p99"),
        ("API response time p95", "latency p95"),
        ("Median response time", "latency p50"),
        ("p99.9", "latency p99.9"),
        ("Ungranted locks", "ungranted locks"),
        ("DB deadlocks", "deadlocks"),
        ("lock wait (p95)", "lock wait p95"),
        ("Max lock wait", "lock wait max"),
        ("replica lag", "replication lag"),
        ("Invalid indexes", "invalid indexes"),
        ("connection pool usage", "connection pool use"),
        ("Sidekiq queue depth", "Sidekiq queue size"),
        ("celery retries", "Celery retries"),
        ("Procrastinate queue latency", "procrastinate queue latency"),
        ("RQ workers", "RQ workers"),
        ("memory usage", "process memory"),
        ("CPU utilisation", "process CPU"),
        ("pod restarts", "container restarts"),
        ("cache hit ratio", "cache hit rate"),
        ("circuit states", "open circuits"),
    ],
)
def test_words_name_a_metric(words, name):
    """A document's usual words for a metric name it, whatever their order and case."""
    assert name == named(words).name


@pytest.mark.parametrize(
    "words",
    [
        "",
        "%",
        "checkout error rate",  # somebody else's requests fail unseen
        "queue size",  # of which system?
        "latency",  # which percentile?
        "errors",  # a number, not a rate
        "5xx",
        "p42 latency",
        "happiness",
        "error rate and p99 latency",
    ],
)
def test_other_words_name_none(words):
    """Words that leave a doubt name no metric: nobody wants a guess in a gate."""
    assert named(words) is None


def test_every_metric_is_found_by_its_name_and_by_each_of_its_words():
    """No two metrics answer to the same words."""
    for name, definition in CATALOGUE.items():
        for words in (name, *definition.words):
            assert name == named(words).name, words


def test_every_metric_has_words_that_say_something():
    """A name of words that say nothing would match any text."""
    for name in CATALOGUE:
        assert tokens(name)


def test_a_source_without_a_query_has_no_ready_metric():
    """What a kind of source cannot be asked is not made up."""
    assert ready("invalid indexes", "prometheus") is None
    assert ready("error rate", "no-such-kind") is None


def test_postgres_is_a_word_for_sql():
    """A source that is called postgres is asked in its SQL."""
    assert ready("deadlocks", "sql") == ready("deadlocks", "postgres")
