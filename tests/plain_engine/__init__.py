"""A second engine: tiny, slow, plain, written from the rules alone; it shares nothing with clocks/ and must agree."""
