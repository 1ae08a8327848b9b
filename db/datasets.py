"""Datasets, as the API reads them."""

from db.entity import Column, Entity, Many, identity, kept
from db.leads import IN_DATASETS
from domain.datasets import DuplicatePolicy, LawfulBasis

DATASETS = Entity(
    "Dataset",
    table="datasets",
    kind="dataset",
    columns=(
        identity("dataset"),
        Column("name", filter=True, order=True),
        Column("description", nullable=True),
        Column("source", nullable=True),
        Column("column_mapping", "jsonb", nullable=True),
        Column("duplicate_policy", enum=DuplicatePolicy),
        Column("lawful_basis", nullable=True, enum=LawfulBasis),
        Column("auto_archive_after_days", "integer", nullable=True),
        Column("started_at", "timestamptz", nullable=True),
        Column("archives_at", "timestamptz", nullable=True),
        Column("archived_at", "timestamptz", nullable=True, filter=True),
        Column("total_leads", "integer"),
        Column("active_leads", "integer"),
        Column("hot_leads", "integer"),
        Column("converted_leads", "integer"),
        *kept(),
    ),
    relations=(
        Many(
            "leads",
            "Lead",
            on="{link}.dataset_id = {this}.id and {link}.lead_id = {that}.id",
            link=IN_DATASETS,
        ),
    ),
)
