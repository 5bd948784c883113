"""Commands for analysts: figures of any choice of mentions."""
