"""The costs of work among more and more trades."""
