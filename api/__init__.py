"""The doors: the JSON API and the pages. They decide nothing."""
