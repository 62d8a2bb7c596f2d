"""Reference page, OpenAPI and method lists, written from the contracts."""
