"""Who may see what: accounts, sessions, API keys and sign-in."""
