"""Random programs over the whole engine: what can happen, the world that it happens to, and what must hold after."""
