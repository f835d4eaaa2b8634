"""One migration a module, in order of number."""
