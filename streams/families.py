"""Families of metrics made of what was counted, as Prometheus' client renders them."""

from collections.abc import Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from streams.observed import Histogram

Values = Mapping[Any, float]


def gauge(name: str, about: str, labels: str, values: Values) -> Metric:
    """A gauge; `labels` are names with spaces between, `values` go by their values in that order."""
    family = GaugeMetricFamily(name, about, labels=labels.split())
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family


def counter(name: str, about: str, labels: str, values: Values) -> Metric:
    """A counter, named without its `_total`."""
    family = CounterMetricFamily(name, about, labels=labels.split())
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family


def histogram(name: str, about: str, label: str, histograms: dict[str, Histogram]) -> Metric:
    """A histogram in seconds, by one label."""
    family = HistogramMetricFamily(name, about, labels=[label])
    for key, each in histograms.items():
        family.add_metric([key], _cumulated(each), each.sum)
    return family


def _cumulated(histogram: Histogram) -> list[tuple[str, float]]:
    edges = [*(repr(float(edge)) for edge in histogram.edges), "+Inf"]
    total, buckets = 0, []
    for edge, number in zip(edges, histogram.counts, strict=True):
        total += number
        buckets.append((edge, float(total)))
    return buckets
