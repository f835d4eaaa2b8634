"""The JSON routes, a module a matter."""
