"""Campaigns: when and whether a step may be sent, and what it says. Rules without a clock or a store of their own."""
