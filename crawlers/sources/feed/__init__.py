"""RSS, RDF and Atom feeds, and the articles they lead to."""
