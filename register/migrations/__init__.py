"""The register's schema as it grew: a file a step, each forwards only (docs/register.md)."""
