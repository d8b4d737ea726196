"""The platform on Kubernetes, and the checks of its manifests."""
