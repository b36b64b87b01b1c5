"""Word patterns of the themes, one TOML file per language; data alone."""
