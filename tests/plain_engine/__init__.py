"""A second engine: tiny, slow and plain, written from the rules alone. It shares nothing with clocks/, and must agree."""
