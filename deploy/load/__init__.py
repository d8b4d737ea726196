"""Traffic for a running site, to see what people notice of a deployment."""
