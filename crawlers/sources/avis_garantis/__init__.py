"""Reviews collected by the Société des Avis Garantis."""
