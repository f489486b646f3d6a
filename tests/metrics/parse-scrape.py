"""Reads a scrape on standard input with Prometheus's own client library, and prints its samples as JSON."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

print(
    json.dumps(
        [
            {"type": family.type, "name": sample.name, "labels": sample.labels, "value": str(sample.value)}
            for family in text_string_to_metric_families(sys.stdin.read())
            for sample in family.samples
        ]
    )
)
