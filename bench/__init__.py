"""Benchmarks: what a request costs here, beside what it could cost and what it usually costs."""
