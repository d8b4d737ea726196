"""What the processes of this host count together: shared files, their own state, a listener for Prometheus."""
