"""The JSON routes, one module for each subject."""
