"""Lead import, without files and without a database: what columns mean, and what a row says about a person."""
