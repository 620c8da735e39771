"""The demo: an embedded Kafka, a worker and a simulated day in one process, with time sped up."""
