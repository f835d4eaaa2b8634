"""Sign-in by OpenID Connect: what the provider is asked, what of its answer is believed, and whose account it is."""
