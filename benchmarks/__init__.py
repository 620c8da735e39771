"""`make bench`: the durable job beside a bare loop on one Kafka, the cost of each step, the announce delay."""
