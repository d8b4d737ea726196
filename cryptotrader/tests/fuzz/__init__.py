"""Random programs over the whole engine: their steps, the world that they act on, and the invariants after them."""
