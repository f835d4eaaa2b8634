"""The engine: reads declarative rules, runs them, decides and explains. It knows no web and no medicine."""
