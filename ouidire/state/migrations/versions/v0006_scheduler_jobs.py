"""Empties the scheduler's jobs: former versions pickled them under module paths that are no more.

Nothing is lost: what is due follows from the configuration and the runs, and the service makes its jobs again
when it starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Delete every job, where there is a table of them."""
    if sa.inspect(op.get_bind()).has_table("scheduler_jobs"):
        op.execute(sa.text("DELETE FROM scheduler_jobs"))
