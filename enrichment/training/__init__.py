"""Training and evaluation of the bundled model. Needs scikit-learn and scipy (extra `dev`); never imported at run time."""
