"""Articles of the world's press that GDELT has seen."""
