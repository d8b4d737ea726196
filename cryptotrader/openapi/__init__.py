"""The REST API in OpenAPI 3.1: the shapes of bodies, the operations, and the pages that show them."""
