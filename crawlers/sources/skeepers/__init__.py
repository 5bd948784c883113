"""Reviews that Skeepers (Avis Vérifiés) collects for a shop."""
