"""The words of the business and its pure rules: who, may, when, no."""
