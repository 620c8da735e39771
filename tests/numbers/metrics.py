"""What a process shows at /metrics, read by Prometheus's own parser."""

import urllib.request
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

ANSWERS_WITHIN = 30


def scraped(*addresses):
    """All samples of these processes, as (name, labels, value)."""
    found = []
    for address in addresses:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=ANSWERS_WITHIN) as answer:
            text = answer.read().decode()
        for family in text_string_to_metric_families(text):
            found += [(sample.name, sample.labels, sample.value) for sample in family.samples]
    return found


def summed(samples, name, *labels, **only):
    """The samples of a name, added up by these labels; zeros are as good as nothing."""
    total = Counter()
    for each, told, value in samples:
        if each == name and all(told[label] == wanted for label, wanted in only.items()):
            total[tuple(told[label] for label in labels)] += int(value)
    return +total
