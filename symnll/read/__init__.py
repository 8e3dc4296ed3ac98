"""From text to syntax: documents to displays, displays to tokens, tokens to rows, members to syntax trees."""
