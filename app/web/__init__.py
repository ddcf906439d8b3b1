"""The shared HTTP kit: access, forms, errors, filters, base templates. Imports the ground only."""
