"""The JSON API of the phone page and of tests: people act here, and the pretended world is controlled."""
