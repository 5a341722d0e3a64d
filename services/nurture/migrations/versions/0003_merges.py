"""Whose a lead is after merges, and which pieces each lead of a person brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("lead", sa.Column("person_revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("pieces", JSONB(), nullable=False, server_default="{}"))
    op.execute(
        """
        UPDATE person SET pieces = sent.pieces
        FROM (
            SELECT person_id, jsonb_object_agg(lead_id, of_lead) AS pieces
            FROM (
                SELECT enrolment.person_id, enrolment.lead_id,
                       jsonb_object_agg(step ->> 'piece', taken ->> 'taken' ORDER BY taken ->> 'taken') AS of_lead
                FROM enrolment,
                     jsonb_array_elements(enrolment.taken) AS taken
                     JOIN LATERAL jsonb_array_elements(enrolment.steps) AS step ON step ->> 'id' = taken ->> 'step'
                GROUP BY enrolment.person_id, enrolment.lead_id
            ) AS by_lead
            GROUP BY person_id
        ) AS sent
        WHERE person.person_id = sent.person_id
        """
    )


def downgrade() -> None:
    op.drop_column("person", "pieces")
    op.drop_column("lead", "person_revision")
