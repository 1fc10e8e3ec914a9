"""Viewing hours: hours and views by title, country and day of the last days, without any household (Glue Python)."""

import datetime
import sys

import awswrangler as wr

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
days = datetime.timedelta(days=int(arguments["--days"]))
today = datetime.datetime.now(datetime.UTC).date()
since, until = arguments.get("--from") or f"{today - days}", arguments.get("--until") or f"{today}"
HOURS = """
    insert into playback__viewing_hours__draft.viewing_hours (viewing_date, title_id, country, hours, views)
    select session_date, title_id, country, sum(watched_seconds) / 3600.0, count(*)
    from playback__sessions.sessions
    where session_date >= cast(? as date) and session_date < cast(? as date) group by 1, 2, 3"""
wr.athena.start_query_execution(
    HOURS, params=[since, until], paramstyle="qmark", workgroup="mesh.viewing-hours", wait=True
)
