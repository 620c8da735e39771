"""The mappings that are shipped: each a YAML file named after its export."""
