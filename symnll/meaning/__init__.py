"""From syntax to meaning: what the names of a document are, and the statement that each step makes."""
