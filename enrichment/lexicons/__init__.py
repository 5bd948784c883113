"""Word lists shipped with the package, one text file each; no code."""
