"""Training and evaluation of the bundled models; never imported at run time.

The encoder needs the extra `train`.

Step by step, on a CPU: `base` makes the base model and the pruned vocabulary ready; `sentences` joins the
shipped labels with their texts; `fit` fine-tunes, stopping and going on; `ship` writes the int8 graph and
calibrates it. `linear` and `linear_signals` train the small linear models, with scikit-learn (extra `dev`);
`stacking` then fits how the linear heads and the encoder are combined. `evaluate` and `retrieval` measure.
"""
