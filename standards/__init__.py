"""Standards packs: what is promised, in strict YAML, and how it is compiled for the engine."""

from standards.loader import list_packs, load_pack

__all__ = ["list_packs", "load_pack"]
