"""The configuration: one TOML file, validated as a whole, and the models of its tables."""
