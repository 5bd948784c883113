"""Documents of what engines suggest and answer."""
