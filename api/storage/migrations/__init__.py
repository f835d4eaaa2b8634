"""The migrations of the database, each with its way back."""
